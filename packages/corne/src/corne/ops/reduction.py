"""Functions that reduce axes, sort or accumulate along one.

``axis`` is one axis, several, or None for all; ``keepdims`` keeps reduced axes with size 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corne import dtypes
from corne.backend import Array
from corne.errors import ArgumentError
from corne.operation import axes_tuple, dtype_of, native, op, promoted_float, to, xp

Axis = int | Sequence[int] | None


def _axis(axis: Axis) -> Any:
    return tuple(axis) if isinstance(axis, (list, tuple)) else axis


def _summed(dtype: str) -> str:
    """Return the dtype of a sum: small integers are summed as 32 bits, as in Keras."""
    if dtype in ("bool", "int8", "int16"):
        return "int32"
    return "uint32" if dtype in ("uint8", "uint16") else dtype


@op()
def sum(x: Array, axis: Axis = None, keepdims: bool = False) -> Array:
    """Return the sum."""
    dtype = _summed(dtype_of(x))
    return xp().sum(to(x, dtype), axis=_axis(axis), keepdims=keepdims, dtype=native(dtype))


@op()
def prod(x: Array, axis: Axis = None, keepdims: bool = False, dtype: str | None = None) -> Array:
    """Return the product."""
    dtype = dtypes.standardize_dtype(dtype) if dtype else _summed(dtype_of(x))
    return xp().prod(to(x, dtype), axis=_axis(axis), keepdims=keepdims, dtype=native(dtype))


@op()
def mean(x: Array, axis: Axis = None, keepdims: bool = False) -> Array:
    """Return the arithmetic mean, floating."""
    (x,) = promoted_float(x)
    return xp().mean(x, axis=_axis(axis), keepdims=keepdims)


@op()
def var(x: Array, axis: Axis = None, keepdims: bool = False) -> Array:
    """Return the variance, the mean squared distance from the mean."""
    (x,) = promoted_float(x)
    return xp().var(x, axis=_axis(axis), keepdims=keepdims)


@op()
def std(x: Array, axis: Axis = None, keepdims: bool = False) -> Array:
    """Return the standard deviation, the root of the variance."""
    (x,) = promoted_float(x)
    return xp().std(x, axis=_axis(axis), keepdims=keepdims)


@op()
def max(x: Array, axis: Axis = None, keepdims: bool = False, initial: Any = None) -> Array:
    """Return the largest element; not below ``initial`` if it is given."""
    if dtype_of(x) == "bool":
        return xp().any(x, axis=_axis(axis), keepdims=keepdims)
    result = xp().max(x, axis=_axis(axis), keepdims=keepdims)
    return result if initial is None else xp().maximum(result, to(initial, dtype_of(x)))


@op()
def min(x: Array, axis: Axis = None, keepdims: bool = False, initial: Any = None) -> Array:
    """Return the smallest element; not above ``initial`` if it is given."""
    if dtype_of(x) == "bool":
        return xp().all(x, axis=_axis(axis), keepdims=keepdims)
    result = xp().min(x, axis=_axis(axis), keepdims=keepdims)
    return result if initial is None else xp().minimum(result, to(initial, dtype_of(x)))


def amax(x: Array, axis: Axis = None, keepdims: bool = False) -> Array:
    """Return the largest element."""
    return max(x, axis=axis, keepdims=keepdims)


def amin(x: Array, axis: Axis = None, keepdims: bool = False) -> Array:
    """Return the smallest element."""
    return min(x, axis=axis, keepdims=keepdims)


@op()
def any(x: Array, axis: Axis = None, keepdims: bool = False) -> Array:
    """Return whether any element is true."""
    return xp().any(to(x, "bool"), axis=_axis(axis), keepdims=keepdims)


@op()
def all(x: Array, axis: Axis = None, keepdims: bool = False) -> Array:
    """Return whether all elements are true."""
    return xp().all(to(x, "bool"), axis=_axis(axis), keepdims=keepdims)


@op()
def count_nonzero(x: Array, axis: Axis = None) -> Array:
    """Return the number of elements that are not zero, as int32."""
    return sum(to(to(x, "bool"), "int32"), axis=axis)


def _ordered(x: Array) -> Array:
    return to(x, "int32") if dtype_of(x) == "bool" else x


@op()
def argmax(x: Array, axis: int | None = None, keepdims: bool = False) -> Array:
    """Return the index of the largest element, the first of several, as int32."""
    return to(xp().argmax(_ordered(x), axis=axis, keepdims=keepdims), "int32")


@op()
def argmin(x: Array, axis: int | None = None, keepdims: bool = False) -> Array:
    """Return the index of the smallest element, the first of several, as int32."""
    return to(xp().argmin(_ordered(x), axis=axis, keepdims=keepdims), "int32")


@op()
def cumsum(x: Array, axis: int | None = None, dtype: str | None = None) -> Array:
    """Return the running sum along an axis; None flattens first."""
    if axis is None:
        x, axis = xp().reshape(x, (-1,)), 0
    dtype = dtypes.standardize_dtype(dtype) if dtype else ("int32" if dtype_of(x) == "bool" else dtype_of(x))
    return xp().cumulative_sum(to(x, dtype), axis=axis, dtype=native(dtype))


@op()
def cumprod(x: Array, axis: int | None = None, dtype: str | None = None) -> Array:
    """Return the running product along an axis; None flattens first."""
    if axis is None:
        x, axis = xp().reshape(x, (-1,)), 0
    dtype = dtypes.standardize_dtype(dtype) if dtype else ("int32" if dtype_of(x) == "bool" else dtype_of(x))
    return xp().cumulative_prod(to(x, dtype), axis=axis, dtype=native(dtype))


@op()
def logsumexp(x: Array, axis: Axis = None, keepdims: bool = False) -> Array:
    """Return ``log(sum(exp(x)))`` without overflow."""
    (x,) = promoted_float(x)
    peak = xp().max(x, axis=_axis(axis), keepdims=True)
    peak = xp().where(xp().isfinite(peak), peak, xp().zeros_like(peak))
    total = xp().log(xp().sum(xp().exp(x - peak), axis=_axis(axis), keepdims=True)) + peak
    return total if keepdims else xp().squeeze(total, axis=axes_tuple(axis, len(x.shape)))


@op()
def sort(x: Array, axis: int = -1) -> Array:
    """Return the elements in ascending order along an axis."""
    return xp().sort(x, axis=axis)


@op()
def argsort(x: Array, axis: int | None = -1) -> Array:
    """Return the indices that sort along an axis (equal elements in order), as int32; None flattens first."""
    if axis is None:
        x, axis = xp().reshape(x, (-1,)), 0
    return to(xp().argsort(_ordered(x), axis=axis, stable=True), "int32")


@op()
def top_k(x: Array, k: int, sorted: bool = True) -> tuple[Array, Array]:
    """Return the ``k`` largest elements of the last axis, in descending order, and their int32 indices."""
    # The last of equals in a reversed axis is the first of them in the axis itself.
    last = x.shape[-1] - 1
    order = last - xp().flip(xp().argsort(xp().flip(x, axis=-1), axis=-1, stable=True), axis=-1)[..., :k]
    return xp().take_along_axis(x, order, axis=-1), to(order, "int32")


@op(2)
def in_top_k(targets: Array, predictions: Array, k: int) -> Array:
    """Tell for each sample whether fewer than ``k`` classes are predicted above the target class."""
    chosen = xp().take_along_axis(predictions, to(targets, "int64")[:, None], axis=-1)
    above = xp().sum(to(predictions > chosen, "int32"), axis=-1)
    return (above < k) & xp().isfinite(chosen[:, 0])


@op()
def median(x: Array, axis: Axis = None, keepdims: bool = False) -> Array:
    """Return the middle element, or the mean of the two."""
    return quantile(x, 0.5, axis=axis, keepdims=keepdims)


@op(2, scalars=True)
def quantile(x: Array, q: Any, axis: Axis = None, method: str = "linear", keepdims: bool = False) -> Array:
    """Return quantiles: the number that a fraction ``q`` of the elements lies below.

    Args:
        x: Numbers.
        q: Fractions between 0 and 1: a number, or an array whose axes come first in the result.
        axis: Axes to reduce. Default None: all.
        method: What to take between two elements: "linear", "lower", "higher", "midpoint" or "nearest".
        keepdims: Whether to keep reduced axes with size 1. Default False.

    Raises:
        ArgumentError: An unknown method.

    >>> quantile([1.0, 2.0, 4.0], 0.75).tolist(), quantile([1.0, 2.0, 4.0], 0.75, method="lower").tolist()
    (3.0, 2.0)
    """
    if method not in ("linear", "lower", "higher", "midpoint", "nearest"):
        raise ArgumentError(
            "ops.quantile(method=…)", "'linear', 'lower', 'higher', 'midpoint' or 'nearest'", repr(method),
            "Choose one of them.",
        )  # fmt: skip
    (x,) = promoted_float(x)
    q = to(q, dtype_of(x))
    ndim = len(x.shape)
    axes = axes_tuple(axis, ndim)
    kept = tuple(a for a in range(ndim) if a not in axes)
    shape = tuple(x.shape[a] for a in kept)
    ordered = xp().sort(xp().reshape(xp().permute_dims(x, (*kept, *axes)), (*shape, -1)), axis=-1)
    place = xp().reshape(q, (-1,)) * (ordered.shape[-1] - 1)
    if method == "nearest":
        place = xp().round(place)
    low = xp().ceil(place) if method == "higher" else xp().floor(place)
    high = low if method == "lower" else xp().ceil(place)
    below, above = (xp().take(ordered, to(index, "int64"), axis=-1) for index in (low, high))
    share = (high - low) / 2 if method == "midpoint" else place - low
    result = xp().moveaxis(below * (1 - share) + above * share, -1, 0)
    if keepdims:
        shape = tuple(1 if a in axes else x.shape[a] for a in range(ndim))
    return xp().reshape(result, (*q.shape, *shape))


@op(2)
def searchsorted(sorted_sequence: Array, values: Array, side: str = "left") -> Array:
    """Return where ``values`` would be inserted into a sorted 1-D sequence, as int32."""
    return to(xp().searchsorted(sorted_sequence, values, side=side), "int32")


@op(2)
def digitize(x: Array, bins: Array) -> Array:
    """Return for each element the index of its bin among ascending edges, as int32."""
    flat = xp().reshape(x, (-1,))
    return to(xp().reshape(xp().searchsorted(bins, flat, side="right"), tuple(x.shape)), "int32")
