"""The mean of squared differences between truth and predictions."""

from __future__ import annotations

from typing import Any

from corne.metric import MeanMetricWrapper
from corne_losses.mean_squared_error import mean_squared_error


class MeanSquaredError(MeanMetricWrapper):
    """The mean of squared differences between truth and predictions, as a metric.

    Args:
        name: Default ``"mean_squared_error"``.
        dtype: Name of the dtype to compute in. Default ``config.floatx()``.

    Shapes:
        y_true and y_pred ``(batch, ..., n)``.
    """

    _direction = "down"

    def __init__(
        self,
        name: str | None = "mean_squared_error",
        dtype: Any = None,
    ) -> None:
        super().__init__(mean_squared_error, name=name, dtype=dtype)
