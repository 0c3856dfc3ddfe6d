"""Settings of the process: number formats, image layout, which backend.

Each setting has a function that reads it and one that sets it. Where it was not set in the program, it
comes from the environment (``CORNE_FLOATX=float64``), then from ``config.json`` in the folder
``~/.corne`` (or ``$CORNE_HOME``), then from the default:

    ===================  ==========================  ===============
    setting              environment                 default
    ===================  ==========================  ===============
    backend              CORNE_BACKEND               None: the best one that can run here
    floatx               CORNE_FLOATX                "float32"
    epsilon              CORNE_EPSILON               1e-7
    image_data_format    CORNE_IMAGE_DATA_FORMAT     "channels_last"
    dtype_policy         CORNE_DTYPE_POLICY          the value of floatx
    check_finite         CORNE_CHECK_FINITE          False
    max_epochs           CORNE_MAX_EPOCHS            None: no limit
    max_steps_per_epoch  CORNE_MAX_STEPS_PER_EPOCH   None: no limit
    interactive_logging  CORNE_INTERACTIVE_LOGGING   True
    traceback_filtering  CORNE_TRACEBACK_FILTERING   True
    flash_attention      CORNE_FLASH_ATTENTION       True: where it can be used
    ===================  ==========================  ===============

>>> floatx()
'float32'
"""

from __future__ import annotations

import json
import operator
import os
from pathlib import Path
from typing import Any

from corne.errors import ArgumentError, FileFormatError, nearest

_FLOATS = ("bfloat16", "float16", "float32", "float64")
_LAYOUTS = ("channels_last", "channels_first")
_DEFAULTS: dict[str, Any] = {
    "backend": None,
    "floatx": "float32",
    "epsilon": 1e-7,
    "image_data_format": "channels_last",
    "dtype_policy": None,
    "check_finite": False,
    "max_epochs": None,
    "max_steps_per_epoch": None,
    "interactive_logging": True,
    "traceback_filtering": True,
    "flash_attention": True,
}
_SWITCHES = ("check_finite", "interactive_logging", "traceback_filtering", "flash_attention")
_COUNTS = ("max_epochs", "max_steps_per_epoch")
_set: dict[str, Any] = {}  # what the program set
_configured: dict[str, Any] = {}  # values of environment and file, by setting, once read
_file: dict[str, Any] | None = None  # contents of config.json; None: not read yet

#: Functions from a higher floor that are part of Keras's ``config``.
_ELSEWHERE = {
    "backend": "corne.backend",
    "set_backend": "corne.backend",
    "dtype_policy": "corne.dtype_policies",
    "set_dtype_policy": "corne.dtype_policies",
}


def floatx() -> str:
    """Return the dtype that floating-point weights and inputs have by default."""
    return str(_get("floatx"))


def set_floatx(value: str) -> None:
    """Make ``value`` ("bfloat16", "float16", "float32" or "float64") the default float dtype."""
    _set["floatx"] = _check("floatx", value, "set_floatx(value)")


def epsilon() -> float:
    """Return the small number that keeps divisions and logarithms finite. Default 1e-7."""
    return float(_get("epsilon"))


def set_epsilon(value: float) -> None:
    """Set the small number that keeps divisions and logarithms finite."""
    _set["epsilon"] = _check("epsilon", value, "set_epsilon(value)")


def image_data_format() -> str:
    """Return the default position of images' channels: "channels_last" or "channels_first"."""
    return str(_get("image_data_format"))


def set_image_data_format(data_format: str) -> None:
    """Set the default position of images' channels: "channels_last" or "channels_first"."""
    _set["image_data_format"] = _check("image_data_format", data_format, "set_image_data_format(data_format)")


def requested_backend() -> str | None:
    """Return the backend that environment or file ask for; None means by priority."""
    value = _get("backend")
    return None if value is None else str(value)


def check_finite() -> bool:
    """Return whether fit, evaluate and predict check data for NaN and infinities. Default False."""
    return bool(_get("check_finite"))


def set_check_finite(value: bool) -> None:
    """Make fit, evaluate and predict check NumPy data for NaN and infinities, at the cost of reading it."""
    _set["check_finite"] = _check("check_finite", value, "set_check_finite(value)")


def max_epochs() -> int | None:
    """Return how many epochs fit trains at most, or None for no limit."""
    value = _get("max_epochs")
    return None if value is None else int(value)


def set_max_epochs(max_epochs: int | None) -> None:
    """Limit the epochs of every fit, to try whether a program runs.

    Args:
        max_epochs: How many at most; None: no limit.
    """
    _set["max_epochs"] = _check("max_epochs", max_epochs, "set_max_epochs(max_epochs)")


def max_steps_per_epoch() -> int | None:
    """Return how many batches fit, evaluate and predict take from an epoch at most, or None for no limit."""
    value = _get("max_steps_per_epoch")
    return None if value is None else int(value)


def set_max_steps_per_epoch(max_steps_per_epoch: int | None) -> None:
    """Limit the batches of every epoch of fit, evaluate and predict, to try whether a program runs.

    Args:
        max_steps_per_epoch: How many at most; None: no limit.
    """
    where = "set_max_steps_per_epoch(max_steps_per_epoch)"
    _set["max_steps_per_epoch"] = _check("max_steps_per_epoch", max_steps_per_epoch, where)


def enable_interactive_logging() -> None:
    """Let progress and summaries be printed on the screen, as by default."""
    _set["interactive_logging"] = True


def disable_interactive_logging() -> None:
    """Send progress and summaries to the logger "corne" instead of the screen."""
    _set["interactive_logging"] = False


