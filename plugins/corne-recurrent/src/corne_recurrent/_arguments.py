"""Constructor arguments that several layers share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from corne import activations, checks
from corne.backend import Array


def named(activation: Callable[[Array], Array]) -> str | Callable[[Array], Array]:
    """Return the name by which the recurrent operations know an activation function, or the function itself."""
    return next(
        (n for n in ("linear", "relu", "sigmoid", "tanh") if activation is activations.get(n)), activation
    )


def masks_by_gate(where: str, implementation: Any) -> bool:
    """Return what Keras's argument ``implementation`` says about dropout: whether each gate has its own."""
    where = f"{where}(implementation=…)"
    return (
        checks.one_of(where, implementation, (1, 2), "2 drops inputs alike for all gates, 1 for each gate.")
        == 1
    )
