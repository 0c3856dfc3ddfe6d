"""Permute: the axes in another order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corne import ops
from corne.backend import Array, Shape
from corne.errors import ArgumentError
from corne.layer import InputSpec, Layer
from corne.symbolic import SymbolicTensor

from corne_layers._specs import spec_like


class Permute(Layer):
    """Put the axes of each sample in another order.

    Args:
        dims: The old axes in their new order, counted from 1 (0 is the batch): ``(2, 1)`` swaps two.
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        input ``(batch, ...)`` with as many axes after the batch as ``dims``; output the same, permuted.

    Raises:
        ArgumentError: ``dims`` does not name each axis from 1 on once.
        ShapeError: The input has another number of axes.

    >>> import numpy as np
    >>> tuple(Permute((2, 1))(np.ones((5, 2, 3))).shape)
    (5, 3, 2)
    """

    acts_per_sample = True

    config_kinds = {}

    def __init__(self, dims: Sequence[int], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.dims = tuple(dims)
        if sorted(self.dims) != list(range(1, len(self.dims) + 1)):
            raise ArgumentError(
                "Permute(dims=…)", f"the axes from 1 to {len(self.dims)}, each once", f"{dims}",
                "Count from 1, for 0 is the batch.",
            )  # fmt: skip
        self.input_spec = InputSpec(ndim=len(self.dims) + 1)
        self.built = type(self).build is Layer.build  # nothing to make

    def call(self, inputs: Array) -> Array:
        """Transpose."""
        return ops.transpose(inputs, (0, *self.dims))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the sizes in their new order."""
        return (input_shape[0], *(input_shape[axis] for axis in self.dims))

    def compute_output_spec(self, inputs: SymbolicTensor) -> SymbolicTensor:
        """Return the shape and the input's dtype, integers included."""
        return spec_like(self, self.compute_output_shape(inputs.shape), inputs.dtype)
