"""LeakyReLU: a rectified linear unit that lets a little through below 0."""

from __future__ import annotations

from typing import Any

from corne import ops
from corne.backend import Array, Shape
from corne.errors import ArgumentError
from corne.layer import Layer


class LeakyReLU(Layer):
    """Return ``x`` where it is positive, else ``negative_slope * x``.

    Args:
        negative_slope: Slope of the negative part, >= 0. Default 0.3.
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        input ``(batch, ...)``; output the same.

    Raises:
        ArgumentError: ``negative_slope`` is negative.

    >>> LeakyReLU(0.5)([-1.0, 2.0]).tolist()
    [-0.5, 2.0]
    """

    acts_per_sample = True

    config_kinds = {}

    def __init__(self, negative_slope: float = 0.3, **kwargs: Any) -> None:
        negative_slope = kwargs.pop("alpha", negative_slope)  # its name in Keras 2
        super().__init__(**kwargs)
        if negative_slope is None or negative_slope < 0:
            raise ArgumentError("LeakyReLU(negative_slope=…)", "a number >= 0", repr(negative_slope))
        self.negative_slope = negative_slope
        self.supports_masking = True
        self.built = type(self).build is Layer.build  # nothing to make

    def call(self, inputs: Array) -> Array:
        """Apply the function."""
        return ops.leaky_relu(inputs, self.negative_slope)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return ``input_shape``."""
        return tuple(input_shape)
