"""Paths that models and weights are read from and written to, and errors for wrong ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from corne.errors import ArgumentError, FileFormatError, MissingPluginError
from corne.saving import hdf5_file, weight_files

#: Ends of paths of Keras 2's files.
LEGACY = (".h5", ".hdf5")


def writable(filepath: Any, overwrite: bool) -> Path:
    """Return the path after checking that a file may be written there.

    Raises:
        ArgumentError: It exists and ``overwrite`` is False, or its folder does not exist.
    """
    path = Path(filepath)
    if path.exists() and not overwrite:
        raise ArgumentError(
            f"save to {path}", "an unused path, since overwrite=False", "an existing file",
            "Use another name or pass overwrite=True.",
        )  # fmt: skip
    if not path.parent.is_dir():
        raise ArgumentError(
            f"save to {path}",
            "an existing folder",
            f"{path.parent}, which does not exist",
            "Create it first.",
        )
    return path


def readable(filepath: Any) -> Path:
    """Return the path after checking that there is a file.

    Raises:
        FileFormatError: There is none, or it is a folder.
    """
    path = Path(filepath)
    if not path.is_file():
        raise FileFormatError(
            str(path), "a file", "nothing there" if not path.exists() else "a folder", "Check the path."
        )
    return path


def unknown_format(path: Path) -> Exception:
    """Return the error for a path whose ending means no format of whole models."""
    if path.suffix in LEGACY:
        return legacy_format(path)
    return FileFormatError(
        str(path), "a .keras file, or one of an installed format plugin", f"{path.suffix or 'no extension'}",
        "Use a path that ends in .keras.",
    )  # fmt: skip


def no_model(path: Path, header: bytes) -> Exception:
    """Return the error for a file that holds no whole model in a known format."""
    if weight_files.suffix_of(path) is not None:
        return FileFormatError(
            str(path), "a whole model", "weights alone",
            f"Build the model in code, then model.load_weights({path.name!r}).",
        )  # fmt: skip
    if header.lstrip()[:1] == b"{":
        return FileFormatError(
            str(path), "a whole model", "JSON, perhaps a configuration",
            "Pass its text to model_from_json(…), then load weights.",
        )  # fmt: skip
    if header.startswith(hdf5_file.SIGNATURE) and path.suffix in LEGACY:
        return legacy_format(path)
    return FileFormatError(
        str(path), "a .keras archive, or a file that an installed format plugin reads",
        f"one that begins with {header[:8]!r}", "The file is corrupt or has another format.",
    )  # fmt: skip


def legacy_format(path: Path) -> MissingPluginError:
    """Return the error for a file of Keras 2 whose plugin is missing."""
    return MissingPluginError(
        f"The format of {path.name} (legacy HDF5)", "corne-keras", "not installed",
        "save as .keras, or pip install corne-keras",
    )  # fmt: skip
