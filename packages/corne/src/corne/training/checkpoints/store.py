"""Checkpoints as files: numbers and arrays in one archive, the newest two kept.

The archive is NumPy's ``.npz`` without compression: ``state.json`` holds the structure, in which an array is
``{"__array__": name}``. Its members carry checksums, so a damaged file is noticed; nothing in it is code.
"""

from __future__ import annotations

import io
import json
import re
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from corne.errors import FileFormatError
from corne.saving.atomic import atomic_write
from corne.saving.damage import reading
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

    def write(self, state: Any) -> Path:
        """Write a state as the newest checkpoint, whole or not at all; older ones but one go."""
        self.folder.mkdir(parents=True, exist_ok=True)
        present = self._present()
        path = self.folder / f"checkpoint-{(present[-1][0] if present else 0) + 1:08d}.npz"
        arrays: dict[str, Any] = {}
        text = json.dumps(_flat(state, arrays))
        with atomic_write(path) as temporary, temporary.open("wb") as file:
            arrays[_STATE] = np.frombuffer(text.encode(), np.uint8)
            np.savez(file, allow_pickle=False, **arrays)
        for _, old in present[: max(0, len(present) + 1 - _KEPT)]:
            old.unlink(missing_ok=True)
        return path

    def newest(self, usable: Any = lambda state: True) -> Any:
        """Return the newest state that can be read and is usable, or None; damaged ones are warned of.

        Args:
            usable: Tells whether a state is wanted. Default: all are.
        """
        for _, path in reversed(self._present()):
            try:
                state = _read(path)
            except FileFormatError as error:
                warnings.warn(f"{error} The checkpoint before it is used, if there is one.", stacklevel=4)
                continue
            if usable(state):
                return state
        return None

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


def _flat(value: Any, arrays: dict[str, Any]) -> Any:
    """Return a structure that JSON can hold; its arrays go into ``arrays``."""
    if isinstance(value, dict):
        return {str(key): _flat(item, arrays) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_flat(item, arrays) for item in value]
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        name = f"array_{len(arrays)}"
        arrays[name] = to_bits(value)
        return {"__array__": name, "dtype": value.dtype.name}
    return value


def _read(path: Path) -> Any:
    with reading(str(path), "a whole checkpoint"):
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as archive:
            return _nested(json.loads(archive[_STATE].tobytes()), archive)


def _nested(value: Any, archive: Any) -> Any:
    if isinstance(value, list):
        return [_nested(item, archive) for item in value]
    if not isinstance(value, dict):
        return value
    if "__array__" not in value:
        return {key: _nested(item, archive) for key, item in value.items()}
    return from_bits(archive[value["__array__"]], value["dtype"])
