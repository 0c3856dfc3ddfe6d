"""Batches on the host, from any source that ``adapt`` accepts."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

import numpy as np
from corne import backend as backends
from corne.errors import ArgumentError, DataError
from corne.plugins import hook
from corne.utils import PyDataset

HostArray: TypeAlias = np.ndarray[Any, Any]

_FRAMES = ("pandas", "polars", "pyarrow")
#: Samples of a PyTorch Dataset, which has no batches of its own, that are read at a time.
_SAMPLES = 256


def host_batches(
    where: str, data: Any, batch_size: int | None = None, steps: int | None = None
) -> Iterator[HostArray]:
    """Yield the inputs of batches as NumPy arrays; labels and weights are dropped.

    Args:
        where: What asks, for messages.
        data: See :meth:`AdaptiveLayer.adapt`.
        batch_size: Samples in a batch, for arrays. Default: all.
        steps: Largest number of batches. Default: all.

    Raises:
        ArgumentError: ``batch_size`` or ``steps`` is not a positive integer.
        DataError: ``data`` is none of the known kinds.
    """
    for name, value in (("batch_size", batch_size), ("steps", steps)):
        if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 1):
            raise ArgumentError(f"{where} {name}", "a positive integer, or None", repr(value), "")
    return itertools.islice(_all_batches(where, data, batch_size), steps)


def _all_batches(where: str, data: Any, batch_size: int | None) -> Iterator[HostArray]:
    if data is None or isinstance(data, (dict, set)):
        raise DataError(
            where, "one array, one column or batches of one input", type(data).__name__,
            "Pass one value of a dict: data['age'].",
        )  # fmt: skip
    options = {"batch_size": batch_size, "shuffle": False, "class_weight": None, "steps": None}
    adapter = hook.corne_data_adapter(x=data, y=None, sample_weight=None, options=options)
    if adapter is not None:
        for batch in adapter.host_batches(0):
            yield _inputs(where, batch, lists_too=True)
    elif is_data(data):
        array = to_host(where, data)
        size = len(array) if array.ndim else 1
        for start in range(0, size, batch_size or max(size, 1)):
            yield array[start : start + batch_size] if batch_size else array
    elif isinstance(data, PyDataset):
        for index in itertools.islice(itertools.count(), data.num_batches):
            yield _inputs(where, data[index], lists_too=True)
    elif _is_torch(data) and not hasattr(data, "__iter__"):
        yield from _from_samples(where, data, batch_size or _SAMPLES)
    elif hasattr(data, "__iter__"):
        lists_too = _is_torch(data)
        for batch in data:
            yield _inputs(where, batch, lists_too)
    else:
        raise DataError(
            where, "an array, a column, or something that yields batches", type(data).__name__, ""
        )


def is_data(data: Any) -> bool:
    """Return whether this is data itself: an array, a column, a list of values. Not something with batches."""
    if isinstance(data, (str, bytes)) or is_frame(data):
        return True
    if isinstance(data, (list, tuple)):
        return not data or not _has_axes(data[0][0] if isinstance(data[0], tuple) and data[0] else data[0])
    if isinstance(data, Iterator):
        return False
    return (
        isinstance(data, np.ndarray)
        or backends.active().is_array(data)
        or _has_axes(data)
        or np.isscalar(data)
    )


def is_frame(data: Any) -> bool:
    """Return whether this is a frame or column of pandas, polars or Arrow."""
    return type(data).__module__.partition(".")[0] in _FRAMES and hasattr(data, "__len__")


def _has_axes(value: Any) -> bool:
    return len(getattr(value, "shape", None) or ()) > 0 and hasattr(value, "dtype")


def _is_torch(data: Any) -> bool:
    return any(cls.__module__.startswith("torch.utils.data") for cls in type(data).__mro__)


def _from_samples(where: str, data: Any, size: int) -> Iterator[HostArray]:
    """Yield batches of a PyTorch Dataset that is read by index."""
    for start in range(0, len(data), size):
        samples = [data[index] for index in range(start, min(start + size, len(data)))]
        yield np.stack([_inputs(where, sample, lists_too=True) for sample in samples])


def _inputs(where: str, batch: Any, lists_too: bool) -> HostArray:
    """Return the ``x`` of a batch ``x``, ``(x, y)`` or ``(x, y, sample_weight)``."""
    is_batch = isinstance(batch, tuple) or (
        isinstance(batch, list) and batch and (lists_too or _has_axes(batch[0]))
    )
    return to_host(where, batch[0] if is_batch else batch)


def to_host(where: str, data: Any) -> HostArray:
    """Return an array, a tensor, a list or a column as a NumPy array; a frame with one axis for its columns.

    Raises:
        DataError: Lists of different lengths, or several inputs.
    """
    if isinstance(data, np.ndarray):
        return data
    if backends.active().is_array(data):
        return np.asarray(backends.active().to_numpy(data))
    if hasattr(data, "detach"):  # a PyTorch tensor under another backend
        return np.asarray(data.detach().cpu().numpy())
    if hasattr(data, "to_numpy"):
        return np.asarray(data.to_numpy())
    if isinstance(data, dict):
        raise DataError(
            where, "one input", f"a dict of {sorted(map(str, data))}", "Yield the value of one key."
        )
    if isinstance(data, Iterable) and not hasattr(data, "__array__") and not isinstance(data, (str, bytes)):
        return _from_list(where, list(data))
    return np.asarray(data)


def _from_list(where: str, data: list[Any]) -> HostArray:
    first = data[0] if data else None
    while isinstance(first, (list, tuple)) and first:
        first = first[0]
    try:
        # Fixed-width text would take as much room for each value as the longest one needs.
        return np.asarray(data, dtype=object if isinstance(first, (str, bytes, type(None))) else None)
    except ValueError as error:
        raise DataError(
            where, "lists of one length, which make an array", "lists of different lengths",
            "Pad them, or pass whole texts.",
        ) from error  # fmt: skip
