"""Checkpoints as files: numbers and arrays in one archive, the newest two kept.

The archive is NumPy's ``.npz`` without compression: ``state.json`` holds the structure, in which an array is
``{"__array__": name}``. Its members carry checksums, so a corrupt file is noticed; nothing in it is code.
"""

from __future__ import annotations

import io
import json
import re
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from corne.errors import FileFormatError, StateError
from corne.saving.atomic import atomic_write
from corne.saving.read_errors import wrap_read_errors
from corne.saving.tensors import from_bits, to_bits

_NAME = re.compile(r"checkpoint-(\d{8})\.npz")
_STATE = "state.json"
_KEPT = 2


class Store:
    """The checkpoints in one folder.

    Args:
        folder: Where they are; made if it isn't there.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self._first = 0  # number of the current fit's first checkpoint

    def write(self, state: Any, begin: bool = False) -> Path:
        """Write a state as the newest checkpoint, whole or not at all; older ones but one go.

        Args:
            state: Numbers, strings, bytes, arrays, and lists and dicts of them.
            begin: Whether it is the first of a new fit. Those of the fit before are kept until the next one.

        Raises:
            StateError: A value that a checkpoint can't hold.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        present = self._present()
        number = (present[-1][0] if present else 0) + 1
        path = self.folder / f"checkpoint-{number:08d}.npz"
        arrays: dict[str, Any] = {}
        text = json.dumps(_flat(state, arrays, ""))
        with atomic_write(path) as temporary, temporary.open("wb") as file:
            arrays[_STATE] = np.frombuffer(text.encode(), np.uint8)
            np.savez(file, allow_pickle=False, **arrays)
        if begin:
            self._first = number
            return path
        for old_number, old in present:
            if old_number < self._first or old_number <= number - _KEPT:
                old.unlink(missing_ok=True)
        return path

    def newest(self, wanted: Callable[[Any], bool] = lambda state: True) -> Any:
        """Return the newest readable state that is wanted, else the newest readable one, or None.

        A corrupt one raises a warning.

        Args:
            wanted: Returns whether a state is wanted. Default: all are.
        """
        other = None
        for _, path in reversed(self._present()):
            try:
                state = _read(path)
            except FileFormatError as error:
                warnings.warn(f"{error} The checkpoint before it is used, if there is one.", stacklevel=4)
                continue
            if wanted(state):
                return state
            other = state if other is None else other
        return other

    def clear(self) -> None:
        """Remove all checkpoints, and what interrupted writes left."""
        for _, path in self._present():
            path.unlink(missing_ok=True)
        self.sweep()

    def sweep(self) -> None:
        """Remove what interrupted writes left."""
        for path in self.folder.glob(".checkpoint-*.tmp"):
            path.unlink(missing_ok=True)

    def _present(self) -> list[tuple[int, Path]]:
        found = [
            (match, path)
            for path in self.folder.glob("checkpoint-*.npz")
            if (match := _NAME.fullmatch(path.name))
        ]
        return sorted((int(match.group(1)), path) for match, path in found)


def _flat(value: Any, arrays: dict[str, Any], path: str) -> Any:
    """Return a structure that JSON can hold; its arrays go into ``arrays``."""
    if isinstance(value, dict) and all(isinstance(key, str) and not key.startswith("__") for key in value):
        return {key: _flat(item, arrays, f"{path}.{key}") for key, item in value.items()}
    if isinstance(value, dict):  # JSON has no other keys than strings
        pairs = [
            [_flat(part, arrays, f"{path}.{key}") for part in (key, item)] for key, item in value.items()
        ]
        return {"__pairs__": pairs}
    if isinstance(value, (list, tuple)):
        return [_flat(item, arrays, f"{path}[{index}]") for index, item in enumerate(value)]
    if isinstance(value, np.generic) and value.dtype.kind in "biufU":
        return value.item()
    if isinstance(value, bytes):
        return {"__bytes__": _added(np.frombuffer(value, np.uint8), arrays)}
    if isinstance(value, np.ndarray) and value.dtype.kind not in "OMm":
        return {"__array__": _added(to_bits(value), arrays), "dtype": value.dtype.name}
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    raise StateError(
        f"the state of training at {path.lstrip('.')}", "numbers, strings, lists, dicts and NumPy arrays",
        f"{value!r:.60} of type {type(value).__name__}", "Let get_state return such values.",
    )  # fmt: skip


def _added(array: np.ndarray[Any, Any], arrays: dict[str, Any]) -> str:
    name = f"array_{len(arrays)}"
    arrays[name] = array
    return name


def _read(path: Path) -> Any:
    with wrap_read_errors(str(path), "a whole checkpoint"):
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as archive:
            return _nested(json.loads(archive[_STATE].tobytes()), archive)


def _nested(value: Any, archive: Any) -> Any:
    if isinstance(value, list):
        return [_nested(item, archive) for item in value]
    if not isinstance(value, dict):
        return value
    if "__array__" in value:
        return from_bits(archive[value["__array__"]], value["dtype"])
    if "__bytes__" in value:
        return archive[value["__bytes__"]].tobytes()
    if "__pairs__" in value:
        pairs = ((_nested(key, archive), _nested(item, archive)) for key, item in value["__pairs__"])
        return {tuple(key) if isinstance(key, list) else key: item for key, item in pairs}
    return {key: _nested(item, archive) for key, item in value.items()}
