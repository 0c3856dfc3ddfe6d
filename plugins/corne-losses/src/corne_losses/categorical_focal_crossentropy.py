"""Categorical cross-entropy that gives easy examples less weight."""

from __future__ import annotations

from typing import Any

from corne import checks, config, ops
from corne.backend import Array
from corne.loss import LossFunctionWrapper
from corne.targets import same_shape

from corne_losses._labels import smoothed
from corne_losses.categorical_crossentropy import FIX, warn_of_one_class


def categorical_focal_crossentropy(
    y_true: Any,
    y_pred: Any,
    alpha: Any = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Array:
    """Return ``-sum(alpha * (1 - y_pred) ** gamma * y_true * log(y_pred))`` over the classes.

    Args:
        y_true: One-hot labels.
        y_pred: Probabilities, or logits with ``from_logits``.
        alpha: Weight, one for all classes or one for each. Default 0.25.
        gamma: How strongly easy examples are toned down; 0: not at all. Default 2.
        from_logits: Whether ``y_pred`` are logits. Default False.
        label_smoothing: The share of each label that is given to all classes alike, 0 to 1. Default 0.
        axis: The axis of the classes. Default -1.

    Shapes:
        y_true and y_pred ``(batch, ..., classes)``; result ``(batch, ...)``.

    Raises:
        ShapeError: The shapes differ.

    Source: Lin et al. 2017, https://arxiv.org/abs/1708.02002, eq. 5

    >>> round(float(categorical_focal_crossentropy([[0.0, 1.0]], [[0.5, 0.5]])[0]), 4)
    0.0433
    """
    where = "categorical_focal_crossentropy"
    checks.probability(f"{where}(label_smoothing=…)", label_smoothing)
    y_true, y_pred = same_shape(y_true, y_pred, where, FIX)
    checks.axis(f"{where}(axis=…)", axis, len(y_pred.shape))
    warn_of_one_class(y_pred, where)
    y_true = smoothed(y_true, label_smoothing)
    if from_logits:
        y_pred = ops.softmax(y_pred, axis=axis)
    y_pred = ops.divide(y_pred, ops.sum(y_pred, axis=axis, keepdims=True))
    y_pred = ops.clip(y_pred, config.epsilon(), 1.0 - config.epsilon())
    weight = ops.multiply(ops.power(ops.subtract(1.0, y_pred), gamma), alpha)
    values = ops.multiply(weight, ops.multiply(y_true, ops.log(y_pred)))
    return ops.negative(ops.sum(values, axis=axis))


class CategoricalFocalCrossentropy(LossFunctionWrapper):
    """Categorical cross-entropy that gives easy examples less weight.

    Args:
        alpha: Weight, one for all classes or one for each. Default 0.25.
        gamma: How strongly easy examples are toned down; 0: not at all. Default 2.
        from_logits: Whether predictions are logits, not probabilities. Default False.
        label_smoothing: The share of each label that is given to all classes alike, 0 to 1. Default 0.
        axis: The axis of the classes. Default -1.
        reduction: As for :class:`corne.losses.Loss`. Default ``"sum_over_batch_size"``.
        name: Default ``"categorical_focal_crossentropy"``.
        dtype: Name of the dtype to compute in. Default ``config.floatx()``.

    Shapes:
        y_true and y_pred ``(batch, ..., classes)``.

    Source: Lin et al. 2017, https://arxiv.org/abs/1708.02002

    >>> round(float(CategoricalFocalCrossentropy()([[0.0, 1.0]], [[0.5, 0.5]])), 4)
    0.0433
    """

    def __init__(
        self,
        alpha: Any = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "categorical_focal_crossentropy",
        dtype: Any = None,
    ) -> None:
        checks.probability("CategoricalFocalCrossentropy(label_smoothing=…)", label_smoothing)
        super().__init__(
            categorical_focal_crossentropy, reduction=reduction, name=name, dtype=dtype, alpha=alpha,
            gamma=gamma, from_logits=from_logits, label_smoothing=label_smoothing, axis=axis,
        )  # fmt: skip
        self.alpha = alpha
        self.gamma = gamma
        self.from_logits = from_logits
        self.label_smoothing = label_smoothing
        self.axis = axis
