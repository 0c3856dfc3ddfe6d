"""The negative log-likelihood of counts under Poisson distributions."""

from __future__ import annotations

from typing import Any

from corne import config, ops
from corne.backend import Array
from corne.loss import LossFunctionWrapper
from corne.targets import matched


def poisson(y_true: Any, y_pred: Any) -> Array:
    """Return ``mean(y_pred - y_true * log(y_pred))`` over the last axis; ``y_pred`` are the expected counts.

    ``config.epsilon()`` is added under the logarithm.

    Shapes:
        y_true and y_pred ``(batch, ..., n)``; result ``(batch, ...)``.

    Raises:
        ShapeError: The shapes don't fit.

    >>> round(float(poisson([[2.0, 1.0]], [[1.0, 1.0]])[0]), 4)
    1.0
    """
    y_true, y_pred = matched(y_true, y_pred, "poisson")
    log_pred = ops.log(ops.add(y_pred, config.epsilon()))
    return ops.mean(ops.subtract(y_pred, ops.multiply(y_true, log_pred)), axis=-1)


class Poisson(LossFunctionWrapper):
    """The negative log-likelihood of counts under Poisson distributions with the predicted means.

    Args:
        reduction: As for :class:`corne.losses.Loss`. Default ``"sum_over_batch_size"``.
        name: Default ``"poisson"``.
        dtype: Name of the dtype to compute in. Default ``config.floatx()``.

    Shapes:
        y_true and y_pred ``(batch, ..., n)``.

    >>> round(float(Poisson()([[2.0, 1.0]], [[1.0, 1.0]])), 4)
    1.0
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "poisson",
        dtype: Any = None,
    ) -> None:
        super().__init__(poisson, reduction=reduction, name=name, dtype=dtype)
