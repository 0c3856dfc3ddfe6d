"""What the recurrent operations, and backends' kernels for them, ask of their arguments' shapes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from corne.backend import Array
from corne.errors import ShapeError

Activation = str | Callable[[Array], Array]


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
