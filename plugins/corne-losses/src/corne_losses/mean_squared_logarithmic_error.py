"""The mean of squared differences of logarithms."""

from __future__ import annotations

from typing import Any

from corne import config, ops
from corne.backend import Array
from corne.loss import LossFunctionWrapper
from corne.targets import matched


def mean_squared_logarithmic_error(y_true: Any, y_pred: Any) -> Array:
    """Return ``mean((log(1 + y_true) - log(1 + y_pred)) ** 2)`` over the last axis.

    Values below ``config.epsilon()``, negative ones too, count as that.

    Shapes:
        y_true and y_pred ``(batch, ..., n)``; result ``(batch, ...)``.

    Raises:
        ShapeError: The shapes don't fit.

    >>> round(float(mean_squared_logarithmic_error([[0.0, 1.0]], [[0.0, 0.0]])[0]), 4)
    0.2402
    """
    y_true, y_pred = matched(y_true, y_pred, "mean_squared_logarithmic_error")
    epsilon = config.epsilon()
    log_pred = ops.log(ops.add(ops.maximum(y_pred, epsilon), 1.0))
    log_true = ops.log(ops.add(ops.maximum(y_true, epsilon), 1.0))
    return ops.mean(ops.square(ops.subtract(log_pred, log_true)), axis=-1)


class MeanSquaredLogarithmicError(LossFunctionWrapper):
    """The mean of squared differences between the logarithms of truth and predictions.

    Args:
        reduction: As for :class:`corne.losses.Loss`. Default ``"sum_over_batch_size"``.
        name: Default ``"mean_squared_logarithmic_error"``.
        dtype: Name of the dtype to compute in. Default ``config.floatx()``.

    Shapes:
        y_true and y_pred ``(batch, ..., n)``.

    >>> round(float(MeanSquaredLogarithmicError()([[0.0, 1.0]], [[0.0, 0.0]])), 4)
    0.2402
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "mean_squared_logarithmic_error",
        dtype: Any = None,
    ) -> None:
        super().__init__(mean_squared_logarithmic_error, reduction=reduction, name=name, dtype=dtype)
