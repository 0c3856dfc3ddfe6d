"""Activation: an activation function as a layer."""

from __future__ import annotations

from typing import Any

from corne import activations
from corne.backend import Array, Shape
from corne.layer import Layer


class Activation(Layer):
    """Apply an activation function to the input.

    Args:
        activation: Name or function.
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        input ``(batch, ...)``; output the same.

    Raises:
        UnknownNameError: No activation of that name is registered.

    >>> Activation("relu")([-1.0, 2.0]).tolist()
    [0.0, 2.0]
    """

    acts_per_sample = True

    config_kinds = {"activation": "activations"}

    def __init__(self, activation: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.activation = activations.get(activation)
        self.supports_masking = True
        self.built = type(self).build is Layer.build  # nothing to make

    def call(self, inputs: Array) -> Array:
        """Apply the function."""
        return self.activation(inputs)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return ``input_shape``."""
        return tuple(input_shape)
