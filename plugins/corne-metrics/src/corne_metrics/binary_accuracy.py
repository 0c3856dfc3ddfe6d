"""How often probabilities are on the right side of a threshold."""

from __future__ import annotations

from typing import Any

from corne import checks, config, ops
from corne.backend import Array
from corne.metric import MeanMetricWrapper
from corne.targets import matched


def binary_accuracy(y_true: Any, y_pred: Any, threshold: float = 0.5) -> Array:
    """Return 1 where ``y_pred > threshold`` says the same as ``y_true``, else 0.

    Args:
        y_true: Labels, 0 or 1.
        y_pred: Probabilities.
        threshold: Predictions above it mean 1, others 0. Default 0.5.

    Shapes:
        y_true and y_pred equal; result the same.

    Raises:
        ShapeError: The shapes don't fit.
    """
    y_true, y_pred = matched(y_true, y_pred, "binary_accuracy")
    says_one = ops.cast(ops.greater(y_pred, threshold), y_pred.dtype)
    return ops.cast(ops.equal(y_true, says_one), config.floatx())


class BinaryAccuracy(MeanMetricWrapper):
    """How often probabilities are on the right side of a threshold, from 0 to 1.

    Args:
        name: Default ``"binary_accuracy"``.
        dtype: Name of the dtype to compute in. Default ``config.floatx()``.
        threshold: Predictions above it mean 1, others 0. Default 0.5.

    Shapes:
        y_true and y_pred equal.

    >>> metric = BinaryAccuracy()
    >>> float(metric([[1], [1], [0], [0]], [[0.98], [1], [0], [0.6]]))
    0.75
    """

    _direction = "up"

    def __init__(
        self,
        name: str | None = "binary_accuracy",
        dtype: Any = None,
        threshold: float = 0.5,
    ) -> None:
        checks.probability("BinaryAccuracy(threshold=…)", threshold)
        super().__init__(binary_accuracy, name=name, dtype=dtype, threshold=threshold)
        self.threshold = threshold
