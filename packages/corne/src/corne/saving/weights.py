"""Weights as an HDF5 file, in Keras 3's layout.

Every layer has a group at its path (``layers/dense``), which holds its own variables in ``vars/0``,
``vars/1``, ... and its name as an attribute of ``vars``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from corne.errors import FileFormatError
from corne.saving.tensors import Tensor, Weights, gather, join_name, restore, split_name

if TYPE_CHECKING:
    import h5py

#: Dtypes that HDF5 lacks, and the one whose bits it holds instead; Keras does so with bfloat16.
_AS_BITS = {"bfloat16": "uint16", "float8_e4m3fn": "uint8", "float8_e5m2": "uint8"}


def write_weights(model: Any, file: h5py.File) -> None:
    """Write every variable of the model, and of its optimizer if it has one, to an open file."""
    write_tensors(gather(model), file)


def read_weights(model: Any, file: h5py.File, where: str, skip_mismatch: bool = False) -> None:
    """Give every variable of the model its value in an open file; see :func:`restore`.

    Raises:
        FileFormatError: The file holds links or data elsewhere.
        ShapeError: Layers are missing in it or have other shapes.
    """
    restore(model, read_tensors(file, where), where, skip_mismatch)


def write_tensors(weights: Weights, file: h5py.File) -> None:
    """Write tensors, and the names of the layers they belong to, to an open file."""
    for path in dict.fromkeys([*weights.layers, *weights.by_owner()]):
        group = file.require_group(join_name(path, "").rstrip("/"))
        if path in weights.layers:
            group.attrs["name"] = weights.layers[path]
    for name, tensor in weights.tensors.items():
        array = tensor.read()
        if tensor.dtype in _AS_BITS:
            file.create_dataset(name, data=array.view(_AS_BITS[tensor.dtype])).attrs["dtype"] = tensor.dtype
        else:
            file.create_dataset(name, data=array)


def read_tensors(file: h5py.File, where: str) -> Weights:
    """List what is in an open file; values are read when somebody asks for them.

    Raises:
        FileFormatError: The file holds links, data elsewhere, or no tensors in this layout.
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
            elif isinstance(child, h5py.Dataset) and "/vars/" in f"/{below}":
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
    dtype = dataset.attrs.get("dtype")
    bits = isinstance(dtype, str) and _AS_BITS.get(dtype) == dataset.dtype.name
    return Tensor(
        tuple(dataset.shape or ()),
        str(dtype) if bits else dataset.dtype.name,
        lambda: _read(dataset, bits, where),
    )


def _read(dataset: Any, bits: bool, where: str) -> np.ndarray[Any, Any]:
    if dataset.external or dataset.is_virtual:
        raise FileFormatError(
            where, "data in the file itself", "an external dataset", "Such files are refused."
        )
    if dataset.chunks is None and dataset.nbytes > dataset.id.get_storage_size():
        raise FileFormatError(
            where, f"{dataset.nbytes} bytes for shape {dataset.shape}", f"{dataset.id.get_storage_size()}",
            "The file is damaged or made to exhaust memory.",
        )  # fmt: skip
    array = np.asarray(dataset[()])
    if bits:
        import ml_dtypes

        return array.view(getattr(ml_dtypes, dataset.attrs["dtype"]))
    return array.astype(array.dtype.newbyteorder("="), copy=False)
