"""Checks of constructor arguments that image layers share."""

from __future__ import annotations

from typing import Any

from corne.errors import ArgumentError


def is_number(value: Any) -> bool:
    """Return whether ``value`` is a real number, and not a bool."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def span(
    where: str,
    value: Any,
    least: float,
    most: float,
    *,
    symmetric: bool = True,
    exclusive: bool = False,
) -> tuple[float, float]:
    """Return the range that a factor means.

    Args:
        where: The argument, for errors.
        value: Two numbers, or one: ``x`` means from ``-x`` (but not below ``least``) to ``x``.
        least: Smallest number allowed.
        most: Largest number allowed.
        symmetric: Whether one number ``x`` means ``-x`` to ``x`` even where ``least`` is 0. Default True.
        exclusive: Whether ``least`` itself is refused. Default False.
    """
    numbers = tuple(value) if isinstance(value, (list, tuple)) else (value,)
    good = all(is_number(x) and (least < x if exclusive else least <= x) and x <= most for x in numbers)
    if not good or len(numbers) not in (1, 2):
        left = "above" if exclusive else "from"
        raise ArgumentError(where, f"a number, or two, {left} {least} to {most}", repr(value))
    if len(numbers) == 2:
        return min(numbers), max(numbers)
    size = abs(numbers[0])
    return (-size if symmetric else max(-size, least)), size


def as_value_range(where: str, value: Any) -> tuple[float, float]:
    """Return ``value``, two different numbers, in ascending order."""
    if not isinstance(value, (list, tuple)) or len(value) != 2 or not all(map(is_number, value)):
        raise ArgumentError(where, "the smallest and the largest value of a pixel", repr(value))
    if value[0] == value[1]:
        raise ArgumentError(where, "two different numbers", repr(value))
    return min(value), max(value)
