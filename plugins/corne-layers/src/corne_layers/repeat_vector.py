"""RepeatVector: one vector, n times."""

from __future__ import annotations

from typing import Any

from corne import checks, ops
from corne.backend import Array, Shape
from corne.layer import InputSpec, Layer


class RepeatVector(Layer):
    """Repeat each sample's vector ``n`` times along a new axis.

    Args:
        n: How often.
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        input ``(batch, features)``; output ``(batch, n, features)``.

    Raises:
        ArgumentError: ``n`` is not a positive integer.
        ShapeError: The input does not have two axes.

    >>> RepeatVector(2)([[1.0, 2.0]]).tolist()
    [[[1.0, 2.0], [1.0, 2.0]]]
    """

    acts_per_sample = True

    config_kinds = {}

    def __init__(self, n: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.n = checks.integer("RepeatVector(n=…)", n, least=1)
        self.input_spec = InputSpec(ndim=2)
        self.built = type(self).build is Layer.build  # nothing to make

    def call(self, inputs: Array) -> Array:
        """Repeat."""
        return ops.repeat(ops.expand_dims(inputs, 1), self.n, axis=1)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return ``(batch, n, features)``."""
        return (input_shape[0], self.n, input_shape[1])
