"""Functions that pick, place and count by index."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from corne import config
from corne.dtypes import standardize_dtype

from corne_torch.dtypes import to_torch
from corne_torch.kernels._table import kernel

_WHOLE = (torch.int32, torch.int64)


@kernel("take")
def take(x: torch.Tensor, indices: torch.Tensor, axis: int | None = None) -> Any:
    """Return the entries at indices along an axis; negative indices count from the end.

    Rows of a matrix are looked up as an embedding, whose gradient PyTorch adds up fastest.
    """
    if axis is None:
        x, axis = x.reshape(-1), 0
    if indices.dtype not in _WHOLE:
        indices = indices.to(torch.int64)
    axis %= x.ndim
    size = x.shape[axis]
    indices = torch.where(indices < 0, indices + size, indices)
    if x.ndim == 2 and axis == 0:
        return torch.nn.functional.embedding(indices, x)
    picked = torch.index_select(x, axis, indices.reshape(-1))
    return picked.reshape((*x.shape[:axis], *indices.shape, *x.shape[axis + 1 :]))


@kernel("one_hot")
def one_hot(
    x: torch.Tensor, num_classes: int, axis: int = -1, dtype: str | None = None, sparse: bool = False
) -> Any:
    """Return 1 in the place of each class index, 0 elsewhere."""
    if sparse or axis not in (-1, x.ndim):
        return NotImplemented
    classes = torch.arange(num_classes, device=x.device, dtype=torch.int64)
    hot = x.to(torch.int64).unsqueeze(-1) == classes
    return hot.to(to_torch(config.floatx() if dtype is None else standardize_dtype(dtype)))


@kernel("segment_sum")
def segment_sum(
    data: torch.Tensor, segment_ids: torch.Tensor, num_segments: int | None = None, sorted: bool = False
) -> Any:
    """Add up rows by segment; ids out of range land in a row that is dropped."""
    count = int(segment_ids.max()) + 1 if num_segments is None else num_segments
    ids = segment_ids.reshape(-1).to(torch.int64)
    ids = torch.where((ids < 0) | (ids >= count), count, ids)
    total = torch.zeros((count + 1, *data.shape[1:]), dtype=data.dtype, device=data.device)
    return total.index_add(0, ids, data)[:count]


@kernel("segment_max")
def segment_max(
    data: torch.Tensor, segment_ids: torch.Tensor, num_segments: int | None = None, sorted: bool = False
) -> Any:
    """Return the largest rows by segment; empty segments hold the lowest value there is."""
    if data.dtype is torch.bool:
        return NotImplemented
    count = int(segment_ids.max()) + 1 if num_segments is None else num_segments
    ids = segment_ids.reshape(-1).to(torch.int64)
    ids = torch.where((ids < 0) | (ids >= count), count, ids)
    low = float("-inf") if data.is_floating_point() else torch.iinfo(data.dtype).min
    result = torch.full((count + 1, *data.shape[1:]), low, dtype=data.dtype, device=data.device)
    ids = ids.reshape(-1, *(1,) * (data.ndim - 1)).expand(data.shape)
    return result.scatter_reduce(0, ids, data, "amax")[:count]


_REDUCTIONS = {"add": "sum", "mul": "prod", "max": "amax", "min": "amin"}


@kernel("scatter_update")
def scatter_update(
    inputs: torch.Tensor, indices: torch.Tensor, updates: torch.Tensor, reduction: str | None = None
) -> Any:
    """Put updates at coordinates, or combine them with what is there."""
    if inputs.dtype is torch.bool or (reduction is not None and reduction not in _REDUCTIONS):
        return NotImplemented
    depth = indices.shape[-1]
    place = _flat_place(indices, inputs.shape[:depth])
    flat = inputs.reshape(inputs.shape[:depth].numel(), -1)
    rows = updates.to(inputs.dtype).reshape(place.shape[0], flat.shape[1])
    if reduction is not None:
        return flat.scatter_reduce(
            0, place[:, None].expand(rows.shape), rows, _REDUCTIONS[reduction]
        ).reshape(inputs.shape)
    # PyTorch leaves open which of several updates of a place wins. Here it is the last: its number is found first.
    numbers = torch.arange(1, place.shape[0] + 1, device=place.device)
    last = torch.zeros(flat.shape[0], dtype=torch.int64, device=place.device).scatter_reduce(
        0, place, numbers, "amax"
    )
    chosen = rows.index_select(0, (last - 1).clamp(min=0)) if place.shape[0] else flat
    return torch.where((last > 0)[:, None], chosen, flat).reshape(inputs.shape)


def _flat_place(indices: torch.Tensor, sizes: Sequence[int]) -> torch.Tensor:
    indices = indices.reshape(-1, indices.shape[-1]).to(torch.int64)
    place = torch.zeros_like(indices[:, 0])
    for axis, size in enumerate(sizes):
        coordinate = indices[:, axis]
        place = place * size + torch.where(coordinate < 0, coordinate + size, coordinate)
    return place


@kernel("scatter")
def scatter(indices: torch.Tensor, values: torch.Tensor, shape: Any) -> Any:
    """Add values at coordinates of an array of zeros."""
    sizes = tuple(int(s) for s in (shape.tolist() if isinstance(shape, torch.Tensor) else shape))
    zeros = torch.zeros(sizes, dtype=values.dtype, device=values.device)
    return scatter_update(zeros, indices, values, "add")
