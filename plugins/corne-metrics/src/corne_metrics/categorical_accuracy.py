"""How often the most probable class is the one-hot label's."""

from __future__ import annotations

from typing import Any

from corne import config, ops
from corne.backend import Array
from corne.metric import MeanMetricWrapper
from corne.targets import same_shape


def categorical_accuracy(y_true: Any, y_pred: Any) -> Array:
    """Return 1 where the largest prediction is that of the true class, else 0.

    Args:
        y_true: One-hot labels.
        y_pred: Probabilities or logits.

    Shapes:
        y_true and y_pred ``(batch, ..., classes)``; result ``(batch, ...)``.

    Raises:
        ShapeError: The shapes differ.
    """
    fix = "Labels must be one-hot; for class numbers use sparse_categorical_accuracy."
    y_true, y_pred = same_shape(y_true, y_pred, "categorical_accuracy", fix)
    return ops.cast(ops.equal(ops.argmax(y_true, axis=-1), ops.argmax(y_pred, axis=-1)), config.floatx())


class CategoricalAccuracy(MeanMetricWrapper):
    """How often the most probable class is the one-hot label's, from 0 to 1.

    Args:
        name: Default ``"categorical_accuracy"``.
        dtype: Name of the dtype to compute in. Default ``config.floatx()``.

    Shapes:
        y_true and y_pred ``(batch, ..., classes)``.

    >>> metric = CategoricalAccuracy()
    >>> float(metric([[0, 0, 1], [0, 1, 0]], [[0.1, 0.9, 0.8], [0.05, 0.95, 0]]))
    0.5
    """

    _direction = "up"

    def __init__(
        self,
        name: str | None = "categorical_accuracy",
        dtype: Any = None,
    ) -> None:
        super().__init__(categorical_accuracy, name=name, dtype=dtype)
