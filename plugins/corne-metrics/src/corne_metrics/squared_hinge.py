"""The squared hinge loss of two-class margins."""

from __future__ import annotations

from typing import Any

from corne.metric import MeanMetricWrapper
from corne_losses.squared_hinge import squared_hinge


class SquaredHinge(MeanMetricWrapper):
    """The squared hinge loss of two-class margins, as a metric.

    Args:
        name: Default ``"squared_hinge"``.
        dtype: Name of the dtype to compute in. Default ``config.floatx()``.

    Shapes:
        y_true and y_pred ``(batch, ..., n)``.
    """

    _direction = "down"

    def __init__(
        self,
        name: str | None = "squared_hinge",
        dtype: Any = None,
    ) -> None:
        super().__init__(squared_hinge, name=name, dtype=dtype)
