"""Means, ranges, correlations and counts."""

from __future__ import annotations

from collections.abc import Sequence

from corne import ops
from corne.backend import Array
from corne.checks import one_of
from corne.errors import ArgumentError, ShapeError
from corne.operation import axes_tuple, dtype_of, op, promoted_float, to, xp

from corne_numerics._own import margins, promoted_wide

Axis = int | Sequence[int] | None


@op(("x", "weights"))
def average(x: Array, axis: Axis = None, weights: Array | None = None) -> Array:
    """Return the mean, each element counting as much as its weight.

    Args:
        x: Numbers.
        axis: Axes to reduce. Default None: all.
        weights: Of the shape of ``x``, or of one axis along ``axis``. Default None: all alike.

    Raises:
        ShapeError: Weights of another shape.

    >>> average([1.0, 2.0, 4.0], weights=[1, 1, 2]).tolist()  # (1 + 2 + 8) / 4
    2.75
    """
    if isinstance(axis, (tuple, list)) and not axis:
        return promoted_float(x)[0]
    if weights is None:
        return ops.mean(x, axis=axis)
    x, weights = promoted_float(x, weights)
    axes = axes_tuple(axis, len(x.shape))
    if tuple(weights.shape) != tuple(x.shape):
        if len(axes) != 1 or tuple(weights.shape) != (x.shape[axes[0]],):
            raise ShapeError(
                "ops.average(weights)",
                f"{tuple(x.shape)}, or one axis along axis",
                f"shape {tuple(weights.shape)}",
            )
        weights = xp().reshape(weights, (-1, *(1,) * (len(x.shape) - axes[0] - 1)))
        weights = xp().broadcast_to(weights, tuple(x.shape))
    return xp().sum(x * weights, axis=axes) / xp().sum(weights, axis=axes)


@op()
def ptp(x: Array, axis: Axis = None, keepdims: bool = False) -> Array:
    """Return the distance from the smallest element to the largest.

    >>> ptp([3, 1, 7]).tolist()
    6
    """
    return ops.max(x, axis=axis, keepdims=keepdims) - ops.min(x, axis=axis, keepdims=keepdims)


@op()
def corrcoef(x: Array) -> Array:
    """Return the correlation coefficients of variables, in -1 to 1.

    ``c[i, j] / sqrt(c[i, i] c[j, j])`` with the covariances ``c`` of the rows.

    Args:
        x: Variables as rows, observations as columns; one axis is one variable.

    Raises:
        ShapeError: More than two axes.

    >>> [[round(c, 4) for c in row] for row in corrcoef([[1.0, 2.0, 3.0], [6.0, 4.0, 2.0]]).tolist()]
    [[1.0, -1.0], [-1.0, 1.0]]
    """
    (x,) = promoted_wide(x)
    rank = len(x.shape)
    if rank > 2:
        raise ShapeError("ops.corrcoef(x)", "at most two axes", f"shape {tuple(x.shape)}")
    rows = x if rank == 2 else xp().reshape(x, (1, -1))
    rows = rows - xp().mean(rows, axis=1, keepdims=True)
    covariance = xp().matmul(rows, xp().permute_dims(rows, (1, 0)))
    deviation = xp().sqrt(xp().linalg.diagonal(covariance))
    found = xp().clip(covariance / deviation[:, None] / deviation[None, :], -1.0, 1.0)
    return found if rank == 2 else xp().reshape(found, ())


@op(2)
def correlate(x1: Array, x2: Array, mode: str = "valid") -> Array:
    """Return the cross-correlation of two sequences, floating.

    ``c[k] = sum over n of x1[n + k] * conj(x2[n])``

    Args:
        x1: One axis.
        x2: One axis.
        mode: "valid" where the shorter lies wholly in the longer, "same" as many as the longer has, "full" where
            they overlap at all. Default "valid".

    Raises:
        ArgumentError: Another mode.
        ShapeError: More axes than one.

    >>> correlate([1.0, 2.0, 3.0], [0.0, 1.0]).tolist()
    [2.0, 3.0]
    """
    one_of("ops.correlate(mode=…)", mode, ("valid", "same", "full"))
    if len(x1.shape) != 1 or len(x2.shape) != 1:
        raise ShapeError(
            "ops.correlate(x1, x2)", "one axis each", f"shapes {tuple(x1.shape)} and {tuple(x2.shape)}"
        )
    x1, x2 = promoted_wide(x1, x2)
    n, m = x1.shape[0], x2.shape[0]
    if not n or not m:
        raise ShapeError("ops.correlate(x1, x2)", "sequences that aren't empty", f"lengths {n} and {m}")
    x2 = xp().conj(x2) if "complex" in dtype_of(x2) else x2
    padded = margins(x1, 0, m - 1, m - 1)
    places = xp().arange(n + m - 1)[:, None] + xp().arange(m)[None, :]
    windows = xp().reshape(xp().take(padded, xp().reshape(places, (-1,)), axis=0), (n + m - 1, m))
    full = xp().sum(windows * x2, axis=1)
    length = {"full": n + m - 1, "same": max(n, m), "valid": max(n, m) - min(n, m) + 1}[mode]
    start = (n + m - 1 - length) // 2
    return full[start : start + length]


@op(("x",))
def histogram(
    x: Array, bins: int | Sequence[float] = 10, range: tuple[float, float] | None = None
) -> tuple[Array, Array]:
    """Count elements by bins of equal width, or between given edges.

    Args:
        x: Numbers; all axes count.
        bins: Number of bins, or their edges in ascending order. Default 10.
        range: Where the first begins and the last ends; what lies outside doesn't count. Default None: from the
            smallest element to the largest.

    Returns:
        The counts, and the edges, one more than bins; in the dtype of ``x``, floating. A bin holds its lower edge,
        the last one its upper edge too.

    Raises:
        ArgumentError: No bin, or a range that descends.

    >>> counts, edges = histogram([0.0, 1.0, 1.5, 2.0], bins=2)
    >>> counts.tolist(), edges.tolist()
    ([1.0, 3.0], [0.0, 1.0, 2.0])
    """
    space = xp()
    (x,) = promoted_float(x)
    dtype = dtype_of(x)
    flat = space.reshape(x, (-1,))
    if isinstance(bins, int):
        if bins < 1:
            raise ArgumentError("ops.histogram(bins=…)", "an integer >= 1", repr(bins))
        if range is not None and range[0] > range[1]:
            raise ArgumentError("ops.histogram(range=…)", "numbers that ascend", repr(range))
        low, high = (to(v, dtype) for v in range) if range is not None else (space.min(flat), space.max(flat))
        same = to(low == high, dtype) / 2
        low, high = low - same, high + same
        steps = space.astype(space.arange(bins + 1), x.dtype) / bins
        edges = low * (1 - steps) + high * steps
    else:
        edges = to(bins, dtype) if hasattr(bins, "shape") else to(list(bins), dtype)
        bins = int(edges.shape[0]) - 1
    # An element's bin is the number of inner edges that are not above it.
    inside = (flat >= edges[0]) & (flat <= edges[-1])
    place = (
        space.searchsorted(edges[1:-1], flat, side="right") if edges.shape[0] > 2 else space.zeros_like(flat)
    )
    hits = (to(place, "int64")[None, :] == space.arange(bins)[:, None]) & inside[None, :]
    counts = space.sum(to(hits, "int64"), axis=1)
    return to(counts, dtype), edges
