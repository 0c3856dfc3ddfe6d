"""Functions that make arrays, change shapes and join."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from corne import backend as backends
from corne.dtypes import standardize_dtype

from corne_torch.dtypes import to_torch
from corne_torch.kernels._table import kernel


@kernel("full")
def full(shape: int | Sequence[int], fill_value: Any, dtype: str | None = None) -> Any:
    """Return an array of one value."""
    backend = backends.active()
    name = standardize_dtype(dtype)
    sizes = (shape,) if isinstance(shape, int) else tuple(int(size) for size in shape)
    if isinstance(fill_value, (bool, int, float)):
        return torch.full(sizes, fill_value, dtype=to_torch(name), device=backend.device)  # type: ignore[attr-defined]
    return backend.asarray(fill_value, name).expand(sizes).clone()


@kernel("reshape")
def reshape(x: torch.Tensor, newshape: Any) -> Any:
    """Return the elements in another shape."""
    shape = (newshape,) if isinstance(newshape, int) else tuple(newshape)
    return NotImplemented if None in shape else torch.reshape(x, shape)


@kernel("transpose")
def transpose(x: torch.Tensor, axes: Sequence[int] | None = None) -> Any:
    """Reorder the axes."""
    return torch.permute(x, tuple(axes) if axes is not None else tuple(range(x.ndim))[::-1])


@kernel("expand_dims")
def expand_dims(x: torch.Tensor, axis: Any) -> Any:
    """Insert an axis of size 1."""
    return torch.unsqueeze(x, axis) if isinstance(axis, int) else NotImplemented


@kernel("split")
def split(x: torch.Tensor, indices_or_sections: int | Sequence[int], axis: int = 0) -> Any:
    """Cut an axis into equal sections, or at given indices."""
    if isinstance(indices_or_sections, int):
        return NotImplemented
    return list(torch.tensor_split(x, [int(i) for i in indices_or_sections], axis))


def _alike(arrays: Sequence[torch.Tensor]) -> bool:
    dtype = arrays[0].dtype
    return all(x.dtype is dtype for x in arrays)


@kernel("concatenate")
def concatenate(xs: Sequence[torch.Tensor], axis: int | None = 0) -> Any:
    """Join along an axis."""
    return torch.cat(list(xs), axis) if axis is not None and _alike(xs) else NotImplemented


@kernel("stack")
def stack(x: Sequence[torch.Tensor], axis: int = 0) -> Any:
    """Join along a new axis."""
    return torch.stack(list(x), axis) if _alike(x) else NotImplemented


@kernel("broadcast_to")
def broadcast_to(x: torch.Tensor, shape: Sequence[int]) -> Any:
    """Repeat along axes of size 1, without copying."""
    return torch.broadcast_to(x, tuple(shape))


@kernel("pad")
def pad(x: torch.Tensor, pad_width: Any, mode: str = "constant", constant_values: Any = None) -> Any:
    """Add a constant around."""
    pairs = not isinstance(pad_width, int) and all(isinstance(w, (tuple, list)) for w in pad_width)
    number = constant_values is None or isinstance(constant_values, (int, float))
    if mode != "constant" or not pairs or not number or len(pad_width) != x.ndim:
        return NotImplemented
    widths = [int(w) for pair in reversed(list(pad_width)) for w in pair]
    if len(widths) != 2 * x.ndim or any(w < 0 for w in widths):
        return NotImplemented
    return torch.nn.functional.pad(x, widths, value=0 if constant_values is None else constant_values)


@kernel("zeros_like")
def zeros_like(x: torch.Tensor, dtype: str | None = None) -> Any:
    """Return zeros in the shape of ``x``."""
    return torch.zeros_like(x) if dtype is None else NotImplemented


@kernel("repeat")
def repeat(x: torch.Tensor, repeats: Any, axis: int | None = None) -> Any:
    """Repeat each element along an axis; the result's size is summed first, where numbers are at hand."""
    if isinstance(repeats, int):
        return torch.repeat_interleave(x, repeats, axis)
    counts = torch.as_tensor(repeats, dtype=torch.int64, device="cpu")
    size = x.numel() if axis is None else x.shape[axis]
    total = int(counts.sum()) * (size if counts.numel() == 1 else 1)
    return torch.repeat_interleave(x, counts.to(x.device), axis, output_size=total)
