"""The Kullback-Leibler divergence of the predicted distribution from the true one."""

from __future__ import annotations

from typing import Any

from corne.metric import MeanMetricWrapper
from corne_losses.kl_divergence import kl_divergence


class KLDivergence(MeanMetricWrapper):
    """The Kullback-Leibler divergence of the predicted distribution from the true one, as a metric.

    Args:
        name: Default ``"kl_divergence"``.
        dtype: Name of the dtype to compute in. Default ``config.floatx()``.

    Shapes:
        y_true and y_pred ``(batch, ..., n)``.
    """

    _direction = "down"

    def __init__(
        self,
        name: str | None = "kl_divergence",
        dtype: Any = None,
    ) -> None:
        super().__init__(kl_divergence, name=name, dtype=dtype)
