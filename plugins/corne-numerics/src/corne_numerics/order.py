"""Parts of an order, and sets."""

from __future__ import annotations

from typing import Any

from corne import ops
from corne.backend import Array
from corne.errors import ArgumentError
from corne.operation import dtype_of, op, promoted, to, xp

from corne_numerics._own import cut, margins, own, real_axis


@op()
def argpartition(x: Array, kth: int, axis: int | None = -1) -> Array:
    """Return indices that bring the ``kth`` smallest element to its place and smaller ones before it, as int32.

    Args:
        x: Numbers.
        kth: Place in the order; negative ones count from the end.
        axis: Default -1; None flattens first.

    Raises:
        ArgumentError: ``kth`` or ``axis`` is out of range.

    >>> x = [30, 10, 20, 40]
    >>> order = argpartition(x, 1).tolist()
    >>> sorted(x[i] for i in order[:2]), x[order[1]]
    ([10, 20], 20)
    """
    if axis is None:
        x, axis = xp().reshape(x, (-1,)), 0
    size = x.shape[real_axis("ops.argpartition(axis=…)", axis, len(x.shape))]
    if not -size <= kth < size:
        raise ArgumentError("ops.argpartition(kth=…)", f"a place from {-size} to {size - 1}", repr(kth))
    # A sorted axis is a partition at every place; engines sort faster than they select by index.
    return ops.argsort(x, axis=axis)


@op(2)
def isin(x1: Array, x2: Array, assume_unique: bool = False, invert: bool = False) -> Array:
    """Return for each element of ``x1`` whether it occurs in ``x2``.

    Args:
        x1: Numbers.
        x2: Numbers, of any shape.
        assume_unique: Whether both hold each number once, which can be faster. Default False.
        invert: Whether to return the opposite. Default False.

    >>> isin([1, 2, 3], [3, 1]).tolist()
    [True, False, True]
    """
    x1, x2 = promoted(x1, x2)
    if dtype_of(x1) == "bool":
        x1, x2 = to(x1, "int32"), to(x2, "int32")
    named = own("isin")
    if named is not None:
        return named(x1, x2, invert=invert)
    found = xp().any(xp().expand_dims(x1, axis=-1) == xp().reshape(x2, (-1,)), axis=-1)
    return ~found if invert else found


@op()
def unique(
    x: Array,
    sorted: bool = True,
    return_index: bool = False,
    return_inverse: bool = False,
    return_counts: bool = False,
    axis: int | None = None,
    size: int | None = None,
    fill_value: Any = None,
) -> Any:
    """Return the different elements, ascending, and on demand where and how often they occur.

    Args:
        x: Numbers.
        sorted: Whether they ascend; they always do. Default True.
        return_index: Whether to return where each occurs first. Default False.
        return_inverse: Whether to return which of them each element is. Default False.
        return_counts: Whether to return how often each occurs. Default False.
        axis: Compare the slices along this axis. Default None: all elements.
        size: How many to return; the others are cut, or missing ones filled. Default None: as many as there are.
        fill_value: For those missing. Default 0.

    Returns:
        The elements, or a tuple ``(elements, indices, inverse, counts)`` of what was asked for.

    Raises:
        ArgumentError: An axis that doesn't exist.

    >>> values, counts = unique([3, 1, 3], return_counts=True)
    >>> values.tolist(), counts.tolist()
    ([1, 3], [1, 2])
    """
    space = xp()
    shape = tuple(x.shape)
    place = 0 if axis is None else real_axis("ops.unique(axis=…)", axis, len(shape))
    items = space.reshape(x, (-1,)) if axis is None else space.moveaxis(x, place, 0)
    total = items.shape[0]
    rows = space.reshape(items, (total, -1))
    comparable = to(rows, "int32") if dtype_of(rows) == "bool" else rows
    order = space.arange(total)
    for column in reversed(range(comparable.shape[1])):
        order = space.take(
            order, space.argsort(space.take(comparable[:, column], order, axis=0), stable=True), axis=0
        )
    ordered = space.take(comparable, order, axis=0)
    differs = space.any(ordered[1:, ...] != ordered[:-1, ...], axis=1)
    number = space.cumulative_sum(to(margins(to(differs, "int64"), 0, min(total, 1), 0), "int64"), axis=0)
    if size is None:
        count = int(number[-1]) + 1 if total else 0
    else:
        count = size
    starts = space.searchsorted(number, to(space.arange(count + 1), "int64"))
    firsts = space.clip(starts[:-1], None, max(total - 1, 0))
    is_there = starts[:-1] < total
    picked = space.take(order, firsts, axis=0)
    values = space.take(items, picked, axis=0)
    if size is not None:
        filling = to(0 if fill_value is None else fill_value, dtype_of(x))
        values = space.where(space.reshape(is_there, (-1, *(1,) * (len(items.shape) - 1))), values, filling)
    results = [values if axis is None else space.moveaxis(values, 0, place)]
    if return_index:
        results.append(to(space.where(is_there, picked, space.ones_like(picked)), "int64"))
    if return_inverse:
        inverse = space.take(number, space.argsort(order, stable=True), axis=0)
        results.append(to(space.reshape(inverse, shape) if axis is None else inverse, "int64"))
    if return_counts:
        results.append(to(cut(starts, 0, 1, None) - cut(starts, 0, None, -1), "int64"))
    return results[0] if len(results) == 1 else tuple(results)
