"""Pooling by strided slices; ``xp`` is an array-API namespace."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from corne.backend import Array
from corne.kernels.windows import adaptive_windows

from corne_conv.kernels.conv import Namespace, channels_from_last, channels_to_last, pad_same, shifted


def max_pool(
    xp: Namespace, inputs: Array, sizes: Sequence[int], strides: Sequence[int], padding: str, data_format: str
) -> Array:
    """Return the largest value in each window; padding never counts."""
    x = channels_to_last(xp, inputs, data_format)
    once = (1,) * len(sizes)
    if padding == "same":
        lowest = -math.inf if xp.isdtype(x.dtype, "real floating") else xp.iinfo(x.dtype).min
        x = pad_same(xp, x, sizes, strides, once, lowest)
    total: Array = None
    for _, values in shifted(x, sizes, strides, once):
        total = values if total is None else xp.maximum(total, values)
    return channels_from_last(xp, total, data_format)


def average_pool(
    xp: Namespace, inputs: Array, sizes: Sequence[int], strides: Sequence[int], padding: str, data_format: str
) -> Array:
    """Return the mean of each window; padding never counts."""
    x = channels_to_last(xp, inputs, data_format)
    once = (1,) * len(sizes)
    counted = xp.ones((1, *x.shape[1:-1], 1), dtype=x.dtype)
    if padding == "same":
        x = pad_same(xp, x, sizes, strides, once, 0)
        counted = pad_same(xp, counted, sizes, strides, once, 0)
    total: Array = None
    count: Array = None
    for (_, values), (_, ones) in zip(
        shifted(x, sizes, strides, once), shifted(counted, sizes, strides, once), strict=True
    ):
        total = values if total is None else total + values
        count = ones if count is None else count + ones
    return channels_from_last(xp, total / count, data_format)


def adaptive_pool(
    xp: Namespace, reduce: Callable[..., Array], inputs: Array, counts: Sequence[int], data_format: str
) -> Array:
    """Return ``reduce`` (``xp.max`` or ``xp.mean``) over ``counts`` windows along each spatial axis."""
    x = channels_to_last(xp, inputs, data_format)
    for axis, count in enumerate(counts, start=1):
        before = (slice(None),) * axis
        parts = [
            reduce(x[(*before, slice(begin, end), ...)], axis=axis)
            for begin, end in adaptive_windows(x.shape[axis], count)
        ]
        x = xp.stack(parts, axis=axis)
    return channels_from_last(xp, x, data_format)
