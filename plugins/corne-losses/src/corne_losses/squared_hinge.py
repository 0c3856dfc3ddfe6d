"""The squared hinge loss of two-class margins."""

from __future__ import annotations

from typing import Any

from corne import ops
from corne.backend import Array
from corne.loss import LossFunctionWrapper

from corne_losses._labels import signed_labels


def squared_hinge(y_true: Any, y_pred: Any) -> Array:
    """Return ``mean(max(1 - y_true * y_pred, 0) ** 2)`` over the last axis.

    Labels are -1 and 1; if all are 0 or 1, the zeros count as -1.

    Shapes:
        y_true and y_pred ``(batch, ..., n)``; result ``(batch, ...)``.

    Raises:
        ShapeError: The shapes don't fit.

    >>> round(float(squared_hinge([[1.0, -1.0]], [[0.5, -2.0]])[0]), 4)
    0.125
    """
    y_true, y_pred = signed_labels(y_true, y_pred, "squared_hinge")
    margin = ops.maximum(ops.subtract(1.0, ops.multiply(y_true, y_pred)), 0.0)
    return ops.mean(ops.square(margin), axis=-1)


class SquaredHinge(LossFunctionWrapper):
    """The square of how far predictions are from the right side of the margin.

    Args:
        reduction: As for :class:`corne.losses.Loss`. Default ``"sum_over_batch_size"``.
        name: Default ``"squared_hinge"``.
        dtype: Name of the dtype to compute in. Default ``config.floatx()``.

    Shapes:
        y_true and y_pred ``(batch, ..., n)``.

    >>> round(float(SquaredHinge()([[1.0, -1.0]], [[0.5, -2.0]])), 4)
    0.125
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "squared_hinge",
        dtype: Any = None,
    ) -> None:
        super().__init__(squared_hinge, reduction=reduction, name=name, dtype=dtype)
