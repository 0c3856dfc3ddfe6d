"""Flatten: all axes but the batch's into one."""

from __future__ import annotations

import math
from typing import Any

from corne import checks, ops
from corne.backend import Array, Shape
from corne.layer import InputSpec, Layer
from corne.symbolic import SymbolicTensor

from corne_layers._specs import spec_like


class Flatten(Layer):
    """Put all axes but the batch's into one.

    Args:
        data_format: With "channels_first" channels are moved behind the places first, so that one
            ``Dense`` after it fits both formats. Default None: ``config.image_data_format()``.
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        input ``(batch, ...)``; output ``(batch, features)``.

    >>> import numpy as np
    >>> tuple(Flatten()(np.ones((2, 3, 4))).shape)
    (2, 12)
    """

    acts_per_sample = True

    config_kinds = {}

    def __init__(self, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.data_format = checks.data_format("Flatten(data_format=…)", data_format)
        self.input_spec = InputSpec(min_ndim=1)
        self.built = type(self).build is Layer.build  # nothing to make

    def call(self, inputs: Array) -> Array:
        """Reshape to ``(batch, features)``."""
        rank = len(inputs.shape)
        if self.data_format == "channels_first" and rank > 2:
            inputs = ops.transpose(inputs, (0, *range(2, rank), 1))
        return ops.reshape(inputs, (inputs.shape[0], math.prod(inputs.shape[1:])))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return ``(batch, product of the other sizes)``."""
        batch, *others = input_shape
        sizes = [size for size in others if size is not None]
        return (batch, math.prod(sizes) if len(sizes) == len(others) else None)

    def compute_output_spec(self, inputs: SymbolicTensor) -> SymbolicTensor:
        """Return the shape and the input's dtype, integers included."""
        return spec_like(self, self.compute_output_shape(inputs.shape), inputs.dtype)
