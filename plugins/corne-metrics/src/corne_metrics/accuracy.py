"""How often predictions equal the truth."""

from __future__ import annotations

from typing import Any

from corne import config, ops
from corne.backend import Array
from corne.metric import MeanMetricWrapper
from corne.targets import matched


def accuracy(y_true: Any, y_pred: Any) -> Array:
    """Return 1 where ``y_true`` equals ``y_pred``, else 0.

    Shapes:
        y_true and y_pred equal; result the same.

    Raises:
        ShapeError: The shapes don't fit.
    """
    y_true, y_pred = matched(y_true, y_pred, "accuracy")
    return ops.cast(ops.equal(y_true, y_pred), config.floatx())


class Accuracy(MeanMetricWrapper):
    """How often predictions equal the truth, from 0 to 1.

    Args:
        name: Default ``"accuracy"``.
        dtype: Name of the dtype to compute in. Default ``config.floatx()``.

    Shapes:
        y_true and y_pred equal.

    >>> metric = Accuracy()
    >>> float(metric([1, 2, 3, 4], [0, 2, 3, 4]))
    0.75
    """

    _direction = "up"

    def __init__(
        self,
        name: str | None = "accuracy",
        dtype: Any = None,
    ) -> None:
        super().__init__(accuracy, name=name, dtype=dtype)
