"""One minus the Tversky index: the Dice loss with separate weights for the two kinds of error."""

from __future__ import annotations

from typing import Any

from corne import config, ops
from corne.backend import Array
from corne.loss import LossFunctionWrapper
from corne.targets import matched


def tversky(y_true: Any, y_pred: Any, alpha: float = 0.5, beta: float = 0.5, axis: Any = None) -> Array:
    """Return ``1 - both / (both + alpha * only_true + beta * only_pred)``.

    ``both = sum(y_true * y_pred)``, ``only_true = sum(y_true * (1 - y_pred))``,
    ``only_pred = sum((1 - y_true) * y_pred)``. With ``alpha = beta = 0.5`` it is the Dice loss.

    Args:
        y_true: Regions, 0 or 1.
        y_pred: Probabilities.
        alpha: Weight of false negatives. Default 0.5.
        beta: Weight of false positives. Default 0.5.
        axis: Axis or axes of a region. Default None: all, the batch's too.

    Shapes:
        y_true and y_pred equal; result without ``axis``.

    Raises:
        ShapeError: The shapes don't fit.

    Source: Salehi et al. 2017, https://arxiv.org/abs/1706.05721

    >>> round(float(tversky([[1.0, 0.0]], [[1.0, 1.0]])), 4)
    0.3333
    """
    y_true, y_pred = matched(y_true, y_pred, "tversky")
    both = ops.sum(ops.multiply(y_true, y_pred), axis=axis)
    only_true = ops.sum(ops.multiply(ops.subtract(1.0, y_pred), y_true), axis=axis)
    only_pred = ops.sum(ops.multiply(y_pred, ops.subtract(1.0, y_true)), axis=axis)
    errors = ops.add(ops.multiply(only_true, alpha), ops.multiply(only_pred, beta))
    return ops.subtract(1.0, ops.divide(both, ops.add(ops.add(both, errors), config.epsilon())))


class Tversky(LossFunctionWrapper):
    """How little predicted and true regions overlap, with separate weights for the two kinds of error.

    Args:
        alpha: Weight of false negatives. Default 0.5.
        beta: Weight of false positives. Default 0.5.
        reduction: As for :class:`corne.losses.Loss`. Default ``"sum_over_batch_size"``.
        name: Default ``"tversky"``.
        axis: Axis or axes of a region. Default None: all, the batch's too.
        dtype: Name of the dtype to compute in. Default ``config.floatx()``.

    Shapes:
        y_true and y_pred equal.

    >>> round(float(Tversky()([[1.0, 0.0]], [[1.0, 1.0]])), 4)
    0.3333
    """

    def __init__(
        self,
        alpha: float = 0.5,
        beta: float = 0.5,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "tversky",
        axis: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(
            tversky, reduction=reduction, name=name, dtype=dtype, alpha=alpha, beta=beta, axis=axis
        )
        self.alpha = alpha
        self.beta = beta
        self.axis = axis
