"""The mean of absolute differences."""

from __future__ import annotations

from typing import Any

from corne import ops
from corne.backend import Array
from corne.loss import LossFunctionWrapper
from corne.targets import matched


def mean_absolute_error(y_true: Any, y_pred: Any) -> Array:
    """Return ``mean(abs(y_true - y_pred))`` over the last axis.

    Shapes:
        y_true and y_pred ``(batch, ..., n)``; result ``(batch, ...)``.

    Raises:
        ShapeError: The shapes don't fit.

    >>> round(float(mean_absolute_error([[0.0, 1.0]], [[1.0, 3.0]])[0]), 4)
    1.5
    """
    y_true, y_pred = matched(y_true, y_pred, "mean_absolute_error")
    return ops.mean(ops.absolute(ops.subtract(y_true, y_pred)), axis=-1)


class MeanAbsoluteError(LossFunctionWrapper):
    """The mean of absolute differences between truth and predictions.

    Args:
        reduction: As for :class:`corne.losses.Loss`. Default ``"sum_over_batch_size"``.
        name: Default ``"mean_absolute_error"``.
        dtype: Name of the dtype to compute in. Default ``config.floatx()``.

    Shapes:
        y_true and y_pred ``(batch, ..., n)``.

    >>> round(float(MeanAbsoluteError()([[0.0, 1.0]], [[1.0, 3.0]])), 4)
    1.5
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "mean_absolute_error",
        dtype: Any = None,
    ) -> None:
        super().__init__(mean_absolute_error, reduction=reduction, name=name, dtype=dtype)
