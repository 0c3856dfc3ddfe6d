"""The hinge loss of one class against the best of the others; labels are one-hot."""

from __future__ import annotations

from typing import Any

from corne.metric import MeanMetricWrapper
from corne_losses.categorical_hinge import categorical_hinge


class CategoricalHinge(MeanMetricWrapper):
    """The hinge loss of one class against the best of the others; labels are one-hot, as a metric.

    Args:
        name: Default ``"categorical_hinge"``.
        dtype: Name of the dtype to compute in. Default ``config.floatx()``.

    Shapes:
        y_true and y_pred ``(batch, ..., n)``.
    """

    _direction = "down"

    def __init__(
        self,
        name: str | None = "categorical_hinge",
        dtype: Any = None,
    ) -> None:
        super().__init__(categorical_hinge, name=name, dtype=dtype)
