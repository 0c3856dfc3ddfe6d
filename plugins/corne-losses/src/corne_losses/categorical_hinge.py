"""The hinge loss of one class against the best of the others."""

from __future__ import annotations

from typing import Any

from corne import ops
from corne.backend import Array
from corne.loss import LossFunctionWrapper
from corne.targets import matched


def categorical_hinge(y_true: Any, y_pred: Any) -> Array:
    """Return ``max(neg - pos + 1, 0)`` over the last axis.

    ``pos = sum(y_true * y_pred)`` is the true class's score, ``neg = max((1 - y_true) * y_pred)`` the best of
    the others; labels are one-hot.

    Shapes:
        y_true and y_pred ``(batch, ..., n)``; result ``(batch, ...)``.

    Raises:
        ShapeError: The shapes don't fit.

    >>> round(float(categorical_hinge([[0.0, 1.0]], [[0.6, 0.8]])[0]), 4)
    0.8
    """
    y_true, y_pred = matched(y_true, y_pred, "categorical_hinge")
    positive = ops.sum(ops.multiply(y_true, y_pred), axis=-1)
    negative = ops.max(ops.multiply(ops.subtract(1.0, y_true), y_pred), axis=-1)
    return ops.maximum(ops.add(ops.subtract(negative, positive), 1.0), 0.0)


class CategoricalHinge(LossFunctionWrapper):
    """How far the true class's score is from leading all others by 1; labels are one-hot.

    Args:
        reduction: As for :class:`corne.losses.Loss`. Default ``"sum_over_batch_size"``.
        name: Default ``"categorical_hinge"``.
        dtype: Name of the dtype to compute in. Default ``config.floatx()``.

    Shapes:
        y_true and y_pred ``(batch, ..., n)``.

    >>> round(float(CategoricalHinge()([[0.0, 1.0]], [[0.6, 0.8]])), 4)
    0.8
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "categorical_hinge",
        dtype: Any = None,
    ) -> None:
        super().__init__(categorical_hinge, reduction=reduction, name=name, dtype=dtype)
