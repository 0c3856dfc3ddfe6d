"""The mean logarithm of the hyperbolic cosine of differences."""

from __future__ import annotations

import math
from typing import Any

from corne import ops
from corne.backend import Array
from corne.loss import LossFunctionWrapper
from corne.targets import matched


def log_cosh(y_true: Any, y_pred: Any) -> Array:
    """Return ``mean(log(cosh(y_pred - y_true)))`` over the last axis.

    Shapes:
        y_true and y_pred ``(batch, ..., n)``; result ``(batch, ...)``.

    Raises:
        ShapeError: The shapes don't fit.

    >>> round(float(log_cosh([[0.0, 0.0]], [[1.0, -1.0]])[0]), 4)
    0.4338
    """
    y_true, y_pred = matched(y_true, y_pred, "log_cosh")
    error = ops.subtract(y_pred, y_true)
    # log(cosh(x)) = x + log(1 + exp(-2x)) - log(2), which does not overflow as cosh does.
    values = ops.subtract(ops.add(error, ops.softplus(ops.multiply(error, -2.0))), math.log(2.0))
    return ops.mean(values, axis=-1)


class LogCosh(LossFunctionWrapper):
    """About ``x ** 2 / 2`` for small differences ``x`` and ``abs(x) - log(2)`` for large ones.

    Args:
        reduction: As for :class:`corne.losses.Loss`. Default ``"sum_over_batch_size"``.
        name: Default ``"log_cosh"``.
        dtype: Name of the dtype to compute in. Default ``config.floatx()``.

    Shapes:
        y_true and y_pred ``(batch, ..., n)``.

    >>> round(float(LogCosh()([[0.0, 0.0]], [[1.0, -1.0]])), 4)
    0.4338
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "log_cosh",
        dtype: Any = None,
    ) -> None:
        super().__init__(log_cosh, reduction=reduction, name=name, dtype=dtype)
