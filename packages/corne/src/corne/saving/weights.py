"""Weights as an HDF5 file, in Keras 3's layout.

Every layer has a group at its path (``layers/dense``), which holds its own variables in ``vars/0``,
``vars/1``, ... and its name as an attribute of ``vars``. Values of a dtype that HDF5 lacks are stored as
bits, with the dtype's name as an attribute.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from corne.errors import FileFormatError
from corne.saving.read_errors import Problem, raise_problem, wrap_read_errors
from corne.saving.tensors import AS_BITS, Tensor, Weights, from_bits, join_name, split_name, to_bits

if TYPE_CHECKING:
    import h5py


def write_tensors(weights: Weights, file: h5py.File) -> None:
    """Write tensors, and the names of the layers they belong to, to an open file."""
    for path, name in weights.layers.items():
        file.require_group(join_name(path, "").rstrip("/")).attrs["name"] = name
    for name, tensor in weights.tensors.items():
        dataset = file.create_dataset(name, data=to_bits(tensor.read()))
        if tensor.dtype in AS_BITS:
            dataset.attrs["dtype"] = tensor.dtype


def read_tensors(file: h5py.File, where: str, problem: Problem = raise_problem) -> Weights:
    """List the tensors of an open file; values are read on request.

    Args:
        file: The open file.
        where: Its name, for messages.
        problem: Called with an error for each link, external dataset, size that contradicts the file's bytes,
            and part that can't be read. Default: raise it.

    Raises:
        FileFormatError: The default ``problem`` raises.
    """
    weights = Weights()
    stack: list[tuple[str, Any]] = [("", file)]
    seen = {_address(file)}
    while stack:
        path, group = stack.pop()
        if path == "vars" or path.endswith("/vars"):
            name = group.attrs.get("name")
            if isinstance(name, str):
                weights.layers[split_name(f"{path}/")[0]] = name
        for key in reversed(list(group)):  # the stack reverses them again
            below = f"{path}/{key}".lstrip("/")
            try:
                with wrap_read_errors(f"{where}:{below}", "a group or a dataset"):
                    _look(group, key, below, f"{where}:{below}", seen, stack, weights)
            except FileFormatError as error:
                problem(error)
    weights.tensors = dict(sorted(weights.tensors.items(), key=lambda item: _by_number(item[0])))
    return weights


def _look(
    group: Any, key: str, path: str, where: str, seen: set[Any], stack: list[Any], weights: Weights
) -> None:
    """Record one member of a group: a group for later, a dataset as a tensor.

    Raises:
        FileFormatError: It is a link or a duplicate, or its data is not in the file.
    """
    import h5py

    if not isinstance(group.get(key, getlink=True), h5py.HardLink):
        raise FileFormatError(where, "data in the file itself", "a link", "Files with links are refused.")
    child = group[key]
    address = _address(child)
    if address in seen:
        raise FileFormatError(
            where, "each group and dataset once", "a duplicate", "The file is corrupt or malicious."
        )
    seen.add(address)
    if isinstance(child, h5py.Group):
        stack.append((path, child))
    elif isinstance(child, h5py.Dataset):
        weights.tensors[path] = _tensor(child, where)


def _address(item: Any) -> Any:
    import h5py

    return h5py.h5o.get_info(item.id).addr


def _by_number(name: str) -> tuple[str, int, str]:
    """Order "2" before "10" within an owner."""
    path, key = split_name(name)
    return path, len(key), key


def _tensor(dataset: Any, where: str) -> Tensor:
    if dataset.external or dataset.is_virtual:
        raise FileFormatError(
            where, "data in the file itself", "an external dataset", "The file is corrupt or malicious."
        )
    stored = dataset.id.get_storage_size()
    if dataset.chunks is None and dataset.nbytes > stored:
        raise FileFormatError(
            where, f"{dataset.nbytes} bytes for shape {dataset.shape}", str(stored),
            "The file is corrupt or made to exhaust memory.",
        )  # fmt: skip
    marked = dataset.attrs.get("dtype")
    bits = isinstance(marked, str) and AS_BITS.get(marked) == dataset.dtype.name
    dtype = marked if bits else dataset.dtype.name

    def read() -> np.ndarray[Any, Any]:
        with wrap_read_errors(where, f"{dataset.nbytes} bytes of data"):
            return from_bits(np.asarray(dataset[()]), dtype)

    return Tensor(tuple(dataset.shape or ()), dtype, read, stored)
