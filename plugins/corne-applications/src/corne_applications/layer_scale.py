"""LayerScale: one learned factor per channel."""

from __future__ import annotations

from typing import Any

from corne import Layer, initializers, ops
from corne.backend import Array, Shape


class LayerScale(Layer):
    """Multiply every channel by a learned factor: ``y[..., c] = gamma[c] * x[..., c]``.

    Args:
        init_values: Start value of ``gamma``.
        projection_dim: Number of channels.
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        input ``(batch, ..., projection_dim)``; output the same; ``gamma`` ``(projection_dim,)``.

    Source: Touvron et al. 2021, https://arxiv.org/abs/2103.17239, section 2.1

    >>> import numpy as np
    >>> LayerScale(0.5, 2)(np.array([[2.0, 4.0]])).tolist()
    [[1.0, 2.0]]
    """

    def __init__(self, init_values: float, projection_dim: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.init_values = init_values
        self.projection_dim = projection_dim

    def build(self, input_shape: Shape) -> None:
        """Make ``gamma``."""
        self.gamma = self.add_weight(
            shape=(self.projection_dim,), initializer=initializers.Constant(self.init_values), name="gamma"
        )

    def call(self, inputs: Array) -> Array:
        """Multiply."""
        return ops.multiply(inputs, self.gamma)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return ``input_shape``."""
        return tuple(input_shape)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {
            **super().get_config(),
            "init_values": self.init_values,
            "projection_dim": self.projection_dim,
        }
