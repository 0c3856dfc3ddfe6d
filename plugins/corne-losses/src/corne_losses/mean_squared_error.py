"""The mean of squared differences."""

from __future__ import annotations

from typing import Any

from corne import ops
from corne.backend import Array
from corne.loss import LossFunctionWrapper
from corne.targets import matched


def mean_squared_error(y_true: Any, y_pred: Any) -> Array:
    """Return ``mean((y_true - y_pred) ** 2)`` over the last axis.

    Shapes:
        y_true and y_pred ``(batch, ..., n)``; result ``(batch, ...)``.

    Raises:
        ShapeError: The shapes don't fit.

    >>> [float(x) for x in mean_squared_error([[0.0, 1.0]], [[1.0, 3.0]])]
    [2.5]
    """
    y_true, y_pred = matched(y_true, y_pred, "mean_squared_error")
    return ops.mean(ops.square(ops.subtract(y_true, y_pred)), axis=-1)


class MeanSquaredError(LossFunctionWrapper):
    """The mean of squared differences between truth and predictions.

    Args:
        reduction: As for :class:`corne.losses.Loss`. Default ``"sum_over_batch_size"``.
        name: Default ``"mean_squared_error"``.
        dtype: Name of the dtype to compute in. Default ``config.floatx()``.

    Shapes:
        y_true and y_pred ``(batch, ..., n)``.

    >>> float(MeanSquaredError()([[0.0, 1.0]], [[1.0, 3.0]]))
    2.5
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "mean_squared_error",
        dtype: Any = None,
    ) -> None:
        super().__init__(mean_squared_error, reduction=reduction, name=name, dtype=dtype)
