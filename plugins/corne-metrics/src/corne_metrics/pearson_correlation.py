"""How straight the line is on which truth and predictions lie."""

from __future__ import annotations

from typing import Any

from corne import ops
from corne.backend import Array
from corne.metric import MeanMetricWrapper
from corne.targets import matched


def pearson_correlation(y_true: Any, y_pred: Any, axis: int = -1) -> Array:
    """Return the covariance divided by both standard deviations.

    Args:
        y_true: Vectors.
        y_pred: Vectors.
        axis: The axis of the vectors. Default -1.

    Shapes:
        y_true and y_pred ``(batch, ..., n)``; result ``(batch, ...)``.

    Raises:
        ShapeError: The shapes don't fit.
    """
    y_true, y_pred = matched(y_true, y_pred, "pearson_correlation")
    true_error = ops.subtract(y_true, ops.mean(y_true, axis=axis, keepdims=True))
    pred_error = ops.subtract(y_pred, ops.mean(y_pred, axis=axis, keepdims=True))
    true_error = ops.divide(true_error, ops.std(true_error, axis=axis, keepdims=True))
    pred_error = ops.divide(pred_error, ops.std(pred_error, axis=axis, keepdims=True))
    return ops.mean(ops.multiply(true_error, pred_error), axis=axis)


class PearsonCorrelation(MeanMetricWrapper):
    """Pearson's correlation of truth and predictions within each sample, from -1 to 1.

    Args:
        name: Default ``"pearson_correlation"``.
        dtype: Name of the dtype to compute in. Default ``config.floatx()``.
        axis: The axis of the vectors. Default -1.

    Shapes:
        y_true and y_pred ``(batch, ..., n)``.
    """

    _direction = "up"

    def __init__(
        self,
        name: str | None = "pearson_correlation",
        dtype: Any = None,
        axis: int = -1,
    ) -> None:
        super().__init__(pearson_correlation, name=name, dtype=dtype, axis=axis)
        self.axis = axis
