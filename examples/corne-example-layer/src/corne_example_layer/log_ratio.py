"""LogRatio: how many times too large or too small a prediction is."""

from __future__ import annotations

from typing import Any

from corne import ops
from corne.backend import Array
from corne.losses import Loss


def log_ratio(y_true: Array, y_pred: Array, floor: float = 1e-6) -> Array:
    """Return the mean over the last axis of ``log(max(y_pred, floor) / max(y_true, floor)) ** 2``.

    Args:
        y_true: Positive numbers.
        y_pred: Predictions of the same shape.
        floor: The smallest number told apart from zero, in the unit of ``y_true``. Default 1e-6.

    Shapes:
        both ``(batch, ..., outputs)``; the result ``(batch, ...)``.

    >>> round(float(log_ratio([1.0], [2.718281828])), 4)
    1.0
    """
    y_pred = ops.convert_to_tensor(y_pred)
    y_true = ops.cast(y_true, y_pred.dtype)
    difference = ops.log(ops.maximum(y_pred, floor)) - ops.log(ops.maximum(y_true, floor))
    return ops.mean(ops.square(difference), axis=-1)


class LogRatio(Loss):
    """The mean squared logarithm of prediction over target: twice as much costs the same as half as much.

    ``mean(log(y_pred / y_true) ** 2)``

    Args:
        floor: The smallest number told apart from zero, in the unit of ``y_true``. Default 1e-6.
        name: Default "log_ratio".
        **kwargs: As for every loss: ``reduction``, ``dtype``.
    """

    def __init__(self, floor: float = 1e-6, name: str = "log_ratio", **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)
        self.floor = floor

    def call(self, y_true: Array, y_pred: Array) -> Array:
        """Return one value per sample."""
        return log_ratio(y_true, y_pred, self.floor)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "floor": self.floor}
