"""The least that a training step needs, so that the kit asks for no other plugin."""

from __future__ import annotations

from typing import Any

from corne import ops
from corne.backend import Array, Shape
from corne.layer import Layer
from corne.optimizer import Optimizer


class Descent(Optimizer):
    """Plain gradient descent: ``w -= learning_rate * gradient``."""

    def update_step(self, gradient: Array, variable: Any, learning_rate: Array) -> None:
        """Change one weight."""
        self.assign_sub(variable, ops.multiply(gradient, ops.cast(learning_rate, gradient.dtype)))


class Shift(Layer):
    """Add one learned number, which is zero at first: something to train before a layer without weights."""

    def build(self, input_shape: Shape) -> None:
        """Make the number."""
        self.number = self.add_weight(shape=(), initializer="zeros", name="number")

    def call(self, inputs: Array) -> Array:
        """Return ``inputs + number``."""
        return ops.add(inputs, self.number)


def mean_square(y_true: Array, y_pred: Array) -> Array:
    """Return the mean over the last axis of ``(y_pred - y_true) ** 2``."""
    return ops.mean(ops.square(ops.subtract(y_pred, ops.cast(y_true, y_pred.dtype))), axis=-1)
