"""UnitNormalization: vectors of length 1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corne import ops
from corne.backend import Array, Shape
from corne.errors import ArgumentError, ShapeError
from corne.layer import Layer


class UnitNormalization(Layer):
    """Divide by the Euclidean norm along ``axis``.

    Args:
        axis: Axis, or several, over which the norm is taken. Default -1.
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        input ``(batch, ...)``; output the same.

    Raises:
        ArgumentError: ``axis`` is no integer and no sequence of integers.
        ShapeError: An axis does not exist.

    >>> UnitNormalization()([[3.0, 0.0]]).tolist()
    [[1.0, 0.0]]
    """

    acts_per_sample = True

    config_kinds = {}

    def __init__(self, axis: int | Sequence[int] = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not isinstance(axis, (int, list, tuple)):
            raise ArgumentError(
                "UnitNormalization(axis=…)", "an integer or several", repr(axis), "Use -1 for the last axis."
            )
        self.axis = axis if isinstance(axis, int) else list(axis)
        self.supports_masking = True
        self.built = type(self).build is Layer.build  # nothing to make

    def call(self, inputs: Array) -> Array:
        """Normalize."""
        self.compute_output_shape(tuple(inputs.shape))
        return ops.normalize(inputs, axis=self.axis, order=2, epsilon=1e-12)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return ``input_shape``."""
        rank = len(input_shape)
        for axis in [self.axis] if isinstance(self.axis, int) else self.axis:
            if not -rank <= axis < rank:
                raise ShapeError(self.name, f"an input with an axis {axis}", f"shape {tuple(input_shape)}")
        return tuple(input_shape)
