"""The mean of differences in per cent of the truth."""

from __future__ import annotations

from typing import Any

from corne import config, ops
from corne.backend import Array
from corne.loss import LossFunctionWrapper
from corne.targets import matched


def mean_absolute_percentage_error(y_true: Any, y_pred: Any) -> Array:
    """Return ``100 * mean(abs((y_true - y_pred) / y_true))`` over the last axis, in per cent.

    A truth smaller than ``config.epsilon()`` counts as that.

    Shapes:
        y_true and y_pred ``(batch, ..., n)``; result ``(batch, ...)``.

    Raises:
        ShapeError: The shapes don't fit.

    >>> round(float(mean_absolute_percentage_error([[1.0, 2.0]], [[1.5, 2.0]])[0]), 4)
    25.0
    """
    y_true, y_pred = matched(y_true, y_pred, "mean_absolute_percentage_error")
    scale = ops.maximum(ops.absolute(y_true), config.epsilon())
    share = ops.absolute(ops.divide(ops.subtract(y_true, y_pred), scale))
    return ops.multiply(ops.mean(share, axis=-1), 100.0)


class MeanAbsolutePercentageError(LossFunctionWrapper):
    """The mean of absolute differences, in per cent of the truth.

    Args:
        reduction: As for :class:`corne.losses.Loss`. Default ``"sum_over_batch_size"``.
        name: Default ``"mean_absolute_percentage_error"``.
        dtype: Name of the dtype to compute in. Default ``config.floatx()``.

    Shapes:
        y_true and y_pred ``(batch, ..., n)``.

    >>> round(float(MeanAbsolutePercentageError()([[1.0, 2.0]], [[1.5, 2.0]])), 4)
    25.0
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "mean_absolute_percentage_error",
        dtype: Any = None,
    ) -> None:
        super().__init__(mean_absolute_percentage_error, reduction=reduction, name=name, dtype=dtype)
