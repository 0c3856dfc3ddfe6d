"""The mean logarithm of the hyperbolic cosine of differences."""

from __future__ import annotations

from typing import Any

from corne.metric import MeanMetricWrapper
from corne_losses.log_cosh import log_cosh


class LogCoshError(MeanMetricWrapper):
    """The mean logarithm of the hyperbolic cosine of differences, as a metric.

    Args:
        name: Default ``"logcosh"``.
        dtype: Name of the dtype to compute in. Default ``config.floatx()``.

    Shapes:
        y_true and y_pred ``(batch, ..., n)``.
    """

    _direction = "down"

    def __init__(
        self,
        name: str | None = "logcosh",
        dtype: Any = None,
    ) -> None:
        super().__init__(log_cosh, name=name, dtype=dtype)
