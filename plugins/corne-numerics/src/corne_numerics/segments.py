"""Reductions of rows by segment."""

from __future__ import annotations

import math

from corne import dtypes
from corne.backend import Array
from corne.operation import dtype_of, native, op, to, xp


@op(2)
def segment_min(
    data: Array, segment_ids: Array, num_segments: int | None = None, sorted: bool = False
) -> Array:
    """Return the smallest rows by segment, element by element.

    Args:
        data: Rows.
        segment_ids: The segment of each row; those out of range are left out.
        num_segments: Default None: the largest id plus one (read from the device).
        sorted: Whether the ids ascend; of no consequence here. Default False.

    Shapes:
        data ``(rows, ...)``; segment_ids ``(rows,)``; result ``(num_segments, ...)``. Empty segments hold infinity,
        or the largest integer.

    >>> segment_min([3, 1, 5], [0, 0, 1]).tolist()
    [1, 5]
    """
    dtype = dtype_of(data)
    filling = (
        math.inf if dtypes.is_float(dtype) else True if dtype == "bool" else int(dtypes.limits(dtype)[1])
    )
    member, rows = _members(data, segment_ids, num_segments)
    found = xp().where(member, rows, to(filling, dtype))
    return xp().all(found, axis=1) if dtype == "bool" else xp().min(found, axis=1)


@op(2)
def segment_prod(
    data: Array, segment_ids: Array, num_segments: int | None = None, sorted: bool = False
) -> Array:
    """Return the products of rows by segment, element by element.

    Args:
        data: Rows.
        segment_ids: The segment of each row; those out of range are left out.
        num_segments: Default None: the largest id plus one (read from the device).
        sorted: Whether the ids ascend; of no consequence here. Default False.

    Shapes:
        data ``(rows, ...)``; segment_ids ``(rows,)``; result ``(num_segments, ...)``. Empty segments hold 1.

    >>> segment_prod([3, 2, 5], [0, 0, 1]).tolist()
    [6, 5]
    """
    member, rows = _members(data, segment_ids, num_segments)
    dtype = dtype_of(data)
    found = xp().where(member, rows, to(1, dtype))
    return to(xp().prod(found, axis=1), dtype)


def _members(data: Array, segment_ids: Array, num_segments: int | None) -> tuple[Array, Array]:
    """Return whether each row belongs to each segment, and the rows to choose from."""
    count = int(xp().max(segment_ids)) + 1 if num_segments is None else num_segments
    ids = to(segment_ids, "int64")
    member = ids[None, :] == xp().arange(count, dtype=native("int64"))[:, None]
    return xp().reshape(member, (*member.shape, *(1,) * (len(data.shape) - 1))), data[None, ...]
