"""Masking: tell later layers which time steps are padding."""

from __future__ import annotations

from typing import Any

from corne import ops
from corne.backend import Array, Shape
from corne.layer import Layer
from corne.serialization import deserialize_object


class Masking(Layer):
    """Mark the time steps whose values all equal ``mask_value`` as padding, and set them to 0.

    Later layers that know about masks skip these steps.

    Args:
        mask_value: What padding is filled with. Default 0.
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        input ``(batch, steps, features)``; output the same; mask ``(batch, steps)``, True for real steps.

    >>> Masking(mask_value=-1.0)([[[1.0, -1.0], [-1.0, -1.0]]]).tolist()
    [[[1.0, -1.0], [0.0, 0.0]]]
    """

    config_kinds = {}

    def __init__(self, mask_value: float = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.mask_value = deserialize_object(mask_value) if isinstance(mask_value, dict) else mask_value
        self.supports_masking = True
        self.built = type(self).build is Layer.build  # nothing to make

    def compute_mask(self, inputs: Array, previous_mask: Array | None = None) -> Array:
        """Return where a step has a value other than ``mask_value``."""
        return ops.any(ops.not_equal(inputs, self.mask_value), axis=-1)

    def call(self, inputs: Array) -> Array:
        """Set padding to 0."""
        real = ops.expand_dims(self.compute_mask(inputs), -1)
        return ops.where(real, inputs, ops.zeros_like(inputs))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return ``input_shape``."""
        return tuple(input_shape)
