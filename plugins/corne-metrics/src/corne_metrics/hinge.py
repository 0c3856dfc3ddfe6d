"""The hinge loss of two-class margins; labels are -1 and 1, or 0 and 1."""

from __future__ import annotations

from typing import Any

from corne.metric import MeanMetricWrapper
from corne_losses.hinge import hinge


class Hinge(MeanMetricWrapper):
    """The hinge loss of two-class margins; labels are -1 and 1, or 0 and 1, as a metric.

    Args:
        name: Default ``"hinge"``.
        dtype: Name of the dtype to compute in. Default ``config.floatx()``.

    Shapes:
        y_true and y_pred ``(batch, ..., n)``.
    """

    _direction = "down"

    def __init__(
        self,
        name: str | None = "hinge",
        dtype: Any = None,
    ) -> None:
        super().__init__(hinge, name=name, dtype=dtype)
