"""Squared differences where they are small, absolute ones where they are large."""

from __future__ import annotations

from typing import Any

from corne import ops
from corne.backend import Array
from corne.errors import ArgumentError
from corne.loss import LossFunctionWrapper
from corne.targets import matched


def huber(y_true: Any, y_pred: Any, delta: float = 1.0) -> Array:
    """Return the mean over the last axis of a square that turns into a line.

    ``x ** 2 / 2`` where ``abs(x) <= delta``, else ``delta * (abs(x) - delta / 2)``; ``x = y_pred - y_true``.

    Args:
        y_true: The truth.
        y_pred: The predictions.
        delta: Where the square turns into a line. Default 1.

    Shapes:
        y_true and y_pred ``(batch, ..., n)``; result ``(batch, ...)``.

    Raises:
        ShapeError: The shapes don't fit.

    Source: Huber 1964, Robust estimation of a location parameter, https://doi.org/10.1214/aoms/1177703732

    >>> round(float(huber([[0.0, 0.0]], [[1.0, 3.0]])[0]), 4)
    1.5
    """
    y_true, y_pred = matched(y_true, y_pred, "huber")
    error = ops.subtract(y_pred, y_true)
    size = ops.absolute(error)
    square = ops.multiply(ops.square(error), 0.5)
    line = ops.subtract(ops.multiply(size, delta), 0.5 * delta**2)
    return ops.mean(ops.where(ops.less_equal(size, delta), square, line), axis=-1)


class Huber(LossFunctionWrapper):
    """Squared differences where they are small, absolute ones where they are large.

    Args:
        delta: Where the square turns into a line, above 0. Default 1.
        reduction: As for :class:`corne.losses.Loss`. Default ``"sum_over_batch_size"``.
        name: Default ``"huber_loss"``.
        dtype: Name of the dtype to compute in. Default ``config.floatx()``.

    Shapes:
        y_true and y_pred ``(batch, ..., n)``.

    Raises:
        ArgumentError: ``delta`` is not above 0.

    >>> round(float(Huber()([[0.0, 0.0]], [[1.0, 3.0]])), 4)
    1.5
    """

    def __init__(
        self,
        delta: float = 1.0,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "huber_loss",
        dtype: Any = None,
    ) -> None:
        if not delta > 0:
            raise ArgumentError("Huber(delta=…)", "a number above 0", repr(delta))
        super().__init__(huber, reduction=reduction, name=name, dtype=dtype, delta=delta)
        self.delta = delta
