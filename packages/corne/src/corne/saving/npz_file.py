"""Weights as NumPy's ``.npz``: a zip archive with one ``.npy`` member per tensor, never a pickled one.

The tensors have the names of :mod:`corne.saving.tensors`, so ``np.load(path)["layers/dense/vars/0"]`` is a
kernel. Of a dtype that NumPy lacks, the bits are stored as a field with the dtype's name:
``np.load(path)[name]["bfloat16"].view(ml_dtypes.bfloat16)``.

Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
"""

from __future__ import annotations

import contextlib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from corne.errors import FileFormatError
from corne.saving.limits import open_zip
from corne.saving.read_errors import Problem, raise_problem, wrap_read_errors
from corne.saving.tensors import AS_BITS, Tensor, Weights, from_bits, to_bits
from corne.saving.weight_format import WeightFormat

_HEADERS = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}


class NpzFormat(WeightFormat):
    """NumPy's archive of arrays."""

    label = "NumPy .npz"

    def recognizes(self, path: Path, header: bytes) -> bool:
        """Return whether it is a zip archive; whole models were recognized before."""
        return header.startswith(b"PK")

    def write(self, path: Path, weights: Weights) -> None:
        """Write tensors to ``path``, uncompressed."""
        with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
            for name, tensor in weights.tensors.items():
                array = to_bits(tensor.read())
                if tensor.dtype in AS_BITS:
                    array = array.view(np.dtype([(tensor.dtype, array.dtype)]))
                with archive.open(zipfile.ZipInfo(f"{name}.npy"), "w", force_zip64=True) as member:
                    np.lib.format.write_array(member, array, allow_pickle=False)

    @contextlib.contextmanager
    def open(self, path: Path, problem: Problem = raise_problem) -> Iterator[Weights]:
        """List the tensors of a file; values are read on request, inside the ``with`` block.

        Args:
            path: The file.
            problem: Called with an error for each member that is refused by
                :func:`corne.saving.limits.check_members`, holds pickled objects, has a size that contradicts
                its bytes, or can't be read. Default: raise it.

        Raises:
            FileFormatError: It is not a zip archive, or the default ``problem`` raises.
        """
        with contextlib.ExitStack() as stack:
            archive = stack.enter_context(open_zip(path, "an .npz file", problem, any_case=True))
            weights = Weights()
            for info in archive.infolist():
                try:
                    weights.tensors[info.filename.removesuffix(".npy")] = _tensor(archive, info)
                except FileFormatError as error:
                    problem(error)
            yield weights


def _tensor(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Tensor:
    """Read a member's header; allocate nothing of the declared size."""
    where = f"{archive.filename}:{info.filename}"
    if not info.filename.endswith(".npy"):
        raise FileFormatError(where, "an .npy member", "another one", "An .npz file may hold arrays only.")
    with wrap_read_errors(where, "an array in format 1.0 or 2.0"), archive.open(info) as member:
        shape, _order, dtype = _HEADERS[np.lib.format.read_magic(member)](member)
        start = member.tell()
    if dtype.hasobject:
        raise FileFormatError(
            where, "numbers", "pickled Python objects", "Pickled objects can run code and are refused."
        )
    count = 1
    for size in shape:
        count *= size
    if min(shape, default=0) < 0 or start + count * dtype.itemsize != info.file_size:
        raise FileFormatError(
            where, f"{info.file_size} bytes, as the archive declares",
            f"shape {shape} of {dtype}, which has another size",
            "The file is corrupt or made to exhaust memory.",
        )  # fmt: skip
    name = _field(dtype)

    def read() -> np.ndarray[Any, Any]:
        with wrap_read_errors(where, "an array"), archive.open(info) as member:
            array: np.ndarray[Any, Any] = np.lib.format.read_array(member, allow_pickle=False)
        return from_bits(array if name is None else array[name], name or array.dtype.name)

    return Tensor(shape, name or dtype.name, read, info.compress_size)


def _field(dtype: np.dtype[Any]) -> str | None:
    """Return the dtype whose bits a field holds, or None if it is not stored that way."""
    if dtype.names is None or len(dtype.names) != 1:
        return None
    name = dtype.names[0]
    return name if AS_BITS.get(name) == dtype[name].name else None


FORMAT = NpzFormat()
