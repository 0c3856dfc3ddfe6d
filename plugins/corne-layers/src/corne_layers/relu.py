"""ReLU: the rectified linear unit as a layer."""

from __future__ import annotations

from typing import Any

from corne import activations
from corne.backend import Array, Shape
from corne.errors import ArgumentError
from corne.layer import Layer


class ReLU(Layer):
    """Pass values above a threshold and cut or bend the others.

    ``max_value`` where ``x >= max_value``, ``x`` where ``x > threshold``, else
    ``negative_slope * (x - threshold)``.

    Args:
        max_value: Largest value returned; None for no limit. Default None.
        negative_slope: Slope below the threshold, >= 0. Default 0.
        threshold: Where the positive part begins, >= 0. Default 0.
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        input ``(batch, ...)``; output the same.

    Raises:
        ArgumentError: An argument is negative.

    >>> ReLU(max_value=6)([-1.0, 2.0, 9.0]).tolist()
    [0.0, 2.0, 6.0]
    """

    acts_per_sample = True

    config_kinds = {}

    def __init__(
        self,
        max_value: float | None = None,
        negative_slope: float = 0.0,
        threshold: float = 0.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        for name, value in {
            "max_value": 0.0 if max_value is None else max_value,
            "negative_slope": negative_slope,
            "threshold": threshold,
        }.items():
            if value is None or value < 0:
                raise ArgumentError(f"ReLU({name}=…)", "a number >= 0", repr(value))
        self.max_value = max_value
        self.negative_slope = negative_slope
        self.threshold = threshold
        self.supports_masking = True
        self.built = type(self).build is Layer.build  # nothing to make

    def call(self, inputs: Array) -> Array:
        """Apply the function."""
        return activations.relu(
            inputs,
            negative_slope=self.negative_slope,
            max_value=self.max_value,
            threshold=self.threshold,
        )

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return ``input_shape``."""
        return tuple(input_shape)
