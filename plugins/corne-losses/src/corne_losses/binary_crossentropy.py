"""Cross-entropy of two-class labels: one probability per question."""

from __future__ import annotations

from typing import Any

from corne import checks, ops
from corne.backend import Array
from corne.loss import LossFunctionWrapper
from corne.targets import same_shape

from corne_losses._labels import smoothed_binary


def binary_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0.0, axis: int = -1
) -> Array:
    """Return the mean of ``-y_true * log(y_pred) - (1 - y_true) * log(1 - y_pred)`` over an axis.

    Args:
        y_true: Labels, 0 or 1 (or probabilities).
        y_pred: Probabilities, or logits with ``from_logits``.
        from_logits: Whether ``y_pred`` are logits, whose sigmoid is the probability. Default False:
            probabilities, brought into ``[config.epsilon(), 1 - config.epsilon()]``.
        label_smoothing: How far labels move towards a half, 0 to 1. Default 0.
        axis: The axis to average over. Default -1.

    Shapes:
        y_true and y_pred ``(batch, ..., n)``; result ``(batch, ...)``.

    Raises:
        ShapeError: The shapes differ.

    >>> round(float(binary_crossentropy([[0.0, 1.0]], [[0.5, 0.5]])[0]), 4)
    0.6931
    """
    where = "binary_crossentropy"
    checks.probability(f"{where}(label_smoothing=…)", label_smoothing)
    y_true, y_pred = same_shape(y_true, y_pred, where)
    checks.axis(f"{where}(axis=…)", axis, len(y_pred.shape))
    y_true = smoothed_binary(y_true, label_smoothing)
    return ops.mean(ops.binary_crossentropy(y_true, y_pred, from_logits=from_logits), axis=axis)


class BinaryCrossentropy(LossFunctionWrapper):
    """Cross-entropy between two-class labels and predicted probabilities.

    Args:
        from_logits: Whether predictions are logits, not probabilities. Default False.
        label_smoothing: How far labels move towards a half, 0 to 1. Default 0.
        axis: The axis to average over. Default -1.
        reduction: As for :class:`corne.losses.Loss`. Default ``"sum_over_batch_size"``.
        name: Default ``"binary_crossentropy"``.
        dtype: Name of the dtype to compute in. Default ``config.floatx()``.

    Shapes:
        y_true and y_pred ``(batch, ..., n)``.

    >>> round(float(BinaryCrossentropy(from_logits=True)([[0.0, 1.0]], [[0.0, 0.0]])), 4)
    0.6931
    """

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "binary_crossentropy",
        dtype: Any = None,
    ) -> None:
        checks.probability("BinaryCrossentropy(label_smoothing=…)", label_smoothing)
        super().__init__(
            binary_crossentropy, reduction=reduction, name=name, dtype=dtype, from_logits=from_logits,
            label_smoothing=label_smoothing, axis=axis,
        )  # fmt: skip
        self.from_logits = from_logits
        self.label_smoothing = label_smoothing
        self.axis = axis
