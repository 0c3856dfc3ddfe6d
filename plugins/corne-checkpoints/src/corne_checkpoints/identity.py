"""Whether a checkpoint belongs to the program that asks for it."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
from corne import serialization
from corne.training import FitRun, fingerprint

_SHOWN = 5


def program_of(run: FitRun) -> dict[str, Any]:
    """Return the configurations of a fit's model and of ``compile``, without automatic names.

    A program that builds its model twice gives the second one's layers other names; that is no difference.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model, layers = run.model, run.layers
        config = _config_of(model)
        found: dict[str, Any] = {"class": type(model).__name__, **config}
        if "layers" not in config:
            found["layers"] = [[type(layer).__name__, _config_of(layer)] for layer in layers[1:]]
        compiled = {key: _serialized(value) for key, value in run.compile_arguments.items()}
        compiled["optimizer"] = _serialized(model.optimizer)
    names = {layer.name: f"layer {index}" for index, layer in enumerate(layers)}
    return {"model": _plain(found, names), "compile": _plain(compiled, names)}


def differences(saved: Any, now: Any, path: str = "") -> list[tuple[str, str]]:
    """Return what differs between two structures of plain values: ``path=before`` and ``path=now``.

    >>> differences({"units": [3, 4]}, {"units": [3, 5]})
    [('units[1]=4', 'units[1]=5')]
    """
    return list(_differences(saved, now, path))


def listed(found: list[tuple[str, str]]) -> tuple[str, str]:
    """Return the first differences as two texts: the saved values and the current ones."""
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    before, now = zip(*found[:_SHOWN], strict=True)
    return ", ".join(before) + more, ", ".join(now)


def _differences(saved: Any, now: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(saved, dict) and isinstance(now, dict):
        for key in dict.fromkeys((*saved, *now)):
            yield from _differences(saved.get(key), now.get(key), f"{path}.{key}" if path else key)
    elif isinstance(saved, list) and isinstance(now, list) and len(saved) == len(now):
        for index, (one, other) in enumerate(zip(saved, now, strict=True)):
            yield from _differences(one, other, f"{path}[{index}]")
    elif saved != now and not (saved != saved and now != now):  # NaN equals NaN here
        yield f"{path}={_short(saved)}", f"{path}={_short(now)}"


def _short(value: Any) -> str:
    if isinstance(value, list):
        return f"{len(value)} items"
    if isinstance(value, dict):
        return str(value.get("class_name", f"{len(value)} items"))
    return repr(value)


def _config_of(part: Any) -> dict[str, Any]:
    try:
        return dict(part.get_config())
    except Exception:  # classes of users may have no usable get_config; then the class alone is compared
        return {}


def _serialized(value: Any) -> Any:
    try:
        return serialization.serialize_object(value)
    except Exception:  # a loss or metric that no file could hold
        return getattr(value, "__qualname__", type(value).__name__)


def _plain(value: Any, names: dict[str, str]) -> Any:
    """Return a structure as JSON gives it back, with layers numbered and other names left out."""

    def walk(item: Any) -> Any:
        if isinstance(item, dict):
            return {key: walk(part) for key, part in item.items() if key != "name"}
        if isinstance(item, list):
            return [walk(part) for part in item]
        return names.get(item, item) if isinstance(item, str) else item

    return walk(json.loads(json.dumps(value, default=_text, skipkeys=True)))


def _text(item: Any) -> Any:
    """Return what stands for a value that JSON doesn't know."""
    if isinstance(item, np.generic):
        return item.item()
    return fingerprint(item) if hasattr(item, "shape") and hasattr(item, "reshape") else type(item).__name__
