"""The Kullback-Leibler divergence of the predicted distribution from the true one."""

from __future__ import annotations

from typing import Any

from corne import config, ops
from corne.backend import Array
from corne.loss import LossFunctionWrapper
from corne.targets import matched


def kl_divergence(y_true: Any, y_pred: Any) -> Array:
    """Return ``sum(y_true * log(y_true / y_pred))`` over the last axis.

    Both are brought into ``[config.epsilon(), 1]`` first.

    Shapes:
        y_true and y_pred ``(batch, ..., n)``; result ``(batch, ...)``.

    Raises:
        ShapeError: The shapes don't fit.

    >>> round(float(kl_divergence([[0.5, 0.5]], [[0.25, 0.75]])[0]), 4)
    0.1438
    """
    y_true, y_pred = matched(y_true, y_pred, "kl_divergence")
    y_true = ops.clip(y_true, config.epsilon(), 1.0)
    y_pred = ops.clip(y_pred, config.epsilon(), 1.0)
    return ops.sum(ops.multiply(y_true, ops.log(ops.divide(y_true, y_pred))), axis=-1)


class KLDivergence(LossFunctionWrapper):
    """The Kullback-Leibler divergence of the predicted distribution from the true one.

    Args:
        reduction: As for :class:`corne.losses.Loss`. Default ``"sum_over_batch_size"``.
        name: Default ``"kl_divergence"``.
        dtype: Name of the dtype to compute in. Default ``config.floatx()``.

    Shapes:
        y_true and y_pred ``(batch, ..., n)``.

    >>> round(float(KLDivergence()([[0.5, 0.5]], [[0.25, 0.75]])), 4)
    0.1438
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "kl_divergence",
        dtype: Any = None,
    ) -> None:
        super().__init__(kl_divergence, reduction=reduction, name=name, dtype=dtype)
