"""Swirl: pairs of channels turned by learned angles."""

from __future__ import annotations

from typing import Any

from corne import initializers
from corne.backend import Array, Shape
from corne.errors import ShapeError
from corne.layer import InputSpec, Layer

from corne_example_layer.swirl import swirl


class Swirl(Layer):
    """Turn each pair of channels by a learned angle.

    Args:
        angle_initializer: Angles at first, in radians. Default "zeros", which turns nothing.
        **kwargs: As for every layer: ``name``, ``dtype``, ``trainable``.

    Shapes:
        input ``(batch, ..., channels)``; output the same; ``angle`` ``(channels / 2,)``.

    Raises:
        ShapeError: The number of channels is unknown or odd.

    >>> import numpy as np
    >>> tuple(Swirl()(np.ones((2, 4), "float32")).shape)
    (2, 4)
    """

    def __init__(self, angle_initializer: Any = "zeros", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.angle_initializer = initializers.get(angle_initializer)
        self.supports_masking = True

    def build(self, input_shape: Shape) -> None:
        """Make the angles."""
        channels = input_shape[-1]
        if channels is None or channels % 2:
            raise ShapeError(
                self.name,
                "a fixed, even number of channels on the last axis",
                f"shape {tuple(input_shape)}",
                "",
            )
        self.angle = self.add_weight(shape=(channels // 2,), initializer=self.angle_initializer, name="angle")
        self.input_spec = InputSpec(axes={-1: channels})

    def call(self, inputs: Array) -> Array:
        """Return the inputs, turned."""
        return swirl(inputs, self.angle)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the input's shape."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "angle_initializer": initializers.serialize(self.angle_initializer)}
