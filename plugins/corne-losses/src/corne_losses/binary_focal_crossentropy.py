"""Binary cross-entropy that gives easy examples less weight."""

from __future__ import annotations

from typing import Any

from corne import checks, ops
from corne.backend import Array
from corne.loss import LossFunctionWrapper
from corne.targets import same_shape

from corne_losses._labels import smoothed_binary


def binary_focal_crossentropy(
    y_true: Any,
    y_pred: Any,
    apply_class_balancing: bool = False,
    alpha: float = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Array:
    """Return the mean of ``(1 - p) ** gamma * crossentropy``; ``p`` is the true class's probability.

    Args:
        y_true: Labels, 0 or 1.
        y_pred: Probabilities, or logits with ``from_logits``.
        apply_class_balancing: Whether class 1 gets the weight ``alpha``, class 0 ``1 - alpha``. Default
            False.
        alpha: That weight, 0 to 1. Default 0.25.
        gamma: How strongly easy examples are toned down; 0: not at all. Default 2.
        from_logits: Whether ``y_pred`` are logits. Default False.
        label_smoothing: How far labels move towards a half, 0 to 1. Default 0.
        axis: The axis to average over. Default -1.

    Shapes:
        y_true and y_pred ``(batch, ..., n)``; result ``(batch, ...)``.

    Raises:
        ShapeError: The shapes differ.

    Source: Lin et al. 2017, https://arxiv.org/abs/1708.02002, eq. 4 and 5

    >>> round(float(binary_focal_crossentropy([[0.0, 1.0]], [[0.5, 0.5]])[0]), 4)
    0.1733
    """
    where = "binary_focal_crossentropy"
    checks.probability(f"{where}(label_smoothing=…)", label_smoothing)
    y_true, y_pred = same_shape(y_true, y_pred, where)
    checks.axis(f"{where}(axis=…)", axis, len(y_pred.shape))
    y_true = smoothed_binary(y_true, label_smoothing)
    if from_logits:
        y_pred = ops.sigmoid(y_pred)
    not_true = ops.subtract(1.0, y_true)
    p = ops.add(ops.multiply(y_true, y_pred), ops.multiply(not_true, ops.subtract(1.0, y_pred)))
    values = ops.multiply(ops.power(ops.subtract(1.0, p), gamma), ops.binary_crossentropy(y_true, y_pred))
    if apply_class_balancing:
        weight = ops.add(ops.multiply(y_true, alpha), ops.multiply(not_true, 1.0 - alpha))
        values = ops.multiply(weight, values)
    return ops.mean(values, axis=axis)


class BinaryFocalCrossentropy(LossFunctionWrapper):
    """Binary cross-entropy that gives easy examples less weight.

    Args:
        apply_class_balancing: Whether class 1 gets the weight ``alpha``, class 0 ``1 - alpha``. Default
            False.
        alpha: That weight, 0 to 1. Default 0.25.
        gamma: How strongly easy examples are toned down; 0: not at all. Default 2.
        from_logits: Whether predictions are logits, not probabilities. Default False.
        label_smoothing: How far labels move towards a half, 0 to 1. Default 0.
        axis: The axis to average over. Default -1.
        reduction: As for :class:`corne.losses.Loss`. Default ``"sum_over_batch_size"``.
        name: Default ``"binary_focal_crossentropy"``.
        dtype: Name of the dtype to compute in. Default ``config.floatx()``.

    Shapes:
        y_true and y_pred ``(batch, ..., n)``.

    Source: Lin et al. 2017, https://arxiv.org/abs/1708.02002

    >>> round(float(BinaryFocalCrossentropy()([[0.0, 1.0]], [[0.5, 0.5]])), 4)
    0.1733
    """

    def __init__(
        self,
        apply_class_balancing: bool = False,
        alpha: float = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "binary_focal_crossentropy",
        dtype: Any = None,
    ) -> None:
        checks.probability("BinaryFocalCrossentropy(label_smoothing=…)", label_smoothing)
        super().__init__(
            binary_focal_crossentropy, reduction=reduction, name=name, dtype=dtype,
            apply_class_balancing=apply_class_balancing, alpha=alpha, gamma=gamma, from_logits=from_logits,
            label_smoothing=label_smoothing, axis=axis,
        )  # fmt: skip
        self.apply_class_balancing = apply_class_balancing
        self.alpha = alpha
        self.gamma = gamma
        self.from_logits = from_logits
        self.label_smoothing = label_smoothing
        self.axis = axis
