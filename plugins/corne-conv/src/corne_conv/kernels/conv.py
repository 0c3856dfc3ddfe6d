"""Convolutions by strided slices and matrix products.

``xp`` is an array-API namespace. For each place of the kernel, the input shifted to that place and thinned
out by the stride is multiplied with the kernel's weights there, and the products are added up.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from typing import Any

from corne.backend import Array
from corne.kernels.windows import output_size, same_padding, transpose_padding

Namespace = Any  # an array-API namespace


def pad(xp: Namespace, x: Array, widths: Sequence[tuple[int, int]], value: float = 0) -> Array:
    """Return ``x`` with ``value`` added in front of and behind each axis, as ``widths`` says."""
    for axis, (before, after) in enumerate(widths):
        parts = [x]
        for width, position in ((before, 0), (after, 2)):
            if width > 0:
                shape = (*x.shape[:axis], width, *x.shape[axis + 1 :])
                parts.insert(position, xp.full(shape, value, dtype=x.dtype))
        if len(parts) > 1:
            x = xp.concat(parts, axis=axis)
    return x


def channels_to_last(xp: Namespace, x: Array, data_format: str) -> Array:
    """Return ``x`` with its channels as the last axis."""
    if data_format == "channels_last":
        return x
    return xp.permute_dims(x, (0, *range(2, len(x.shape)), 1))


def channels_from_last(xp: Namespace, x: Array, data_format: str) -> Array:
    """Return ``x``, whose channels are the last axis, in ``data_format``."""
    if data_format == "channels_last":
        return x
    return xp.permute_dims(x, (0, len(x.shape) - 1, *range(1, len(x.shape) - 1)))


def pad_same(
    xp: Namespace,
    x: Array,
    sizes: Sequence[int],
    strides: Sequence[int],
    dilations: Sequence[int],
    value: float,
) -> Array:
    """Return ``x``, channels last, padded for windows of ``sizes`` as "same" says."""
    widths = map(same_padding, x.shape[1:-1], sizes, strides, dilations)
    return pad(xp, x, [(0, 0), *widths, (0, 0)], value)


def shifted(
    x: Array, sizes: Sequence[int], strides: Sequence[int], dilations: Sequence[int]
) -> Iterator[tuple[tuple[int, ...], Array]]:
    """Yield for each place of a window that place and the values all windows see there.

    ``x`` is channels last and padded; the values have shape ``(batch, windows..., channels)``.
    """
    counts = [
        output_size(size, kernel, stride, "valid", dilation) or 0
        for size, kernel, stride, dilation in zip(x.shape[1:-1], sizes, strides, dilations, strict=True)
    ]
    for place in itertools.product(*map(range, sizes)):
        window = tuple(
            slice(p * dilation, p * dilation + (count - 1) * stride + 1, stride)
            for p, count, stride, dilation in zip(place, counts, strides, dilations, strict=True)
        )
        yield place, x[(slice(None), *window, slice(None))]


def conv(
    xp: Namespace,
    inputs: Array,
    kernel: Array,
    strides: Sequence[int],
    padding: str,
    data_format: str,
    dilation_rate: Sequence[int],
) -> Array:
    """Return the convolution; the ratio of the channels of both says how many groups there are."""
    x = channels_to_last(xp, inputs, data_format)
    *sizes, depth, filters = kernel.shape
    if padding == "same":
        x = pad_same(xp, x, sizes, strides, dilation_rate, 0)
    groups = x.shape[-1] // depth
    weights = xp.reshape(kernel, (*sizes, depth, groups, filters // groups))
    total: Array = None
    for place, values in shifted(x, sizes, strides, dilation_rate):
        shape = values.shape[:-1]
        rows = math.prod(shape)
        if groups == 1:
            product = xp.matmul(xp.reshape(values, (rows, depth)), weights[(*place, ..., 0, slice(None))])
        else:
            grouped = xp.permute_dims(xp.reshape(values, (rows, groups, depth)), (1, 0, 2))
            matrices = xp.permute_dims(weights[(*place, ...)], (1, 0, 2))
            product = xp.permute_dims(xp.matmul(grouped, matrices), (1, 0, 2))
        product = xp.reshape(product, (*shape, filters))
        total = product if total is None else total + product
    return channels_from_last(xp, total, data_format)


def depthwise_conv(
    xp: Namespace,
    inputs: Array,
    kernel: Array,
    strides: Sequence[int],
    padding: str,
    data_format: str,
    dilation_rate: Sequence[int],
) -> Array:
    """Return the convolution of each channel with its own kernels."""
    x = channels_to_last(xp, inputs, data_format)
    *sizes, channels, multiplier = kernel.shape
    if padding == "same":
        x = pad_same(xp, x, sizes, strides, dilation_rate, 0)
    total: Array = None
    for place, values in shifted(x, sizes, strides, dilation_rate):
        product = xp.expand_dims(values, axis=-1) * kernel[(*place, ...)]
        total = product if total is None else total + product
    total = xp.reshape(total, (*total.shape[:-2], channels * multiplier))
    return channels_from_last(xp, total, data_format)


def conv_transpose(
    xp: Namespace,
    inputs: Array,
    kernel: Array,
    strides: Sequence[int],
    padding: str,
    output_padding: Sequence[int] | None,
    data_format: str,
    dilation_rate: Sequence[int],
) -> Array:
    """Return the transposed convolution: what the gradient of a convolution computes."""
    x = channels_to_last(xp, inputs, data_format)
    rank = len(x.shape) - 2
    widths = []
    for axis in range(rank):
        x = _spread(xp, x, axis + 1, strides[axis])
        extra = None if output_padding is None else output_padding[axis]
        widths.append(
            transpose_padding(kernel.shape[axis], strides[axis], dilation_rate[axis], padding, extra)
        )
    x = pad(xp, x, [(0, 0), *widths, (0, 0)])
    flipped = xp.permute_dims(xp.flip(kernel, axis=tuple(range(rank))), (*range(rank), rank + 1, rank))
    output = conv(xp, x, flipped, (1,) * rank, "valid", "channels_last", dilation_rate)
    return channels_from_last(xp, output, data_format)


def _spread(xp: Namespace, x: Array, axis: int, stride: int) -> Array:
    """Put ``stride - 1`` zeros between the places along ``axis``."""
    if stride == 1:
        return x
    size = x.shape[axis]
    apart = xp.expand_dims(x, axis=axis + 1)
    apart = pad(xp, apart, [(0, 0)] * (axis + 1) + [(0, stride - 1)])
    joined = xp.reshape(apart, (*x.shape[:axis], size * stride, *x.shape[axis + 1 :]))
    return joined[(slice(None),) * axis + (slice(0, (size - 1) * stride + 1), ...)]
