"""What corne-keras adds: the file formats of Keras 1 and 2, and the one activation that has changed since."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from corne.plugins import hookimpl

CORNE_API = 1

_HDF5 = b"\x89HDF\r\n\x1a\n"
_SUFFIXES = (".h5", ".hdf5")


@hookimpl
def corne_activations() -> dict[str, str]:
    """Return name to ``module:function``."""
    return {"legacy_hard_sigmoid": "corne_keras.legacy_hard_sigmoid:legacy_hard_sigmoid"}


@hookimpl
def corne_file_format(path: Path, header: bytes, mode: str) -> Any | None:
    """Return the format for HDF5 files, and for configurations as JSON."""
    is_ours = {
        "r": header.startswith(_HDF5),
        "w": path.suffix.lower() in _SUFFIXES,
        "json": header.lstrip().startswith(b"{"),
    }
    if not is_ours.get(mode, False):
        return None
    from corne_keras.legacy_format import LegacyFormat

    return LegacyFormat()
