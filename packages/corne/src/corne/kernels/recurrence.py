"""What the recurrent operations, and backends' kernels for them, do with their arguments."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from corne import backend as backends
from corne.backend import Array
from corne.errors import ArgumentError, ShapeError
from corne.operation import to
from corne.ops.elementwise import tanh
from corne.ops.neural import relu, sigmoid

Activation = str | Callable[[Array], Array]

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


def check(
    name: str,
    gates: int,
    inputs: Array,
    states: Sequence[Array],
    kernel: Array,
    recurrent_kernel: Array,
    mask: Array | None,
) -> None:
    """Raise ShapeError where shapes do not fit each other; backends' kernels call it too."""
    shape, units = tuple(inputs.shape), recurrent_kernel.shape[0]
    if len(shape) != 3 or shape[1] == 0:
        raise ShapeError(
            f"ops.{name}(inputs=…)", "shape (batch, steps, features) with at least one step", f"{shape}",
            "Reshape them.",
        )  # fmt: skip
    for label, x, wanted in (
        ("kernel", kernel, (shape[2], gates * units)),
        ("recurrent_kernel", recurrent_kernel, (units, gates * units)),
        *(("the initial state", state, (shape[0], units)) for state in states),
        ("mask", mask, shape[:2]),
    ):
        if x is not None and tuple(x.shape) != wanted:
            raise ShapeError(
                f"ops.{name}", f"{label} of shape {wanted} for inputs of shape {shape} and {units} units",
                f"{tuple(x.shape)}", "Pass arrays that fit each other.",
            )  # fmt: skip
