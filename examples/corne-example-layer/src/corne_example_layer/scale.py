"""Scale: a learned factor per channel."""

from __future__ import annotations

from typing import Any

from corne import initializers, ops, regularizers
from corne.backend import Array, Shape
from corne.errors import ArgumentError, ShapeError
from corne.layer import InputSpec, Layer


class Scale(Layer):
    """Multiply every channel by a learned factor.

    ``y[..., c] = gamma[c] * x[..., c]``

    Args:
        axis: Axis that holds the channels; not 0, which holds the batch. Default -1.
        initial_value: What every factor is at first, a number without unit. Default 1e-4, which all but
            switches a residual branch off, as the paper does in deep networks.
        gamma_regularizer: Penalty on ``gamma``. Default None.
        **kwargs: As for every layer: ``name``, ``dtype``, ``trainable``.

    Shapes:
        input ``(batch, ..., channels)``, channels at ``axis``; output the same; ``gamma`` ``(channels,)``.

    Raises:
        ArgumentError: ``axis`` is 0 or not an integer.
        ShapeError: The channel axis is missing or has no fixed size.

    Source: LayerScale, Touvron et al. 2021, https://arxiv.org/abs/2103.17239

    >>> import numpy as np
    >>> Scale(initial_value=2.0)(np.ones((2, 3))).shape[-1]
    3
    """

    def __init__(
        self, axis: int = -1, initial_value: float = 1e-4, gamma_regularizer: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        if not isinstance(axis, int) or axis == 0:
            raise ArgumentError(
                "Scale(axis=…)",
                "an integer other than 0",
                repr(axis),
                "Axis 0 is the batch; use -1 for the last.",
            )
        self.axis = axis
        self.initial_value = float(initial_value)
        self.gamma_regularizer = regularizers.get(gamma_regularizer)
        self.supports_masking = True

    def build(self, input_shape: Shape) -> None:
        """Make ``gamma``."""
        rank = len(input_shape)
        if not -rank < self.axis < rank:
            raise ShapeError(
                self.name, f"an input with an axis {self.axis} besides the batch", f"shape {tuple(input_shape)}",
                "Correct axis, or add the axis to the input.",
            )  # fmt: skip
        channels = input_shape[self.axis]
        if channels is None:
            raise ShapeError(
                self.name, f"a fixed size on axis {self.axis}", f"shape {tuple(input_shape)}",
                "gamma has that size: give Input a full shape there.",
            )  # fmt: skip
        self.gamma = self.add_weight(
            shape=(channels,),
            initializer=initializers.Constant(self.initial_value),
            regularizer=self.gamma_regularizer,
            name="gamma",
        )
        self.input_spec = InputSpec(ndim=rank, axes={self.axis: channels})

    def call(self, inputs: Array) -> Array:
        """Return ``inputs`` times ``gamma``, along the channel axis."""
        shape = [1] * len(inputs.shape)
        shape[self.axis] = -1
        return ops.multiply(inputs, ops.reshape(self.gamma, shape))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the input's shape."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {
            **super().get_config(),
            "axis": self.axis,
            "initial_value": self.initial_value,
            "gamma_regularizer": regularizers.serialize(self.gamma_regularizer),
        }
