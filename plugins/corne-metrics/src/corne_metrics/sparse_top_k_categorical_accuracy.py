"""How often the label is among the k most probable classes."""

from __future__ import annotations

from typing import Any

from corne import checks, config, ops
from corne.backend import Array
from corne.metric import MeanMetricWrapper

from corne_metrics._classes import among_top, class_numbers


def sparse_top_k_categorical_accuracy(
    y_true: Any, y_pred: Any, k: int = 5, from_sorted_ids: bool = False
) -> Array:
    """Return 1 where the true class is among the ``k`` largest predictions, else 0.

    Args:
        y_true: Class numbers, from 0.
        y_pred: Probabilities or logits; with ``from_sorted_ids`` class numbers, the most probable first.
        k: Number of the largest that count. Default 5.
        from_sorted_ids: Whether ``y_pred`` are class numbers. Default False.

    Shapes:
        y_true ``(batch, ...)`` or ``(batch, ..., 1)``; y_pred ``(batch, ..., classes)``; result
        ``(batch, ...)``.

    Raises:
        ShapeError: The shapes don't fit.
    """
    y_true, y_pred = class_numbers(y_true, y_pred, "sparse_top_k_categorical_accuracy")
    if not from_sorted_ids:
        return among_top(y_true, y_pred, k)
    first = ops.cast(y_pred[..., :k], "int32")
    return ops.cast(ops.any(ops.equal(ops.expand_dims(y_true, -1), first), axis=-1), config.floatx())


class SparseTopKCategoricalAccuracy(MeanMetricWrapper):
    """How often the label is among the ``k`` most probable classes, from 0 to 1.

    Args:
        name: Default ``"sparse_top_k_categorical_accuracy"``.
        dtype: Name of the dtype to compute in. Default ``config.floatx()``.
        k: Number of the most probable classes that count. Default 5.
        from_sorted_ids: Whether predictions are class numbers, the most probable first. Default False.

    Shapes:
        y_true ``(batch, ...)`` or ``(batch, ..., 1)``; y_pred ``(batch, ..., classes)``.

    >>> metric = SparseTopKCategoricalAccuracy(k=1)
    >>> float(metric([2, 1], [[0.1, 0.9, 0.8], [0.05, 0.95, 0]]))
    0.5
    """

    _direction = "up"

    def __init__(
        self,
        k: int = 5,
        name: str | None = "sparse_top_k_categorical_accuracy",
        dtype: Any = None,
        from_sorted_ids: bool = False,
    ) -> None:
        checks.integer("SparseTopKCategoricalAccuracy(k=…)", k, least=1)
        super().__init__(
            sparse_top_k_categorical_accuracy, name=name, dtype=dtype, k=k, from_sorted_ids=from_sorted_ids
        )
        self.k = k
        self.from_sorted_ids = from_sorted_ids
