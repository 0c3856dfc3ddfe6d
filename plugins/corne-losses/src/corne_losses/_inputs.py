"""What every loss does first: make arrays of its inputs and see that they fit each other."""

from __future__ import annotations

from typing import Any

from corne import ops
from corne.backend import Array
from corne.errors import ArgumentError, ShapeError
from corne.loss import can_broadcast, squeeze_or_expand_to_same_rank


def matched(y_true: Any, y_pred: Any, where: str, fix: str | None = None) -> tuple[Array, Array]:
    """Return both as arrays of ``y_pred``'s dtype and of one rank.

    Args:
        y_true: The truth.
        y_pred: The predictions.
        where: The loss function's name.
        fix: What to do if they don't fit. Default: make the shapes equal.

    Raises:
        ShapeError: Their shapes don't fit.
    """
    y_pred = ops.convert_to_tensor(y_pred)
    y_true = ops.convert_to_tensor(y_true, dtype=y_pred.dtype)
    given = tuple(y_true.shape)
    y_true, y_pred = squeeze_or_expand_to_same_rank(y_true, y_pred)
    ranks = {len(y_true.shape), len(y_pred.shape)} - {0}
    if len(ranks) > 1 or not can_broadcast(y_true.shape, y_pred.shape):
        raise mismatch(where, given, y_pred, fix)
    return y_true, y_pred


def same_shape(y_true: Any, y_pred: Any, where: str, fix: str | None = None) -> tuple[Array, Array]:
    """Return both as arrays of ``y_pred``'s dtype; unlike :func:`matched` no size is stretched."""
    y_pred = ops.convert_to_tensor(y_pred)
    y_true = ops.convert_to_tensor(y_true, dtype=y_pred.dtype)
    fits = len(y_true.shape) == len(y_pred.shape) and all(
        a == b or a is None or b is None for a, b in zip(y_true.shape, y_pred.shape, strict=True)
    )
    if not fits:
        raise mismatch(where, tuple(y_true.shape), y_pred, fix)
    return y_true, y_pred


def mismatch(where: str, given: tuple[int | None, ...], y_pred: Array, fix: str | None = None) -> ShapeError:
    """Return the error that says y_true does not fit y_pred."""
    return ShapeError(
        f"{where}(y_true, y_pred)",
        f"y_true to fit y_pred, which has shape {tuple(y_pred.shape)}",
        f"y_true of shape {given}",
        fix or "Make the labels' shape that of the model's output, or change the last layer's units.",
    )


def check_axis(axis: Any, y_pred: Array, where: str) -> int:
    """Return ``axis`` if it is one of ``y_pred``'s."""
    rank = len(y_pred.shape)
    if isinstance(axis, bool) or not isinstance(axis, int) or not -rank <= axis < rank:
        raise ArgumentError(
            f"{where}(axis=…)", f"an axis of y_pred, an integer from {-rank} to {rank - 1}", repr(axis),
            "Pass the axis that holds the classes.",
        )  # fmt: skip
    return axis


def check_fraction(argument: str, value: Any, where: str) -> None:
    """Raise unless ``value`` is a number from 0 to 1."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1:
        raise ArgumentError(
            f"{where}({argument}=…)", "a number from 0 to 1", repr(value), f"Correct {argument}."
        )
