"""CustomScaleLayer: the sum at the end of an Inception-ResNet block."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corne import Layer, ops
from corne.backend import Array, Shape


class CustomScaleLayer(Layer):
    """Add the second input, scaled, to the first: ``y = a + scale * b``.

    Args:
        scale: Factor of the second input.
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        inputs: a list of two ``(batch, ...)``; output the same.

    Source: Szegedy et al. 2017, https://arxiv.org/abs/1602.07261, section 3.3

    >>> import numpy as np
    >>> CustomScaleLayer(0.5)([np.array([[1.0]]), np.array([[4.0]])]).tolist()
    [[3.0]]
    """

    def __init__(self, scale: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.scale = scale

    def call(self, inputs: Sequence[Array]) -> Array:
        """Add."""
        return ops.add(inputs[0], ops.multiply(inputs[1], self.scale))

    def compute_output_shape(self, input_shape: Sequence[Shape]) -> Shape:
        """Return the first input's shape."""
        return tuple(input_shape[0])

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "scale": self.scale}
