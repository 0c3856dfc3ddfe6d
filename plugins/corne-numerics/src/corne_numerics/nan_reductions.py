"""Reductions that leave out NaN.

``axis`` is one axis, several, or None for all; ``keepdims`` keeps reduced axes with size 1. Integers have no
NaN and are reduced as the functions of the core do.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from corne import dtypes, ops
from corne.backend import Array
from corne.checks import one_of
from corne.operation import axes_tuple, dtype_of, op, promoted_float, to, xp

Axis = int | Sequence[int] | None
METHODS = ("linear", "lower", "higher", "midpoint", "nearest")


def _has_nan(x: Array) -> bool:
    return dtypes.is_float(dtype_of(x)) or "complex" in dtype_of(x)


def _filled(x: Array, value: float) -> Array:
    return xp().where(xp().isnan(x), to(value, dtype_of(x)), x)


def _axes(x: Array, axis: Axis) -> tuple[int, ...]:
    return axes_tuple(axis, len(x.shape))


def _or_nan(x: Array, result: Array, axis: Axis, keepdims: bool) -> Array:
    nothing = xp().all(xp().isnan(x), axis=_axes(x, axis), keepdims=keepdims)
    return xp().where(nothing, to(math.nan, dtype_of(x)), result)


@op()
def nanmax(x: Array, axis: Axis = None, keepdims: bool = False) -> Array:
    """Return the largest element but NaN; NaN where there is no other.

    >>> nanmax([[1.0, float("nan")], [float("nan"), float("nan")]], axis=1).tolist()
    [1.0, nan]
    """
    if not _has_nan(x):
        return ops.max(x, axis=axis, keepdims=keepdims)
    largest = xp().max(_filled(x, -math.inf), axis=_axes(x, axis), keepdims=keepdims)
    return _or_nan(x, largest, axis, keepdims)


@op()
def nanmin(x: Array, axis: Axis = None, keepdims: bool = False) -> Array:
    """Return the smallest element but NaN; NaN where there is no other.

    >>> nanmin([3.0, float("nan"), 2.0]).tolist()
    2.0
    """
    if not _has_nan(x):
        return ops.min(x, axis=axis, keepdims=keepdims)
    smallest = xp().min(_filled(x, math.inf), axis=_axes(x, axis), keepdims=keepdims)
    return _or_nan(x, smallest, axis, keepdims)


@op()
def nanargmax(x: Array, axis: int | None = None, keepdims: bool = False) -> Array:
    """Return the index of the largest element but NaN, as int32; -1 where there is no other.

    >>> nanargmax([3.0, float("nan"), 5.0]).tolist()
    2
    """
    return _place(x, axis, keepdims, -math.inf, ops.argmax)


@op()
def nanargmin(x: Array, axis: int | None = None, keepdims: bool = False) -> Array:
    """Return the index of the smallest element but NaN, as int32; -1 where there is no other.

    >>> nanargmin([3.0, float("nan"), 5.0]).tolist()
    0
    """
    return _place(x, axis, keepdims, math.inf, ops.argmin)


def _place(x: Array, axis: int | None, keepdims: bool, filling: float, find: Any) -> Array:
    if not _has_nan(x):
        return find(x, axis=axis, keepdims=keepdims)
    place = find(_filled(x, filling), axis=axis, keepdims=keepdims)
    nothing = xp().all(xp().isnan(x), axis=_axes(x, axis), keepdims=keepdims)
    return xp().where(nothing, to(-1, "int32"), place)


@op()
def nansum(x: Array, axis: Axis = None, keepdims: bool = False) -> Array:
    """Return the sum, NaN counting as 0.

    >>> nansum([1.0, float("nan"), 2.0]).tolist()
    3.0
    """
    return ops.sum(_filled(x, 0.0) if _has_nan(x) else x, axis=axis, keepdims=keepdims)


@op()
def nanprod(x: Array, axis: Axis = None, keepdims: bool = False) -> Array:
    """Return the product, NaN counting as 1.

    >>> nanprod([3.0, float("nan"), 2.0]).tolist()
    6.0
    """
    x = _filled(x, 1.0) if _has_nan(x) else x
    if isinstance(axis, (tuple, list)):
        for one in sorted(_axes(x, axis), reverse=True):
            x = ops.prod(x, axis=one, keepdims=keepdims)
        return x
    return ops.prod(x, axis=axis, keepdims=keepdims)


@op()
def nancumsum(x: Array, axis: int | None = None, dtype: str | None = None) -> Array:
    """Return the running sum, NaN counting as 0; None flattens first.

    >>> nancumsum([1.0, float("nan"), 2.0]).tolist()
    [1.0, 1.0, 3.0]
    """
    return ops.cumsum(_filled(x, 0.0) if _has_nan(x) else x, axis=axis, dtype=dtype)


@op()
def nancumprod(x: Array, axis: int | None = None, dtype: str | None = None) -> Array:
    """Return the running product, NaN counting as 1; None flattens first.

    >>> nancumprod([3.0, float("nan"), 2.0]).tolist()
    [3.0, 3.0, 6.0]
    """
    return ops.cumprod(_filled(x, 1.0) if _has_nan(x) else x, axis=axis, dtype=dtype)


def _mean(x: Array, axis: Axis, keepdims: bool) -> Array:
    axes = _axes(x, axis)
    count = xp().sum(to(~xp().isnan(x), "float32"), axis=axes, keepdims=keepdims)
    count = to(count, dtype_of(x))
    total = xp().sum(_filled(x, 0.0), axis=axes, keepdims=keepdims)
    nan = to(math.nan, dtype_of(x))
    return xp().where(count == 0, nan, total / xp().where(count == 0, to(1.0, dtype_of(x)), count))


@op()
def nanmean(x: Array, axis: Axis = None, keepdims: bool = False) -> Array:
    """Return the mean of the elements but NaN; NaN where there is no other.

    >>> nanmean([1.0, float("nan"), 2.0]).tolist()
    1.5
    """
    (x,) = promoted_float(x)
    return _mean(x, axis, keepdims)


@op()
def nanvar(x: Array, axis: Axis = None, keepdims: bool = False) -> Array:
    """Return the variance of the elements but NaN, the mean squared distance from their mean.

    >>> nanvar([1.0, float("nan"), 3.0]).tolist()
    1.0
    """
    (x,) = promoted_float(x)
    axes = _axes(x, axis)
    dtype = dtype_of(x)
    valid = ~xp().isnan(x)
    filled = _filled(x, 0.0)  # NaN in what isn't chosen would still be NaN in the gradient
    number = to(xp().sum(to(valid, "int64"), axis=axes, keepdims=True), dtype)
    number = xp().where(number == 0, to(math.nan, dtype), number)
    distance = xp().where(valid, filled - xp().sum(filled, axis=axes, keepdims=True) / number, to(0.0, dtype))
    square = xp().real(distance * xp().conj(distance)) if "complex" in dtype else distance * distance
    variance = xp().sum(square, axis=axes, keepdims=True) / (
        xp().real(number) if "complex" in dtype else number
    )
    return variance if keepdims else xp().squeeze(variance, axis=axes)


@op()
def nanstd(x: Array, axis: Axis = None, keepdims: bool = False) -> Array:
    """Return the standard deviation of the elements but NaN.

    >>> nanstd([1.0, float("nan"), 3.0]).tolist()
    1.0
    """
    return xp().sqrt(nanvar(x, axis=axis, keepdims=keepdims))


@op()
def nanmedian(x: Array, axis: Axis = None, keepdims: bool = False) -> Array:
    """Return the middle one of the elements but NaN, or the mean of the two.

    >>> nanmedian([1.0, float("nan"), 3.0]).tolist()
    2.0
    """
    return nanquantile(x, 0.5, axis=axis, keepdims=keepdims)


@op(2, scalars=True)
def nanquantile(x: Array, q: Any, axis: Axis = None, method: str = "linear", keepdims: bool = False) -> Array:
    """Return quantiles of the elements but NaN; NaN where there is no other.

    Args:
        x: Numbers.
        q: Fractions between 0 and 1: a number, or an array whose axes come first in the result.
        axis: Axes to reduce. Default None: all.
        method: What to take between two elements: "linear", "lower", "higher", "midpoint" or "nearest".
        keepdims: Whether to keep reduced axes with size 1. Default False.

    Raises:
        ArgumentError: An unknown method.

    >>> nanquantile([1.0, float("nan"), 2.0, 4.0], 0.75).tolist()
    3.0
    """
    one_of("ops.nanquantile(method=…)", method, METHODS)
    space = xp()
    (x,) = promoted_float(x)
    dtype = dtype_of(x)
    x = to(x, dtypes.result_type(dtype, "float32"))
    q = to(q, dtype_of(x))
    axes = _axes(x, axis)
    kept = tuple(a for a in range(len(x.shape)) if a not in axes)
    shape = tuple(x.shape[a] for a in kept)
    rows = space.reshape(space.permute_dims(x, (*kept, *axes)), (*shape, -1))
    count = space.sum(to(~space.isnan(rows), dtype_of(x)), axis=-1, keepdims=True)
    ordered = space.sort(_filled(rows, math.inf), axis=-1)
    ordered = space.where(
        to(space.arange(rows.shape[-1]), dtype_of(x)) < count, ordered, to(0.0, dtype_of(x))
    )
    place = space.reshape(q, (-1,)) * space.clip(count - 1, 0, None)  # (*shape, quantiles)
    if method == "nearest":
        place = space.round(place)
    low = space.ceil(place) if method == "higher" else space.floor(place)
    high = low if method == "lower" else space.ceil(place)
    below, above = (space.take_along_axis(ordered, to(index, "int64"), axis=-1) for index in (low, high))
    share = (high - low) / 2 if method == "midpoint" else place - low
    between = space.where(share == 0, below, below * (1 - share) + above * share)
    result = space.moveaxis(space.where(count == 0, to(math.nan, dtype_of(x)), between), -1, 0)
    if keepdims:
        shape = tuple(1 if a in axes else size for a, size in enumerate(x.shape))
    return to(space.reshape(result, (*q.shape, *shape)), dtype)


@op(2, scalars=True)
def nanpercentile(
    x: Array, q: Any, axis: Axis = None, method: str = "linear", keepdims: bool = False
) -> Array:
    """Return percentiles of the elements but NaN: :func:`nanquantile` of ``q / 100``.

    >>> nanpercentile([1.0, float("nan"), 2.0, 4.0], 75).tolist()
    3.0
    """
    return nanquantile(x, _fractions(q), axis=axis, method=method, keepdims=keepdims)


@op(2, scalars=True)
def percentile(x: Array, q: Any, axis: Axis = None, method: str = "linear", keepdims: bool = False) -> Array:
    """Return percentiles: the numbers that ``q`` in a hundred elements lie below.

    Args:
        x: Numbers.
        q: Between 0 and 100: a number, or an array whose axes come first in the result.
        axis: Axes to reduce. Default None: all.
        method: What to take between two elements: "linear", "lower", "higher", "midpoint" or "nearest".
        keepdims: Whether to keep reduced axes with size 1. Default False.

    Raises:
        ArgumentError: An unknown method.

    >>> percentile([1.0, 2.0, 4.0], 75).tolist()
    3.0
    """
    return ops.quantile(x, _fractions(q), axis=axis, method=method, keepdims=keepdims)


def _fractions(q: Any) -> Any:
    if isinstance(q, (int, float)):
        return q / 100.0
    return promoted_float(q)[0] / 100.0
