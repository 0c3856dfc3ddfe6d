"""What convolution and pooling share: layouts, and plans that are made once for each form of input.

PyTorch's functions want channels first. A view with the axes permuted says so without copying, since
PyTorch knows images in memory with their channels last. With one spatial axis there is no such layout, so
a second axis of size 1 is put in front.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import torch
from corne import config
from corne.kernels import windows as arithmetic

Tensor = torch.Tensor


class Plan(NamedTuple):
    """How to slide windows over one form of input; spatial axes in order, two or three of them."""

    sizes: tuple[int, ...]
    strides: tuple[int, ...]
    dilation: tuple[int, ...]
    before: tuple[int, ...]  # places added in front of each axis
    after: tuple[int, ...]
    counts: tuple[int, ...]  # windows along each axis
    spatial: tuple[int, ...]  # the input's sizes
    data_format: str
    margins: tuple[int, ...]  # before and after in the order of torch.nn.functional.pad
    is_symmetric: bool  # as much is added behind as in front
    is_narrow: bool  # that much is at most half a window, so that pooling can add it by itself


def hashable(value: Any) -> Any:
    """Return sizes so that they can be the key of a plan."""
    return tuple(value) if isinstance(value, (list, tuple)) else value


def resolve(data_format: str | None) -> str:
    """Return the configured format for None."""
    return config.image_data_format() if data_format is None else data_format


@lru_cache(maxsize=4096)
def plan(
    name: str,
    shape: tuple[int, ...],
    sizes: Any,
    strides: Any,
    padding: str,
    data_format: str,
    dilation_rate: Any,
    kernel_shape: tuple[int, ...] | None,
) -> Plan:
    """Check the arguments as the operation ``name`` does, and return how to carry it out."""
    like = _Shaped(shape)
    if kernel_shape is None:
        at = arithmetic.check_pool(name, like, sizes, strides, padding, data_format)
    else:
        at = arithmetic.check_windows(
            name, like, kernel_shape[:-2], strides, padding, data_format, dilation_rate
        )
        if name == "conv":
            arithmetic.check_kernel(name, like, _Shaped(kernel_shape), at.data_format)
    spatial: Any = arithmetic.spatial_sizes(shape, at.data_format)
    pads = [(0, 0)] * len(spatial)
    if at.padding == "same":
        pads = list(map(arithmetic.same_padding, spatial, at.sizes, at.strides, at.dilation_rate))
    counts: Any = map(
        arithmetic.output_size, spatial, at.sizes, at.strides, [at.padding] * len(spatial), at.dilation_rate
    )
    before, after = tuple(p[0] for p in pads), tuple(p[1] for p in pads)
    lead, none = ((1,), (0,)) if len(spatial) == 1 else ((), ())
    return Plan(
        (*lead, *at.sizes), (*lead, *at.strides), (*lead, *at.dilation_rate), (*none, *before), (*none, *after),
        (*lead, *counts), (*lead, *spatial), at.data_format,
        margins=tuple(m for pair in reversed(pads) for m in pair),
        is_symmetric=before == after,
        is_narrow=before == after and all(2 * m <= size for m, size in zip(before, at.sizes, strict=True)),
    )  # fmt: skip


class _Shaped(NamedTuple):
    shape: tuple[int, ...]


_TO_FIRST = {3: (0, 2, 1), 4: (0, 3, 1, 2), 5: (0, 4, 1, 2, 3)}
_TO_LAST = {3: (0, 2, 1), 4: (0, 2, 3, 1), 5: (0, 2, 3, 4, 1)}


def to_first(x: Tensor, data_format: str) -> Tensor:
    """Return images as PyTorch wants them: two or three spatial axes, channels first."""
    ndim = x.ndim
    if data_format == "channels_last":
        x = x.permute(_TO_FIRST[ndim])
    return x.unsqueeze(2) if ndim == 3 else x


def from_first(x: Tensor, ndim: int, data_format: str) -> Tensor:
    """Undo :func:`to_first` for images of ``ndim`` axes."""
    x = x.squeeze(2) if ndim == 3 else x
    return x.permute(_TO_LAST[ndim]) if data_format == "channels_last" else x


def filters_first(kernel: Tensor, axes: Sequence[int]) -> Tensor:
    """Return a kernel ``(*sizes, a, b)`` with the axes ``axes`` of (-2, -1) in front; two or three sizes."""
    rank = kernel.ndim - 2
    kernel = kernel.permute(*(axis % kernel.ndim for axis in axes), *range(rank))
    return kernel.unsqueeze(2) if rank == 1 else kernel
