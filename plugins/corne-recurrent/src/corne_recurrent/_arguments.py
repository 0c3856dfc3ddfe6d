"""Checks of constructor arguments that several layers share."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from corne import activations
from corne.backend import Array
from corne.errors import ArgumentError


def positive_integer(where: str, value: Any) -> int:
    """Return ``value`` as a Python integer above 0."""
    try:
        number = -1 if isinstance(value, bool) else operator.index(value)
    except TypeError:
        number = -1
    if number <= 0:
        raise ArgumentError(
            where, "a positive integer", repr(value), "Pass how many there shall be, as in 64."
        )
    return number


def probability(where: str, value: Any) -> float:
    """Return ``value``, a number from 0 to 1."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1:
        raise ArgumentError(
            where, "a number from 0 to 1", repr(value), "Pass a fraction: 0.25 for a quarter."
        )
    return value


def named(activation: Callable[[Array], Array]) -> str | Callable[[Array], Array]:
    """Return the name by which the recurrent operations know an activation function, or the function itself."""
    return next(
        (n for n in ("linear", "relu", "sigmoid", "tanh") if activation is activations.get(n)), activation
    )


def masks_by_gate(where: str, implementation: Any) -> bool:
    """Return what Keras's argument ``implementation`` says about dropout: whether each gate has its own."""
    if implementation not in (1, 2):
        raise ArgumentError(
            f"{where}(implementation=…)", "1 or 2", repr(implementation),
            "2 drops inputs alike for all gates, 1 for each gate on its own.",
        )  # fmt: skip
    return bool(implementation == 1)
