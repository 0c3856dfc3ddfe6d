"""What the recurrent operations do with their arguments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from corne import backend as backends
from corne.backend import Array
from corne.errors import ArgumentError
from corne.kernels.recurrence import Activation
from corne.operation import to
from corne.ops import relu, sigmoid, tanh

#: Activations that may be named, so that a backend's kernel can know them.
ACTIVATIONS: dict[str, Callable[[Array], Array]] = {
    "linear": lambda x: x,
    "relu": relu,
    "sigmoid": sigmoid,
    "tanh": tanh,
}


def convert(x: Any) -> Array:
    """Return a Variable's value, and anything else as an array of the active backend."""
    return backends.active().asarray(getattr(x, "value", x))


def as_mask(mask: Array | None) -> Array | None:
    """Return a mask as truth values."""
    return None if mask is None else to(mask, "bool")


def function_of(activation: Activation | None) -> Callable[[Array], Array]:
    """Return the function that an activation's name stands for, or the function that is given."""
    if activation is None or not isinstance(activation, str):
        return activation or ACTIVATIONS["linear"]
    if activation not in ACTIVATIONS:
        raise ArgumentError(
            "activation", f"a function, or one of {sorted(ACTIVATIONS)}", repr(activation),
            "Pass corne.activations.get(name).",
        )  # fmt: skip
    return ACTIVATIONS[activation]
