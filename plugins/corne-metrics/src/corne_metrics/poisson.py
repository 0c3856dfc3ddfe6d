"""The negative log-likelihood of counts under Poisson distributions."""

from __future__ import annotations

from typing import Any

from corne.metric import MeanMetricWrapper
from corne_losses.poisson import poisson


class Poisson(MeanMetricWrapper):
    """The negative log-likelihood of counts under Poisson distributions, as a metric.

    Args:
        name: Default ``"poisson"``.
        dtype: Name of the dtype to compute in. Default ``config.floatx()``.

    Shapes:
        y_true and y_pred ``(batch, ..., n)``.
    """

    _direction = "down"

    def __init__(
        self,
        name: str | None = "poisson",
        dtype: Any = None,
    ) -> None:
        super().__init__(poisson, name=name, dtype=dtype)
