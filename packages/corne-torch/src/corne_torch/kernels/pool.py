"""Pooling."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import torch
import torch.nn.functional as F
from corne.kernels.windows import as_sizes
from torch.autograd.function import once_differentiable

from corne_torch.abstract import is_for_compiler
from corne_torch.kernels._table import kernel
from corne_torch.kernels.windows import Plan, from_first, hashable, plan, resolve, to_first
from corne_torch.operations import define

Tensor = torch.Tensor
_MAX = {2: F.max_pool2d, 3: F.max_pool3d}


def _average3d(x: Tensor, *args: Any, **kwargs: Any) -> Tensor:
    """Do what avg_pool3d does; on the processor PyTorch has none for 16 bits (2.13)."""
    lacking = x.device.type == "cpu" and x.dtype in (torch.float16, torch.bfloat16)
    return F.avg_pool3d(x.float() if lacking else x, *args, **kwargs).to(x.dtype)


_AVERAGE: dict[int, Any] = {2: F.avg_pool2d, 3: _average3d}


def _plan(name: str, x: Tensor, pool_size: Any, strides: Any, padding: str, data_format: str | None) -> Plan:
    return plan(name, x.shape, hashable(pool_size), hashable(strides), padding, resolve(data_format), 1, None)


def _is_ours(x: Tensor) -> bool:
    return x.is_floating_point() and 3 <= x.ndim <= 5


@kernel("max_pool")
def max_pool(
    inputs: Tensor,
    pool_size: Any,
    strides: Any = None,
    padding: str = "valid",
    data_format: str | None = None,
) -> Any:
    """Take the largest value in each window; of several the first has the gradient."""
    if not _is_ours(inputs):
        return NotImplemented
    at = _plan("max_pool", inputs, pool_size, strides, padding, data_format)
    if (
        is_for_compiler()
        and inputs.ndim > 3
        and at.data_format == "channels_last"
        and at.sizes == at.strides
        and not any(at.margins)
    ):
        spatial = [n // size * size for n, size in zip(at.spatial, at.sizes, strict=True)]
        return _Tiles.apply(inputs[(slice(None), *(slice(n) for n in spatial))], at.sizes)
    x, margins = to_first(inputs, at.data_format), at.before
    if not at.is_narrow:
        x, margins = F.pad(x, at.margins, value=float("-inf")), (0,) * len(margins)
    out = _MAX[len(at.sizes)](x, at.sizes, at.strides, margins)
    return from_first(out, inputs.ndim, at.data_format)


class _Tiles(torch.autograd.Function):
    """Largest values of windows side by side, images with channels last, by operations that a graph fuses."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, sizes: tuple[int, ...]) -> Tensor:
        tiles, within = _tiles(x, sizes)
        out = tiles.amax(within, keepdim=True)
        place = _places(tiles, within)
        first = torch.where(tiles == out, place, len(place.flatten())).amin(within, keepdim=True)
        first = HOLD(first)  # the backward pass would look for it in each place of a window
        ctx.save_for_backward(x, first)
        ctx.sizes = sizes
        return out.squeeze(within)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, upstream: Tensor) -> tuple[Tensor, None]:
        x, first = ctx.saved_tensors
        tiles, within = _tiles(x, ctx.sizes)
        given = torch.where(_places(tiles, within) == first, upstream.view(first.shape), 0.0)
        return given.view(x.shape), None


# In a graph it says that an array is to be in memory, not worked out again wherever it is read.
HOLD = define("hold(Tensor x) -> Tensor", torch.clone)


def _places(tiles: Tensor, within: tuple[int, ...]) -> Tensor:
    """Return a number for each place in a window, floating since processors compare floats faster."""
    sizes = [size if axis in within else 1 for axis, size in enumerate(tiles.shape)]
    return torch.arange(math.prod(sizes), device=tiles.device, dtype=torch.float32).view(sizes)


def _tiles(x: Tensor, sizes: tuple[int, ...]) -> tuple[Tensor, tuple[int, ...]]:
    """Return images as ``(batch, windows, places, windows, places, ..., channels)``, and the axes of places."""
    lengths = [n for length, size in zip(x.shape[1:-1], sizes, strict=True) for n in (length // size, size)]
    return x.reshape(x.shape[0], *lengths, x.shape[-1]), tuple(range(2, 2 * len(sizes) + 1, 2))


@kernel("average_pool")
def average_pool(
    inputs: Tensor,
    pool_size: Any,
    strides: Any = None,
    padding: str = "valid",
    data_format: str | None = None,
) -> Any:
    """Take the mean of each window, of its own places only."""
    if not _is_ours(inputs):
        return NotImplemented
    at = _plan("average_pool", inputs, pool_size, strides, padding, data_format)
    x = to_first(inputs, at.data_format)
    pool = _AVERAGE[len(at.sizes)]
    if at.is_narrow:
        out = pool(x, at.sizes, at.strides, at.before, count_include_pad=False)
    else:
        sums = pool(F.pad(x, at.margins), at.sizes, at.strides, divisor_override=1)
        out = sums * _shares(at, x.dtype, x.device)
    return from_first(out, inputs.ndim, at.data_format)


@lru_cache(maxsize=256)
def _shares(at: Plan, dtype: torch.dtype, device: torch.device) -> Tensor:
    """Return 1 by the number of an input's own places in each window."""
    from corne_torch.abstract import real

    with real(), torch.no_grad():
        shares = torch.ones((), dtype=dtype)
        for size, length, stride, before, count in zip(
            at.sizes, at.spatial, at.strides, at.before, at.counts, strict=True
        ):
            starts = torch.arange(count) * stride - before
            own = (starts + size).clamp(max=length) - starts.clamp(min=0)
            shares = shares.unsqueeze(-1) / own
        return shares.to(device=device, dtype=dtype)


@kernel("adaptive_max_pool")
def adaptive_max_pool(inputs: Tensor, output_size: Any, data_format: str | None = None) -> Any:
    """Take the largest values of windows that cover the images evenly."""
    form = resolve(data_format)
    if not _is_ours(inputs) or form not in ("channels_last", "channels_first"):
        return NotImplemented
    counts = as_sizes("ops.adaptive_max_pool(output_size=…)", output_size, inputs.ndim - 2)
    x = to_first(inputs, form)
    function: Any = F.adaptive_max_pool3d if x.ndim == 5 else F.adaptive_max_pool2d
    return from_first(function(x, (1, *counts) if len(counts) == 1 else counts), inputs.ndim, form)


@kernel("adaptive_average_pool")
def adaptive_average_pool(inputs: Tensor, output_size: Any, data_format: str | None = None) -> Any:
    """Take the means of windows that cover the images evenly."""
    form = resolve(data_format)
    if not _is_ours(inputs) or form not in ("channels_last", "channels_first"):
        return NotImplemented
    counts = as_sizes("ops.adaptive_average_pool(output_size=…)", output_size, inputs.ndim - 2)
    x = to_first(inputs, form)
    function: Any = F.adaptive_avg_pool3d if x.ndim == 5 else F.adaptive_avg_pool2d
    return from_first(function(x, (1, *counts) if len(counts) == 1 else counts), inputs.ndim, form)
