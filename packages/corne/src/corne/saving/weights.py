"""Weights as an HDF5 file, in Keras 3's layout.

Every layer has a group at its path (``layers/dense``), which holds its own variables in ``vars/0``,
``vars/1``, ... and its name as an attribute of ``vars``. Of a dtype that HDF5 lacks the bits are stored, and
its name as an attribute.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from corne.errors import FileFormatError
from corne.saving.damage import reading
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


def read_tensors(file: h5py.File, where: str) -> Weights:
    """List what is in an open file; values are read when somebody asks for them.

    Raises:
        FileFormatError: The file holds links, or one thing twice.
    """
    import h5py

    weights = Weights()
    stack: list[tuple[str, Any]] = [("", file)]
    seen = {_address(file)}
    while stack:
        path, group = stack.pop()
        if path == "vars" or path.endswith("/vars"):
            name = group.attrs.get("name")
            if isinstance(name, str):
                weights.layers[split_name(f"{path}/")[0]] = name
        for key in group:
            child, below = _member(group, key), f"{path}/{key}".lstrip("/")
            if _address(child) in seen:
                raise FileFormatError(
                    f"{where}:{below}", "each group and dataset once", "one that is there twice",
                    "Such files are refused.",
                )  # fmt: skip
            seen.add(_address(child))
            if isinstance(child, h5py.Group):
                stack.append((below, child))
            elif isinstance(child, h5py.Dataset):
                weights.tensors[below] = _tensor(child, f"{where}:{below}")
    weights.tensors = dict(sorted(weights.tensors.items(), key=lambda item: _by_number(item[0])))
    return weights


def _address(item: Any) -> Any:
    import h5py

    return h5py.h5o.get_info(item.id).addr


def _by_number(name: str) -> tuple[str, int, str]:
    """Order "2" before "10" within an owner."""
    path, key = split_name(name)
    return path, len(key), key


def _member(group: Any, name: str) -> Any:
    """Return what a group holds under a name, if it lies in the file itself.

    Raises:
        FileFormatError: It is a link to elsewhere.
    """
    import h5py

    if not isinstance(group.get(name, getlink=True), h5py.HardLink):
        raise FileFormatError(
            f"{group.file.filename}:{group.name}/{name}", "data in the file itself", "a link",
            "Files with links are refused.",
        )  # fmt: skip
    return group[name]


def _tensor(dataset: Any, where: str) -> Tensor:
    marked = dataset.attrs.get("dtype")
    dtype = (
        marked
        if isinstance(marked, str) and AS_BITS.get(marked) == dataset.dtype.name
        else dataset.dtype.name
    )
    return Tensor(tuple(dataset.shape or ()), dtype, lambda: from_bits(_read(dataset, where), dtype))


def _read(dataset: Any, where: str) -> np.ndarray[Any, Any]:
    if dataset.external or dataset.is_virtual:
        raise FileFormatError(
            where, "data in the file itself", "an external dataset", "Such files are refused."
        )
    if dataset.chunks is None and dataset.nbytes > dataset.id.get_storage_size():
        raise FileFormatError(
            where, f"{dataset.nbytes} bytes for shape {dataset.shape}", f"{dataset.id.get_storage_size()}",
            "The file is damaged or made to exhaust memory.",
        )  # fmt: skip
    with reading(where, f"{dataset.nbytes} bytes of data"):
        return np.asarray(dataset[()])
