"""Files of weights: which format a path or the first bytes mean, and the way to it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from corne.saving import archive, npz_file, safetensors_file
from corne.saving.atomic import atomic_write
from corne.saving.damage import reading
from corne.saving.tensors import Weights
from corne.saving.weights import read_tensors, write_tensors

SUFFIXES = (".weights.h5", ".safetensors", ".npz")
_HDF5 = b"\x89HDF\r\n\x1a\n"


def suffix_of(path: Path) -> str | None:
    """Return the one of :data:`SUFFIXES` that ``path`` ends in, or None."""
    return next((suffix for suffix in SUFFIXES if path.name.lower().endswith(suffix)), None)


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


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Weights]:
    """List the weights in a file of any format, whole models' archives included, told by its content.

    Values are read when somebody asks for them, inside the ``with`` block.

    Raises:
        FileFormatError: The file is damaged or of another kind.
        MissingPluginError: The library for its format isn't installed.
    """
    with path.open("rb") as file:
        header = file.read(len(_HDF5) + 1)
    if header.startswith(b"PK"):
        with archive.open_archive(path) as members:
            is_model = archive.CONFIG in members.namelist() or archive.WEIGHTS in members.namelist()
            if is_model:
                with archive.archive_weights(members, path) as weights:
                    yield weights
        if not is_model:
            with npz_file.opened(path) as weights:
                yield weights
    elif suffix_of(path) == ".safetensors" or header[8:] == b"{":
        with safetensors_file.opened(path) as weights:
            yield weights
    else:
        import h5py

        with contextlib.ExitStack() as stack:
            with reading(str(path), "an HDF5 file"):
                weights = read_tensors(stack.enter_context(h5py.File(path, "r")), str(path))
            yield weights
