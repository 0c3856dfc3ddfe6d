"""How often the one-hot label's class is among the k most probable."""

from __future__ import annotations

from typing import Any

from corne import checks, ops
from corne.backend import Array
from corne.metric import MeanMetricWrapper
from corne.targets import same_shape

from corne_metrics._classes import among_top


def top_k_categorical_accuracy(y_true: Any, y_pred: Any, k: int = 5) -> Array:
    """Return 1 where the true class is among the ``k`` largest predictions, else 0.

    Args:
        y_true: One-hot labels.
        y_pred: Probabilities or logits.
        k: Number of the largest that count. Default 5.

    Shapes:
        y_true and y_pred ``(batch, ..., classes)``; result ``(batch, ...)``.

    Raises:
        ShapeError: The shapes differ.
    """
    fix = "Labels must be one-hot; for class numbers use sparse_top_k_categorical_accuracy."
    y_true, y_pred = same_shape(y_true, y_pred, "top_k_categorical_accuracy", fix)
    return among_top(ops.argmax(y_true, axis=-1), y_pred, k)


class TopKCategoricalAccuracy(MeanMetricWrapper):
    """How often the one-hot label's class is among the ``k`` most probable, from 0 to 1.

    Args:
        name: Default ``"top_k_categorical_accuracy"``.
        dtype: Name of the dtype to compute in. Default ``config.floatx()``.
        k: Number of the most probable classes that count. Default 5.

    Shapes:
        y_true and y_pred ``(batch, ..., classes)``.

    >>> metric = TopKCategoricalAccuracy(k=1)
    >>> float(metric([[0, 0, 1], [0, 1, 0]], [[0.1, 0.9, 0.8], [0.05, 0.95, 0]]))
    0.5
    """

    _direction = "up"

    def __init__(
        self,
        k: int = 5,
        name: str | None = "top_k_categorical_accuracy",
        dtype: Any = None,
    ) -> None:
        checks.integer("TopKCategoricalAccuracy(k=…)", k, least=1)
        super().__init__(top_k_categorical_accuracy, name=name, dtype=dtype, k=k)
        self.k = k
