"""Targets and predictions as arrays that fit each other: what every loss and metric does first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corne import ops
from corne.backend import Array
from corne.errors import ShapeError
from corne.loss import can_broadcast, squeeze_or_expand_to_same_rank


def matched(y_true: Any, y_pred: Any, where: str, fix: str | None = None) -> tuple[Array, Array]:
    """Return both as arrays of ``y_pred``'s dtype and of one rank.

    Only the first axis may be stretched: one column beside three is a mistake more often than a wish.

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
    shape1, shape2 = tuple(y_true.shape), tuple(y_pred.shape)
    if shape1 == shape2 or not (shape1 and shape2):  # a scalar fits everything
        return y_true, y_pred
    if not alike(shape1[1:], shape2[1:]) or not can_broadcast(shape1[:1], shape2[:1]):
        raise mismatch(where, given, y_pred, fix)
    return y_true, y_pred


def same_shape(y_true: Any, y_pred: Any, where: str, fix: str | None = None) -> tuple[Array, Array]:
    """Return both as arrays of ``y_pred``'s dtype; unlike :func:`matched` no size is stretched."""
    y_pred = ops.convert_to_tensor(y_pred)
    y_true = ops.convert_to_tensor(y_true, dtype=y_pred.dtype)
    if not alike(y_true.shape, y_pred.shape):
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


def alike(shape1: Sequence[int | None], shape2: Sequence[int | None]) -> bool:
    """Return whether two shapes are equal; an unknown size equals every size."""
    return len(shape1) == len(shape2) and all(
        a == b or a is None or b is None for a, b in zip(shape1, shape2, strict=True)
    )
