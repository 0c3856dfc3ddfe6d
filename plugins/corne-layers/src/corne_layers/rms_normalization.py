"""RMSNormalization: root mean square 1 within each sample."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corne import checks, ops
from corne.backend import Array, Shape
from corne.layer import Layer


class RMSNormalization(Layer):
    """Divide by the root of the mean square along ``axis``, and scale.

    ``y = scale * x / sqrt(mean(x**2) + epsilon)``

    Args:
        axis: Axis, or several, over which the mean is taken. Default -1.
        epsilon: Added to the mean square. Default 1e-6.
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        input ``(batch, ...)``; output the same; ``scale`` has the sizes of ``axis``.

    Raises:
        ShapeError: An axis does not exist or has no fixed size.

    Source: Root Mean Square Layer Normalization, Zhang and Sennrich 2019, https://arxiv.org/abs/1910.07467

    >>> RMSNormalization(epsilon=0.0)([[2.0, -2.0]]).tolist()
    [[1.0, -1.0]]
    """

    acts_per_sample = True

    config_kinds = {}

    def __init__(self, axis: int | Sequence[int] = -1, epsilon: float = 1e-6, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = axis if isinstance(axis, int) else list(axis)
        self.epsilon = epsilon

    def build(self, input_shape: Shape) -> None:
        """Make ``scale``."""
        axes = [self.axis] if isinstance(self.axis, int) else self.axis
        checks.axes(self.name, axes, input_shape, sized=True)
        self._axes = sorted(axis % len(input_shape) for axis in axes)
        self.scale = self.add_weight(
            shape=tuple(input_shape[axis] for axis in self._axes), initializer="ones", name="scale"
        )

    def call(self, inputs: Array) -> Array:
        """Normalize."""
        return ops.rms_normalization(inputs, self.scale, self._axes, self.epsilon)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return ``input_shape``."""
        return tuple(input_shape)
