"""Cross-entropy of one-hot labels: one probability per class."""

from __future__ import annotations

import warnings
from typing import Any

from corne import checks, ops
from corne.backend import Array
from corne.loss import LossFunctionWrapper
from corne.targets import same_shape

from corne_losses._labels import smoothed

FIX = "Labels must be one-hot; for class numbers use sparse_categorical_crossentropy."


def categorical_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0.0, axis: int = -1
) -> Array:
    """Return ``-sum(y_true * log(y_pred))`` over the classes.

    Args:
        y_true: One-hot labels, or probabilities of the classes.
        y_pred: Probabilities, or logits with ``from_logits``.
        from_logits: Whether ``y_pred`` are logits, whose softmax is the probability. Default False:
            probabilities, which are divided by their sum.
        label_smoothing: The share of each label that is given to all classes alike, 0 to 1. Default 0.
        axis: The axis of the classes. Default -1.

    Shapes:
        y_true and y_pred ``(batch, ..., classes)``; result ``(batch, ...)``.

    Raises:
        ShapeError: The shapes differ.

    >>> round(float(categorical_crossentropy([[0.0, 1.0]], [[0.5, 0.5]])[0]), 4)
    0.6931
    """
    where = "categorical_crossentropy"
    checks.probability(f"{where}(label_smoothing=…)", label_smoothing)
    y_true, y_pred = same_shape(y_true, y_pred, where, FIX)
    checks.axis(f"{where}(axis=…)", axis, len(y_pred.shape))
    warn_of_one_class(y_pred, where)
    return ops.categorical_crossentropy(
        smoothed(y_true, label_smoothing), y_pred, from_logits=from_logits, axis=axis
    )


def warn_of_one_class(y_pred: Array, where: str) -> None:
    """Warn when there is only one class, whose probability is always 1."""
    if y_pred.shape[-1] == 1:
        warnings.warn(
            f"{where}: y_pred of shape {tuple(y_pred.shape)} has one class, so the loss is always 0. "
            "For two classes in one number use binary_crossentropy.",
            SyntaxWarning,
            stacklevel=4,
        )


class CategoricalCrossentropy(LossFunctionWrapper):
    """Cross-entropy between one-hot labels and predicted probabilities.

    Args:
        from_logits: Whether predictions are logits, not probabilities. Default False.
        label_smoothing: The share of each label that is given to all classes alike, 0 to 1. Default 0.
        axis: The axis of the classes. Default -1.
        reduction: As for :class:`corne.losses.Loss`. Default ``"sum_over_batch_size"``.
        name: Default ``"categorical_crossentropy"``.
        dtype: Name of the dtype to compute in. Default ``config.floatx()``.

    Shapes:
        y_true and y_pred ``(batch, ..., classes)``.

    >>> round(float(CategoricalCrossentropy()([[0.0, 1.0]], [[0.5, 0.5]])), 4)
    0.6931
    """

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "categorical_crossentropy",
        dtype: Any = None,
    ) -> None:
        checks.probability("CategoricalCrossentropy(label_smoothing=…)", label_smoothing)
        super().__init__(
            categorical_crossentropy, reduction=reduction, name=name, dtype=dtype, from_logits=from_logits,
            label_smoothing=label_smoothing, axis=axis,
        )  # fmt: skip
        self.from_logits = from_logits
        self.label_smoothing = label_smoothing
        self.axis = axis
