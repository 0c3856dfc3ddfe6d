"""Files of weights: which format a path or the first bytes mean, and the way to it."""

from __future__ import annotations

import contextlib
import zipfile
from collections.abc import Iterator
from enum import Enum, auto
from pathlib import Path
from typing import TYPE_CHECKING

from corne.errors import FileFormatError
from corne.saving import archive, checksums, hdf5_file, npz_file, safetensors_file
from corne.saving.atomic import atomic_write
from corne.saving.members import members_of
from corne.saving.read_errors import wrap_read_errors
from corne.saving.tensors import Weights
from corne.saving.weights import read_tensors, write_tensors

if TYPE_CHECKING:
    import h5py

SUFFIXES = (".weights.h5", ".safetensors", ".npz")


class Kind(Enum):
    """What a file is, by its content."""

    ARCHIVE = auto()  # a whole model, .keras
    NPZ = auto()
    SAFETENSORS = auto()
    HDF5 = auto()
    KERAS_2_MODEL = auto()  # HDF5 as Keras 2 wrote it
    KERAS_2_WEIGHTS = auto()
    UNKNOWN = auto()


def suffix_of(path: Path) -> str | None:
    """Return the one of :data:`SUFFIXES` that ``path`` ends in, or None."""
    return next((suffix for suffix in SUFFIXES if path.name.lower().endswith(suffix)), None)


def kind_of(path: Path) -> Kind:
    """Tell what a file is.

    Raises:
        FileFormatError: It begins like a known one but is damaged.
    """
    import h5py

    with path.open("rb") as file:
        header = file.read(9)
    if header.startswith(b"PK"):
        with wrap_read_errors(str(path), "a zip archive"), zipfile.ZipFile(path) as members:
            is_model = {archive.CONFIG, archive.WEIGHTS} & set(members.namelist())
            return Kind.ARCHIVE if is_model else Kind.NPZ
    if h5py.is_hdf5(path):
        hdf5_file.check(path)
        with wrap_read_errors(str(path), "an HDF5 file"), h5py.File(path, "r") as file:
            return _kind_of_hdf5(file)
    is_safetensors = suffix_of(path) == ".safetensors" or header[8:] == b"{"
    return Kind.SAFETENSORS if is_safetensors else Kind.UNKNOWN


def _kind_of_hdf5(file: h5py.File) -> Kind:
    """Tell Keras 3's layout from that of Keras 2, whose groups list their members in attributes."""
    if "model_config" in file.attrs:
        return Kind.KERAS_2_MODEL
    below = file.get("model_weights")
    listed = [*file.attrs, *(below.attrs if below is not None else ())]
    return Kind.KERAS_2_WEIGHTS if {"layer_names", "layer_names0"} & set(listed) else Kind.HDF5


def write(path: Path, weights: Weights) -> None:
    """Write weights in the format that the end of ``path`` names, atomically."""
    suffix = suffix_of(path)
    with atomic_write(path) as temporary:
        if suffix == ".safetensors":
            safetensors_file.write(temporary, weights)
        elif suffix == ".npz":
            npz_file.write(temporary, weights)
        else:
            import h5py

            with h5py.File(temporary, "w") as file:
                write_tensors(weights, file)
            checksums.seal(temporary)


@contextlib.contextmanager
def opened(path: Path, kind: Kind | None = None) -> Iterator[Weights]:
    """List the weights in a file of any format, whole models' archives included, told by its content.

    Values are read when somebody asks for them, inside the ``with`` block.

    Args:
        path: The file.
        kind: What :func:`kind_of` says it is, if that was asked already.

    Raises:
        FileFormatError: The file is damaged or of another kind.
        MissingPluginError: The library for its format isn't installed.
    """
    kind = kind_of(path) if kind is None else kind
    with contextlib.ExitStack() as stack:
        if kind is Kind.ARCHIVE:
            members = stack.enter_context(members_of(path))
            weights = stack.enter_context(archive.stored_weights(members))
        elif kind is Kind.NPZ:
            weights = stack.enter_context(npz_file.opened(path))
        elif kind is Kind.SAFETENSORS:
            weights = stack.enter_context(safetensors_file.opened(path))
        elif kind is Kind.UNKNOWN:
            raise FileFormatError(
                str(path), f"a .keras, {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]} file", "something else",
                "Check the path; the file may be damaged or of another kind.",
            )  # fmt: skip
        else:
            import h5py

            with wrap_read_errors(str(path), "an HDF5 file"):
                weights = read_tensors(stack.enter_context(h5py.File(path, "r")), str(path))
        yield weights
