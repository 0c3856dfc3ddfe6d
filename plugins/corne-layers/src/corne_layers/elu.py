"""ELU: the exponential linear unit as a layer."""

from __future__ import annotations

from typing import Any

from corne import ops
from corne.backend import Array, Shape
from corne.layer import Layer


class ELU(Layer):
    """Return ``x`` where it is positive, else ``alpha * (exp(x) - 1)``.

    Args:
        alpha: The value ``-alpha`` is approached for very negative ``x``. Default 1.
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        input ``(batch, ...)``; output the same.

    Source: ELU, Clevert et al. 2016, https://arxiv.org/abs/1511.07289

    >>> ELU()([0.0, 2.0]).tolist()
    [0.0, 2.0]
    """

    acts_per_sample = True

    config_kinds = {}

    def __init__(self, alpha: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.alpha = alpha
        self.supports_masking = True
        self.built = type(self).build is Layer.build  # nothing to make

    def call(self, inputs: Array) -> Array:
        """Apply the function."""
        return ops.elu(inputs, self.alpha)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return ``input_shape``."""
        return tuple(input_shape)
