"""Making, turning, joining and cutting arrays."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from corne import dtypes, ops
from corne.backend import Array
from corne.errors import ArgumentError, DTypeError, ShapeError
from corne.operation import dtype_of, native, op, promoted, to, xp

from corne_numerics._own import cut, real_axis


def array(x: Any, dtype: str | None = None) -> Array:
    """Return numbers, nested lists or another engine's array as an array.

    >>> array([1, 2]).tolist()
    [1, 2]
    """
    return ops.convert_to_tensor(x, dtype=dtype)


@op()
def copy(x: Array) -> Array:
    """Return a copy.

    >>> copy([1, 2]).tolist()
    [1, 2]
    """
    return xp().asarray(x, copy=True)


@op(2)
def append(x1: Array, x2: Array, axis: int | None = None) -> Array:
    """Return ``x2`` behind ``x1`` along an axis; None flattens both.

    >>> append([1, 2], [[3], [4]]).tolist()
    [1, 2, 3, 4]
    """
    if axis is None:
        x1, x2 = (xp().reshape(x, (-1,)) for x in (x1, x2))
    return ops.concatenate([x1, x2], axis=0 if axis is None else axis)


def fliplr(x: Array) -> Array:
    """Return ``x`` with axis 1 reversed.

    >>> fliplr([[1, 2], [3, 4]]).tolist()
    [[2, 1], [4, 3]]
    """
    return ops.flip(x, axis=1)


def flipud(x: Array) -> Array:
    """Return ``x`` with axis 0 reversed.

    >>> flipud([[1, 2], [3, 4]]).tolist()
    [[3, 4], [1, 2]]
    """
    return ops.flip(x, axis=0)


@op()
def rot90(array: Array, k: int = 1, axes: tuple[int, int] = (0, 1)) -> Array:
    """Turn an array by quarter turns, from the first of two axes to the second.

    Args:
        array: At least two axes.
        k: Number of quarter turns. Default 1.
        axes: The plane. Default ``(0, 1)``.

    Raises:
        ShapeError: Fewer than two axes.
        ArgumentError: ``axes`` are not two different ones.

    >>> rot90([[1, 2], [3, 4]]).tolist()
    [[2, 4], [1, 3]]
    """
    rank = len(array.shape)
    if rank < 2:
        raise ShapeError("ops.rot90(array)", "at least two axes", f"shape {tuple(array.shape)}")
    if len(axes) != 2:
        raise ArgumentError("ops.rot90(axes=…)", "two axes", repr(axes))
    first, second = (real_axis("ops.rot90(axes=…)", axis, rank) for axis in axes)
    if first == second:
        raise ArgumentError("ops.rot90(axes=…)", "two different axes", repr(axes))
    k %= 4
    order = list(range(rank))
    order[first], order[second] = second, first
    if k == 0:
        return array
    if k == 1:
        return xp().permute_dims(xp().flip(array, axis=second), tuple(order))
    if k == 2:
        return xp().flip(array, axis=(first, second))
    return xp().flip(xp().permute_dims(array, tuple(order)), axis=second)


@op()
def dstack(xs: Sequence[Array]) -> Array:
    """Join along axis 2; arrays of fewer axes get axes of size 1.

    >>> dstack([[1, 2], [3, 4]]).tolist()
    [[[1, 3], [2, 4]]]
    """
    parts = []
    for x in _listed(xs):
        rank = len(x.shape)
        shape = (1, *x.shape, *(1,) * (1 - rank), 1) if rank < 2 else (*x.shape, 1) if rank == 2 else x.shape
        parts.append(xp().reshape(x, tuple(shape)))
    return ops.concatenate(parts, axis=2)


def hsplit(x: Array, indices_or_sections: int | Sequence[int]) -> list[Array]:
    """Cut along axis 1, or 0 for arrays of one axis.

    >>> [part.tolist() for part in hsplit([1, 2, 3, 4], 2)]
    [[1, 2], [3, 4]]
    """
    x = x if hasattr(x, "shape") else ops.convert_to_tensor(x)
    return ops.split(x, indices_or_sections, axis=0 if len(x.shape) == 1 else 1)


def vsplit(x: Array, indices_or_sections: int | Sequence[int]) -> list[Array]:
    """Cut along axis 0.

    >>> [part.tolist() for part in vsplit([[1, 2], [3, 4]], 2)]
    [[[1, 2]], [[3, 4]]]
    """
    return ops.split(x, indices_or_sections, axis=0)


def dsplit(x: Array, indices_or_sections: int | Sequence[int]) -> list[Array]:
    """Cut along axis 2.

    Raises:
        ShapeError: Fewer than three axes.

    >>> [part.tolist() for part in dsplit([[[1, 2]]], 2)]
    [[[[1]]], [[[2]]]]
    """
    x = x if hasattr(x, "shape") else ops.convert_to_tensor(x)
    if len(x.shape) < 3:
        raise ShapeError("ops.dsplit(x)", "at least three axes", f"shape {tuple(x.shape)}")
    return ops.split(x, indices_or_sections, axis=2)


@op(("condlist", "choicelist", "default"))
def select(condlist: Sequence[Array], choicelist: Sequence[Array], default: Any = 0) -> Array:
    """Return for each place the first choice whose condition is true there.

    Args:
        condlist: Conditions.
        choicelist: An array for each.
        default: Value where no condition is true. Default 0.

    Raises:
        ArgumentError: Lists of different lengths.

    >>> select([[True, False, False], [True, True, False]], [[1, 2, 3], [4, 5, 6]], -1).tolist()
    [1, 5, -1]
    """
    conditions, choices = _listed(condlist), _listed(choicelist)
    if len(conditions) != len(choices) or not choices:
        raise ArgumentError(
            "ops.select(choicelist)",
            f"{max(len(conditions), 1)} arrays, one for each condition",
            f"{len(choices)}",
        )
    result, *choices = promoted(default, *choices)
    for condition, choice in zip(reversed(conditions), reversed(choices), strict=True):
        result = xp().where(to(condition, "bool"), choice, result)
    return result


def _listed(x: Any) -> list[Array]:
    return list(x) if isinstance(x, (tuple, list)) else [x[i, ...] for i in range(x.shape[0])]


@op()
def unravel_index(indices: Array, shape: Sequence[int]) -> tuple[Array, ...]:
    """Return the coordinates, one array for each axis, of places counted through an array of ``shape``.

    >>> [part.tolist() for part in unravel_index([3, 5], (2, 3))]
    [[1, 1], [0, 2]]
    """
    sizes = (shape,) if isinstance(shape, int) else tuple(int(size) for size in shape)
    indices = xp().where(indices < 0, indices + math.prod(sizes), indices)
    found = []
    for size in reversed(sizes):
        found.append(indices % size)
        indices = indices // size
    return tuple(reversed(found))


@op()
def vander(x: Array, N: int | None = None, increasing: bool = False) -> Array:
    """Return the powers of numbers as the columns of a matrix.

    Args:
        x: One axis.
        N: Number of columns. Default: the length of ``x``.
        increasing: Whether powers ascend from 0, not descend to 0. Default False.

    >>> vander([1, 2, 3], 3).tolist()
    [[1, 1, 1], [4, 2, 1], [9, 3, 1]]
    """
    if len(x.shape) != 1:
        raise ShapeError("ops.vander(x)", "one axis", f"shape {tuple(x.shape)}")
    count = x.shape[0] if N is None else N
    if not count:
        return xp().reshape(x[:0], (0, 0)) if not x.shape[0] else xp().zeros((x.shape[0], 0), dtype=x.dtype)
    columns = [xp().ones_like(x)]
    while len(columns) < count:
        columns.append(columns[-1] * x)
    return xp().stack(columns if increasing else columns[::-1], axis=-1)


@op()
def diagflat(x: Array, k: int = 0) -> Array:
    """Return a matrix of zeros with the elements of ``x`` on its ``k``-th diagonal.

    >>> diagflat([[1, 2]]).tolist()
    [[1, 0], [0, 2]]
    """
    return ops.diag(xp().reshape(x, (-1,)), k)


@op(2)
def kron(x1: Array, x2: Array) -> Array:
    """Return the Kronecker product: ``x1`` with each element replaced by its product with ``x2``.

    >>> kron([1, 10], [1, 2]).tolist()
    [1, 2, 10, 20]
    """
    x1, x2 = promoted(x1, x2)
    rank = max(len(x1.shape), len(x2.shape))
    one, two = ((*(1,) * (rank - len(x.shape)), *x.shape) for x in (x1, x2))
    a = xp().reshape(x1, tuple(size for n in one for size in (n, 1)))
    b = xp().reshape(x2, tuple(size for n in two for size in (1, n)))
    product = a & b if dtype_of(a) == "bool" else a * b
    return xp().reshape(product, tuple(n * m for n, m in zip(one, two, strict=True)))


@op()
def diff(a: Array, n: int = 1, axis: int = -1) -> Array:
    """Return the differences of neighbours along an axis, ``n`` times.

    >>> diff([1, 4, 9]).tolist(), diff([1, 4, 9], n=2).tolist()
    ([3, 5], [2])
    """
    if n < 0:
        raise ArgumentError("ops.diff(n=…)", "an integer >= 0", repr(n))
    place = real_axis("ops.diff(axis=…)", axis, len(a.shape))
    for _ in range(n):
        later, earlier = cut(a, place, 1, None), cut(a, place, None, -1)
        a = later ^ earlier if dtype_of(a) == "bool" else later - earlier
    return a


@op(("y", "x"))
def trapezoid(y: Array, x: Array | None = None, dx: Any = 1.0, axis: int = -1) -> Array:
    """Return the integral along an axis by the trapezoidal rule.

    ``sum of (x[i + 1] - x[i]) * (y[i] + y[i + 1]) / 2``

    Args:
        y: Values.
        x: Where they stand: of one axis, or of the shape of ``y``. Default None: ``dx`` apart.
        dx: Distance between places where ``x`` is None. Default 1.
        axis: Default -1.

    >>> trapezoid([1.0, 2.0, 3.0]).tolist(), trapezoid([1.0, 3.0], x=[0.0, 2.0]).tolist()
    (4.0, 4.0)
    """
    dtype = dtypes.result_type(dtype_of(y), float)
    y = to(y, dtype)
    place = real_axis("ops.trapezoid(axis=…)", axis, len(y.shape))
    heights = (cut(y, place, 1, None) + cut(y, place, None, -1)) / 2
    if x is None:
        widths: Any = to(dx, dtype) if hasattr(dx, "shape") else dx
    else:
        x = to(x, dtype)
        if len(x.shape) == 1:
            x = xp().reshape(x, (-1, *(1,) * (len(y.shape) - place - 1)))
            widths = x[1:, ...] - x[:-1, ...]
        else:
            widths = cut(x, place, 1, None) - cut(x, place, None, -1)
    return xp().sum(heights * widths, axis=place)


def geomspace(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, dtype: str | None = None, axis: int = 0
) -> Array:
    """Return numbers of which each is the same multiple of the one before.

    Args:
        start: First number, or an array of them; not 0.
        stop: Last number, of the same sign.
        num: How many. Default 50.
        endpoint: Whether ``stop`` is one of them. Default True.
        dtype: Default: that of the numbers, floating.
        axis: Where the new axis stands. Default 0.

    >>> geomspace(1.0, 8.0, 4).tolist()
    [1.0, 2.0, 4.0, 8.0]
    """
    first, last = ops.convert_to_tensor(start), ops.convert_to_tensor(stop)
    wanted = dtype or dtypes.result_type(
        *(dtype_of(x) if hasattr(x, "dtype") else type(x) for x in (start, stop)), float
    )
    wide = "float64"
    first, last = to(first, wide), to(last, wide)
    exponents = ops.linspace(ops.log2(ops.abs(first)), ops.log2(ops.abs(last)), num, endpoint=endpoint)
    powers = ops.sign(first) * 2.0**exponents
    return ops.cast(powers if axis == 0 else ops.moveaxis(powers, 0, axis), wanted)


@op()
def view(x: Array, dtype: Any = None) -> Array:
    """Return the same bytes read as another dtype.

    Args:
        x: The array.
        dtype: Default None: floatx. Where its size is another, the last axis grows or shrinks.

    Raises:
        ShapeError: The last axis doesn't hold whole elements of ``dtype``.

    >>> view([1.0], "int32").tolist()
    [1065353216]
    """
    name = dtypes.standardize_dtype(dtype)
    old, new = dtypes.itemsize(dtype_of(x)), dtypes.itemsize(name)
    if old != new and (not x.shape or x.shape[-1] * old % new):
        raise ShapeError(
            "ops.view(x)",
            f"a last axis of whole elements of {name}, {new} bytes each",
            f"shape {tuple(x.shape)}",
        )
    if not hasattr(x, "view"):
        raise DTypeError("ops.view(x)", "an engine that can read bytes as another dtype", type(x).__name__)
    return xp().asarray(x, copy=True).view(native(name))
