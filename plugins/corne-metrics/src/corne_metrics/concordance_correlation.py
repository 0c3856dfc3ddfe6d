"""How close truth and predictions are to being equal, as a correlation."""

from __future__ import annotations

from typing import Any

from corne import config, ops
from corne.backend import Array
from corne.metric import MeanMetricWrapper
from corne.targets import matched


def concordance_correlation(y_true: Any, y_pred: Any, axis: int = -1) -> Array:
    """Return ``2 * covariance / (var(y_true) + var(y_pred) + (mean(y_true) - mean(y_pred)) ** 2)``.

    Args:
        y_true: Vectors.
        y_pred: Vectors.
        axis: The axis of the vectors. Default -1.

    Shapes:
        y_true and y_pred ``(batch, ..., n)``; result ``(batch, ...)``.

    Raises:
        ShapeError: The shapes don't fit.

    Source: Lin 1989, https://doi.org/10.2307/2532051
    """
    y_true, y_pred = matched(y_true, y_pred, "concordance_correlation")
    true_mean = ops.mean(y_true, axis=axis, keepdims=True)
    pred_mean = ops.mean(y_pred, axis=axis, keepdims=True)
    variances = ops.add(ops.var(y_true, axis=axis, keepdims=True), ops.var(y_pred, axis=axis, keepdims=True))
    distance = ops.add(variances, ops.square(ops.subtract(true_mean, pred_mean)))
    products = ops.multiply(ops.subtract(y_true, true_mean), ops.subtract(y_pred, pred_mean))
    return ops.mean(ops.divide(ops.multiply(products, 2.0), ops.add(distance, config.epsilon())), axis=axis)


class ConcordanceCorrelation(MeanMetricWrapper):
    """Lin's concordance correlation of truth and predictions within each sample, from -1 to 1.

    Args:
        name: Default ``"concordance_correlation"``.
        dtype: Name of the dtype to compute in. Default ``config.floatx()``.
        axis: The axis of the vectors. Default -1.

    Shapes:
        y_true and y_pred ``(batch, ..., n)``.
    """

    _direction = "up"

    def __init__(
        self,
        name: str | None = "concordance_correlation",
        dtype: Any = None,
        axis: int = -1,
    ) -> None:
        super().__init__(concordance_correlation, name=name, dtype=dtype, axis=axis)
        self.axis = axis
