"""The format ``.weights.h5``, which Keras 3 reads and writes."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator
from pathlib import Path, PurePosixPath

from corne.saving import checksums, hdf5_file
from corne.saving.read_errors import Problem, raise_problem, wrap_read_errors
from corne.saving.tensors import Weights
from corne.saving.weight_format import WeightFormat
from corne.saving.weights import read_tensors, write_tensors


class Hdf5Format(WeightFormat):
    """HDF5 in Keras 3's layout; see :mod:`corne.saving.weights`."""

    label = "HDF5"

    def recognizes(self, path: Path, header: bytes) -> bool:
        """Return whether the file has HDF5's signature."""
        import h5py

        return bool(h5py.is_hdf5(path))

    def write(self, path: Path, weights: Weights) -> None:
        """Write tensors and layers' names, and append the file's sum."""
        import h5py

        with h5py.File(path, "w") as file:
            write_tensors(weights, file)
        checksums.seal(path)

    @contextlib.contextmanager
    def open(self, path: Path, problem: Problem = raise_problem) -> Iterator[Weights]:
        """List the tensors of a file that :func:`corne.saving.hdf5_file.check` accepts."""
        import h5py

        hdf5_file.check(path)
        with contextlib.ExitStack() as stack:
            with wrap_read_errors(str(path), "an HDF5 file"):
                weights = read_tensors(stack.enter_context(h5py.File(path, "r")), str(path), problem)
            yield weights

    def conflict(self, names: Collection[str]) -> str | None:
        """Return a message if a name is both a tensor and a group."""
        above = {str(parent) for name in names for parent in PurePosixPath(name).parents}
        both = sorted(above & set(names))
        return f"a tensor called {both[0]!r} and others below {both[0]!r}/" if both else None


FORMAT = Hdf5Format()
