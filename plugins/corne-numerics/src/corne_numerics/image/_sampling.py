"""Values of an array between its grid points."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

from corne import dtypes
from corne.backend import Array
from corne.operation import dtype_of, native, to, xp

ORDERS = {"nearest": 0, "bilinear": 1}
FILL_MODES = ("constant", "nearest", "wrap", "mirror", "reflect")


def inside(index: Array, size: int, fill_mode: str) -> Array:
    """Return the grid points in ``0 .. size - 1`` that stand for those of ``index``.

    "constant" and "nearest" take the border's; "wrap" repeats the axis; "mirror" reflects it at the centre of
    the border's points, "reflect" at their outer edge.
    """
    space = xp()
    if fill_mode in ("constant", "nearest"):
        return space.clip(index, 0, size - 1)
    if fill_mode == "wrap":
        return index % size
    if fill_mode == "mirror":
        if size == 1:
            return space.zeros_like(index)
        return space.abs((index + (size - 1)) % (2 * (size - 1)) - (size - 1))
    folded = index % (2 * size)
    return space.minimum(folded, 2 * size - 1 - folded)


def sample(
    x: Array,
    coordinates: Sequence[Array],
    order: int,
    fill_mode: str,
    fill_value: float,
    batched: bool = False,
) -> Array:
    """Return values of ``x`` at coordinates, in the dtype of ``x``.

    Args:
        x: ``(*sizes, *rest)``; with ``batched`` ``(batch, *sizes, *rest)``.
        coordinates: One floating or integer array for each of the sizes, all of one shape; with ``batched``
            that shape begins with the batch.
        order: 0 takes the nearest grid point, 1 interpolates linearly.
        fill_mode: What stands beyond the border: one of ``FILL_MODES``.
        fill_value: The value there in mode "constant".
        batched: Whether each entry of the batch has its own coordinates. Default False.
    """
    space = xp()
    dtype = dtype_of(x)
    first = 1 if batched else 0
    sizes = x.shape[first : first + len(coordinates)]
    rest = x.shape[first + len(coordinates) :]
    shape = coordinates[0].shape
    rows = space.reshape(x, (-1, *rest))
    strides = [math.prod(sizes[axis + 1 :]) for axis in range(len(sizes))]
    base: Array = None
    if batched:
        base = space.arange(x.shape[0], dtype=native("int64")) * math.prod(sizes)
        base = space.reshape(base, (x.shape[0], *(1,) * (len(shape) - 1)))
    fill = to(fill_value, dtype)
    total = None
    for corner in itertools.product(*(_nodes(c, order) for c in coordinates)):
        index, weight, valid = base, None, None
        for (node, share), size, stride in zip(corner, sizes, strides, strict=True):
            step = inside(node, size, fill_mode) * stride
            index = step if index is None else index + step
            if share is not None:
                weight = share if weight is None else weight * share
            if fill_mode == "constant":
                within = (node >= 0) & (node < size)
                valid = within if valid is None else valid & within
        found = space.reshape(space.take(rows, space.reshape(index, (-1,)), axis=0), (*shape, *rest))
        spread = (*shape, *(1,) * len(rest))
        if valid is not None:
            found = space.where(space.reshape(valid, spread), found, fill)
        if weight is not None:
            wider = dtypes.result_type(dtype_of(weight), dtype)
            found = to(found, wider) * to(space.reshape(weight, spread), wider)
        total = found if total is None else total + found
    if "int" in dtype and "float" in dtype_of(total):
        total = space.round(total)
    return to(total, dtype)


def _nodes(coordinate: Array, order: int) -> list[tuple[Array, Array | None]]:
    """Return the grid points that a coordinate lies between and their shares, None for a whole one."""
    space = xp()
    is_float = "float" in dtype_of(coordinate)
    if order == 0 or not is_float:
        return [(to(space.round(coordinate) if is_float else coordinate, "int64"), None)]
    lower = space.floor(coordinate)
    share = coordinate - lower
    node = to(lower, "int64")
    return [(node, 1 - share), (node + 1, share)]
