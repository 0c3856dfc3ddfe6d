"""Reshape: the same values in another shape."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from corne import ops
from corne.backend import Array, Shape
from corne.errors import ArgumentError, ShapeError
from corne.layer import Layer
from corne.symbolic import SymbolicTensor

from corne_layers._specs import spec_like


class Reshape(Layer):
    """Give each sample another shape.

    Args:
        target_shape: Sizes without the batch's; one of them may be -1, for what is left over.
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        input ``(batch, ...)``; output ``(batch, *target_shape)``.

    Raises:
        ArgumentError: More than one -1, or a size that is no integer or below -1.
        ShapeError: The number of values differs.

    >>> import numpy as np
    >>> tuple(Reshape((2, -1))(np.ones((5, 12))).shape)
    (5, 2, 6)
    """

    acts_per_sample = True

    config_kinds = {}

    def __init__(self, target_shape: Sequence[int], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        shape = tuple(target_shape) if isinstance(target_shape, Sequence) else (target_shape,)
        whole = all(isinstance(size, int) and not isinstance(size, bool) and size >= -1 for size in shape)
        if not whole or shape.count(-1) > 1:
            raise ArgumentError(
                "Reshape(target_shape=…)", "integers >= 0, at most one of them -1", repr(target_shape),
                "Leave the batch out: (28, 28, 1) for images.",
            )  # fmt: skip
        self.target_shape = shape
        self.built = type(self).build is Layer.build  # nothing to make

    def call(self, inputs: Array) -> Array:
        """Reshape each sample."""
        self.compute_output_shape(tuple(inputs.shape))
        return ops.reshape(inputs, (inputs.shape[0], *self._filled(tuple(inputs.shape))))

    def _filled(self, input_shape: Shape) -> tuple[int, ...]:
        """Return ``target_shape`` with what is left over in place of -1, where that is known."""
        sizes = [size for size in input_shape[1:] if size is not None]
        if len(sizes) < len(input_shape) - 1:
            return self.target_shape
        rest = math.prod(size for size in self.target_shape if size != -1)
        return tuple(
            size if size != -1 else (math.prod(sizes) // rest if rest else 0) for size in self.target_shape
        )

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return ``(batch, *target_shape)``, -1 replaced where it is known."""
        filled = self._filled(input_shape)
        sizes = [size for size in input_shape[1:] if size is not None]
        if len(sizes) == len(input_shape) - 1 and math.prod(sizes) != math.prod(filled):
            raise ShapeError(
                self.name, f"samples whose number of values fits target_shape {self.target_shape}",
                f"{math.prod(sizes)} values in input shape {tuple(input_shape)}",
                "The sizes of both shapes must have the same product.",
            )  # fmt: skip
        return (input_shape[0], *(None if size == -1 else size for size in filled))

    def compute_output_spec(self, inputs: SymbolicTensor) -> SymbolicTensor:
        """Return the shape and the input's dtype, integers included."""
        return spec_like(self, self.compute_output_shape(inputs.shape), inputs.dtype)
