"""One minus the Dice coefficient: how little two regions overlap."""

from __future__ import annotations

from typing import Any

from corne import config, ops
from corne.backend import Array
from corne.loss import LossFunctionWrapper
from corne.targets import matched


def dice(y_true: Any, y_pred: Any, axis: Any = None) -> Array:
    """Return ``1 - 2 * sum(y_true * y_pred) / (sum(y_true) + sum(y_pred))``.

    Args:
        y_true: Regions, 0 or 1.
        y_pred: Probabilities.
        axis: Axis or axes of a region. Default None: all, the batch's too.

    Shapes:
        y_true and y_pred equal; result without ``axis``.

    Raises:
        ShapeError: The shapes don't fit.

    Source: Sudre et al. 2017, https://arxiv.org/abs/1707.03237

    >>> round(float(dice([[1.0, 0.0]], [[1.0, 1.0]])), 4)
    0.3333
    """
    y_true, y_pred = matched(y_true, y_pred, "dice")
    both = ops.sum(ops.multiply(y_true, y_pred), axis=axis)
    total = ops.add(ops.sum(y_true, axis=axis), ops.sum(y_pred, axis=axis))
    return ops.subtract(1.0, ops.divide(ops.multiply(both, 2.0), ops.add(total, config.epsilon())))


class Dice(LossFunctionWrapper):
    """How little predicted and true regions overlap: one minus the Dice coefficient.

    Args:
        reduction: As for :class:`corne.losses.Loss`. Default ``"sum_over_batch_size"``.
        name: Default ``"dice"``.
        axis: Axis or axes of a region. Default None: all, the batch's too.
        dtype: Name of the dtype to compute in. Default ``config.floatx()``.

    Shapes:
        y_true and y_pred equal.

    >>> round(float(Dice()([[1.0, 0.0]], [[1.0, 1.0]])), 4)
    0.3333
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "dice",
        axis: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(dice, reduction=reduction, name=name, dtype=dtype, axis=axis)
        self.axis = axis
