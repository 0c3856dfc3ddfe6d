"""What padding and cropping layers share: how many places to add or cut at each border."""

from __future__ import annotations

from typing import Any

from corne.errors import ArgumentError
from corne.kernels import windows

Margins = tuple[tuple[int, int], ...]


def as_margins(where: str, value: Any, rank: int) -> Margins:
    """Return ``(before, after)`` for each spatial axis.

    ``value`` is one integer for all borders, or for each axis an integer or a pair. With one axis a pair
    is that axis's.
    """
    if rank == 1 and isinstance(value, (list, tuple)) and len(value) == 2:
        value = (value,)
    each = tuple(value) if isinstance(value, (list, tuple)) else (value,) * rank
    if len(each) != rank:
        raise ArgumentError(
            where, f"an integer, or {rank} of them or of pairs", repr(value),
            "Give one for each spatial axis: ((top, bottom), (left, right)).",
        )  # fmt: skip
    pairs = tuple(windows.as_sizes(where, margin, 2, least=0) for margin in each)
    return tuple((before, after) for before, after in pairs)
