"""The mean of absolute differences, in per cent of the truth."""

from __future__ import annotations

from typing import Any

from corne.metric import MeanMetricWrapper
from corne_losses.mean_absolute_percentage_error import mean_absolute_percentage_error


class MeanAbsolutePercentageError(MeanMetricWrapper):
    """The mean of absolute differences, in per cent of the truth, as a metric.

    Args:
        name: Default ``"mean_absolute_percentage_error"``.
        dtype: Name of the dtype to compute in. Default ``config.floatx()``.

    Shapes:
        y_true and y_pred ``(batch, ..., n)``.
    """

    _direction = "down"

    def __init__(
        self,
        name: str | None = "mean_absolute_percentage_error",
        dtype: Any = None,
    ) -> None:
        super().__init__(mean_absolute_percentage_error, name=name, dtype=dtype)
