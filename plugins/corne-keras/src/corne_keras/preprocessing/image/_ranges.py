"""Ranges that parameters are drawn from."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

import numpy as np
from corne import checks
from corne.errors import ArgumentError


def two_numbers(where: str, values: Any) -> tuple[float, float]:
    """Return the ends of a range.

    Raises:
        ArgumentError: ``values`` isn't two numbers.
    """
    if isinstance(values, (str, bytes)) or not hasattr(values, "__len__") or len(values) != 2:
        raise ArgumentError(where, "two numbers", repr(values))
    first, second = values
    return checks.number(where, first), checks.number(where, second)


def drawn_shift(values: float | Sequence[float], size: int) -> float:
    """Return a shift in pixels, drawn from NumPy's global generator.

    A float is the largest shift, either way; of an integer n the integers below n are drawn, and of a
    sequence its members, each with a random sign. All below 1 are shares of ``size``.
    """
    if not np.any(values):
        return 0.0
    if isinstance(values, (Sequence, np.ndarray)) or _is_integer(values):
        shift: float = np.random.choice(values) * np.random.choice([-1, 1])
    else:
        shift = np.random.uniform(-values, values)
    return shift * size if np.max(values) < 1 else shift


def _is_integer(value: Any) -> bool:
    try:
        operator.index(value)
    except TypeError:
        return False
    return True
