"""How often the most probable class is the label."""

from __future__ import annotations

from typing import Any

from corne import config, ops
from corne.backend import Array
from corne.metric import MeanMetricWrapper

from corne_metrics._classes import class_numbers


def sparse_categorical_accuracy(y_true: Any, y_pred: Any) -> Array:
    """Return 1 where the largest prediction is that of the true class, else 0.

    Args:
        y_true: Class numbers, from 0.
        y_pred: Probabilities or logits.

    Shapes:
        y_true ``(batch, ...)`` or ``(batch, ..., 1)``; y_pred ``(batch, ..., classes)``; result
        ``(batch, ...)``.

    Raises:
        ShapeError: The shapes don't fit.
    """
    y_true, y_pred = class_numbers(y_true, y_pred, "sparse_categorical_accuracy")
    matches = ops.cast(ops.equal(y_true, ops.cast(ops.argmax(y_pred, axis=-1), "int32")), config.floatx())
    return ops.squeeze(matches, -1) if len(matches.shape) > 1 and matches.shape[-1] == 1 else matches


class SparseCategoricalAccuracy(MeanMetricWrapper):
    """How often the most probable class is the label, from 0 to 1.

    Args:
        name: Default ``"sparse_categorical_accuracy"``.
        dtype: Name of the dtype to compute in. Default ``config.floatx()``.

    Shapes:
        y_true ``(batch, ...)`` or ``(batch, ..., 1)``; y_pred ``(batch, ..., classes)``.

    >>> metric = SparseCategoricalAccuracy()
    >>> float(metric([2, 1], [[0.1, 0.6, 0.3], [0.05, 0.95, 0]]))
    0.5
    """

    _direction = "up"

    def __init__(
        self,
        name: str | None = "sparse_categorical_accuracy",
        dtype: Any = None,
    ) -> None:
        super().__init__(sparse_categorical_accuracy, name=name, dtype=dtype)
