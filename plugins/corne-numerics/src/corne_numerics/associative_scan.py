"""Running totals of any associative operation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from corne import tree
from corne.errors import ArgumentError, ShapeError
from corne.operation import op, xp

from corne_numerics._own import cut, real_axis


@op(("elems",))
def associative_scan(f: Callable[[Any, Any], Any], elems: Any, reverse: bool = False, axis: int = 0) -> Any:
    """Return all running totals ``e[0], f(e[0], e[1]), f(f(e[0], e[1]), e[2]), ...`` along an axis.

    ``f`` is called about ``log2(n)`` times, on many pairs at once.

    Args:
        f: Takes two structures like ``elems`` and returns one; associative, and element by element along ``axis``.
        elems: Structure of arrays.
        reverse: Whether totals run from the end. Default False.
        axis: Default 0.

    Returns:
        A structure like ``elems``.

    Raises:
        ArgumentError: ``f`` can't be called, or there is no array.
        ShapeError: Arrays of different sizes on ``axis``.

    Source: Hillis and Steele, Data Parallel Algorithms, 1986, https://doi.org/10.1145/7902.7903

    >>> associative_scan(lambda a, b: a + b, [1, 2, 3]).tolist()
    [1, 3, 6]
    """
    if not callable(f):
        raise ArgumentError("ops.associative_scan(f)", "a function of two arguments", repr(f))
    leaves = tree.flatten(elems)
    if not leaves:
        raise ArgumentError("ops.associative_scan(elems)", "at least one array", repr(elems))
    places = [real_axis("ops.associative_scan(axis=…)", axis, len(x.shape)) for x in leaves]
    sizes = {x.shape[place] for x, place in zip(leaves, places, strict=True)}
    if len(sizes) != 1:
        raise ShapeError("ops.associative_scan(elems)", f"one size on axis {axis}", f"sizes {sorted(sizes)}")
    place, size = places[0], sizes.pop()

    def each(function: Callable[..., Any], *structures: Any) -> Any:
        return tree.map_structure(function, *structures)

    total = each(lambda x: xp().flip(x, axis=place), elems) if reverse else elems
    step = 1
    while step < size:
        earlier = each(lambda x, step=step: cut(x, place, None, size - step), total)
        later = each(lambda x, step=step: cut(x, place, step, None), total)
        joined = f(earlier, later)
        total = each(
            lambda x, y, step=step: xp().concat([cut(x, place, None, step), y], axis=place), total, joined
        )
        step *= 2
    return each(lambda x: xp().flip(x, axis=place), total) if reverse else total