def is_interactive_logging_enabled() -> bool:
    """Return whether progress and summaries are printed on the screen."""
    return bool(_get("interactive_logging"))


def enable_traceback_filtering() -> None:
    """Let errors from fit, evaluate, predict and calls of models show frames of other code than Corne's only."""
    _set["traceback_filtering"] = True


def disable_traceback_filtering() -> None:
    """Let errors show every frame, to find a fault in Corne itself."""
    _set["traceback_filtering"] = False


def is_traceback_filtering_enabled() -> bool:
    """Return whether Corne's frames are left out of the tracebacks of errors. Default True."""
    return bool(_get("traceback_filtering"))


def enable_flash_attention() -> None:
    """Let attention use the engine's flash attention where it can, as by default."""
    _set["flash_attention"] = True


def disable_flash_attention() -> None:
    """Keep attention from using the engine's flash attention where nothing asks for it."""
    _set["flash_attention"] = False


def is_flash_attention_enabled() -> bool:
    """Return whether attention may use the engine's flash attention."""
    return bool(_get("flash_attention"))


def default_dtype_policy() -> str | None:
    """Return the name of the dtype policy asked for by environment or file, None for plain floatx."""
    value = _get("dtype_policy")
    return None if value is None else str(value)


def home() -> Path:
    """Return the folder for Corne's files: ``$CORNE_HOME``, else ``~/.corne``. It may not exist."""
    return Path(os.environ.get("CORNE_HOME") or Path.home() / ".corne")


def origin(setting: str) -> str:
    """Return the origin of a setting's current value, for ``corne doctor``.

    >>> origin("epsilon")
    'default'
    """
    if setting in _set:
        return "set by the program"
    if os.environ.get(_variable(setting)):
        return f"environment variable {_variable(setting)}"
    if setting in _from_file():
        return str(home() / "config.json")
    return "default"


def reload() -> None:
    """Discard the program's settings; read environment and file again on next use."""
    global _file
    _set.clear()
    _configured.clear()
    _file = None


def _variable(setting: str) -> str:
    return "CORNE_" + setting.upper()


def _get(setting: str) -> Any:
    """Return a setting. Environment and file are read once, since layers read settings often."""
    if setting in _set:
        return _set[setting]
    if setting not in _configured:
        text = os.environ.get(_variable(setting))
        if text:
            _configured[setting] = _check(setting, text, f"environment variable {_variable(setting)}")
        else:
            _configured[setting] = _from_file().get(setting, _DEFAULTS[setting])
    return _configured[setting]


def _from_file() -> dict[str, Any]:
    global _file
    if _file is None:
        _file = _read(home() / "config.json")
    return _file


def _read(path: Path) -> dict[str, Any]:
    try:
        settings = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise FileFormatError(
            str(path), "a readable JSON object of settings", f"{type(error).__name__}: {error}",
            'Write {"backend": "cpu"}, for example, or delete the file.',
        ) from error  # fmt: skip
    if not isinstance(settings, dict):
        raise FileFormatError(
            str(path), "a JSON object of settings", type(settings).__name__,
            'Write {"backend": "cpu"}, for example, or delete the file.',
        )  # fmt: skip
    for setting in settings:
        if setting not in _DEFAULTS:
            raise ArgumentError(
                str(path), f"settings among {', '.join(_DEFAULTS)}", repr(setting),
                f"Delete it.{nearest(setting, _DEFAULTS)}",
            )  # fmt: skip
    return {key: _check(key, value, f"{path}: {key}") for key, value in settings.items() if value is not None}


def _check(setting: str, value: Any, where: str) -> Any:
    if setting in _COUNTS:
        return _count(value, where)
    if setting in _SWITCHES:
        known = {True: True, False: False, "1": True, "true": True, "0": False, "false": False}
        key = value.lower() if isinstance(value, str) else value
        if not isinstance(key, (bool, str)) or key not in known:
            raise ArgumentError(where, "true or false", repr(value), "Use 1 or 0 in the environment.")
        return known[key]
    if setting == "epsilon":
        try:
            number = float(value)
        except (TypeError, ValueError):
            number = float("nan")
        if not 0 < number < 1:
            raise ArgumentError(where, "a number between 0 and 1", repr(value), "Use 1e-7, for example.")
        return number
    allowed = {"floatx": _FLOATS, "image_data_format": _LAYOUTS}.get(setting)
    if allowed is not None and value not in allowed:
        raise ArgumentError(
            where,
            f"one of {', '.join(allowed)}",
            repr(value),
            nearest(str(value), allowed).strip(),
        )
    if not isinstance(value, str):
        raise ArgumentError(where, "a name", repr(value), "Write it as a string.")
    return value


def _count(value: Any, where: str) -> int | None:
    """Return a positive number, also from text, or None."""
    if value is None:
        return None
    try:
        number = int(value) if isinstance(value, str) else operator.index(value)
    except (TypeError, ValueError):
        number = 0
    if number < 1 or isinstance(value, bool):
        raise ArgumentError(where, "a positive integer", repr(value), "")
    return number


def __getattr__(name: str) -> Any:
    if name in _ELSEWHERE:
        from importlib import import_module

        return getattr(import_module(_ELSEWHERE[name]), name)
    raise AttributeError(f"module 'corne.config' has no attribute {name!r}.{nearest(name, __dir__())}")


def __dir__() -> list[str]:
    return sorted([*(name for name in globals() if not name.startswith("_")), *_ELSEWHERE])
