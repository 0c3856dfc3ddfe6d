"""The private names of Keras that libraries on it use, made of Corne's public ones."""

from __future__ import annotations

import importlib.util
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeVar

from corne.errors import ArgumentError

from corne_keras.guests.interface import VERSION

if TYPE_CHECKING:
    from corne.backend import Shape

T = TypeVar("T")
_kept: dict[str, Any] = {}

#: ``{Keras's name: where ours is}``
NAMES: dict[str, str] = {
    "DataLayer": "corne.layer:Layer",
    "H5IOStore": "corne_keras.guests.h5_store:H5IOStore",
    "KerasVariable": "corne.variable:Variable",
    "LossFunctionWrapper": "corne.loss:LossFunctionWrapper",
    "TFDataLayer": "corne.layer:Layer",
    "get_keras_mask": "corne.masking:get_mask",
    "set_keras_mask": "corne.masking:set_mask",
    "to_snake_case": "corne.naming:to_snake_case",
} | {
    name: f"{__name__}:{name}"
    for name in (
        "LazyModule", "auto_name", "compute_output_spec", "get_global_attribute", "in_safe_mode",
        "no_automatic_dependency_tracking", "print_msg", "record_object_after_deserialization",
        "set_global_attribute", "standardize_shape", "standardize_tuple",
    )
}  # fmt: skip


def version() -> str:
    """Return the version of Keras whose interface is covered."""
    return VERSION


def set_backend(name: str) -> None:
    """Choose a backend by Corne's name, or by the engine that runs already ("torch")."""
    from corne import backend as backends

    if name != backends.active().engine:
        backends.set_backend(name)


def compute_output_spec(fn: Any, *args: Any, **kwargs: Any) -> Any:
    """Return the symbolic tensors that ``fn`` would return for symbolic tensors, without running it."""
    from corne import backend as backends
    from corne.symbolic import from_specs, to_specs

    return from_specs(backends.active().infer_specs(fn, *to_specs(args), **to_specs(kwargs)))


def standardize_shape(shape: Any) -> Shape:
    """Return a shape as a tuple of integers and None."""
    if shape is None or not hasattr(shape, "__iter__"):
        raise ArgumentError("standardize_shape(shape)", "a tuple of sizes", repr(shape))
    sizes = tuple(shape)
    for size in sizes:
        if size is not None and (not isinstance(size, int) or size < 0):
            raise ArgumentError("standardize_shape(shape)", "sizes that are None or at least 0", repr(size))
    return sizes


def standardize_tuple(value: Any, n: int, name: str, allow_zero: bool = False) -> tuple[int, ...]:
    """Return an integer repeated ``n`` times, or the ``n`` integers given."""
    values = (value,) * n if isinstance(value, int) else tuple(value) if hasattr(value, "__iter__") else ()
    least = 0 if allow_zero else 1
    if len(values) != n or any(not isinstance(item, int) or item < least for item in values):
        raise ArgumentError(name, f"an integer or {n} integers, each at least {least}", repr(value))
    return values


def in_safe_mode() -> bool:
    """Return True: Corne never runs code from a file."""
    return True


def no_automatic_dependency_tracking(function: T) -> T:
    """Return the function: attributes are found on use, not tracked when set."""
    return function


def record_object_after_deserialization(obj: Any, obj_id: Any) -> None:
    """Accept the call: the reader of a file keeps what it shares."""


def get_global_attribute(name: str, default: Any = None, set_to_default: bool = False) -> Any:
    """Return a value stored for the process."""
    return _kept.setdefault(name, default) if set_to_default else _kept.get(name, default)


def set_global_attribute(name: str, value: Any) -> None:
    """Store a value for the process; None removes it."""
    _kept[name] = value
    if value is None:
        del _kept[name]


def print_msg(message: str, line_break: bool = True) -> None:
    """Print a message."""
    print(message, end="\n" if line_break else "\r", flush=True)


def auto_name(prefix: str) -> str:
    """Return a name that is new in this process."""
    from corne.naming import to_snake_case, unique_name

    return unique_name(to_snake_case(prefix))


class LazyModule:
    """A module that is imported when it is first used.

    Args:
        name: The module.
        pip_name: Its package. Default: the same name.
        import_error_msg: The message of an ImportError. Default: how to install it.
    """

    def __init__(self, name: str, pip_name: str | None = None, import_error_msg: str | None = None) -> None:
        self._name = name
        self._advice = import_error_msg or f"{name} is not installed: pip install {pip_name or name}"

    @property
    def available(self) -> bool:
        """Whether the module can be imported."""
        return importlib.util.find_spec(self._name) is not None

    def __getattr__(self, name: str) -> Any:
        try:
            return getattr(import_module(self._name), name)
        except ModuleNotFoundError as error:
            raise ImportError(self._advice) from error
