"""What SeparableConv1D and SeparableConv2D share."""

from __future__ import annotations

from typing import Any

from corne import checks, constraints, initializers, ops, regularizers
from corne.backend import Array, Shape
from corne.variable import Variable

from corne_conv._depthwise_conv import DepthwiseConv


class SeparableConv(DepthwiseConv):
    """Base of the layers that convolve each channel separately and then mix them.

    Args:
        filters: Number of output channels.
        pointwise_initializer: Start value of the kernel that mixes.
        pointwise_regularizer: Penalty on it.
        pointwise_constraint: Applied to it after each update.
        **kwargs: As for :class:`DepthwiseConv`.
    """

    acts_per_sample = True

    kernel_name = "depthwise_kernel"
    depthwise_kernel: Variable

    config_kinds = {
        "pointwise_initializer": "initializers",
        "pointwise_regularizer": "regularizers",
        "pointwise_constraint": "constraints",
    }

    def __init__(
        self,
        filters: int,
        pointwise_initializer: Any,
        pointwise_regularizer: Any,
        pointwise_constraint: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.filters = checks.integer(f"{type(self).__name__}(filters=…)", filters, least=1)
        self.pointwise_initializer = initializers.get(pointwise_initializer)
        self.pointwise_regularizer = regularizers.get(pointwise_regularizer)
        self.pointwise_constraint = constraints.get(pointwise_constraint)

    def build(self, input_shape: Shape) -> None:
        """Make ``depthwise_kernel``, ``pointwise_kernel`` and ``bias``."""
        channels = self.add_depthwise_kernel(input_shape)
        self.pointwise_kernel = self.add_weight(
            shape=(*(1,) * self.rank, channels * self.depth_multiplier, self.filters),
            initializer=self.pointwise_initializer,
            regularizer=self.pointwise_regularizer,
            constraint=self.pointwise_constraint,
            name="pointwise_kernel",
        )
        self.add_bias_weight(self.filters)

    def call(self, inputs: Array) -> Array:
        """Convolve each channel, mix them, add the bias and apply the activation."""
        self.check_window(inputs)
        return self.finish(
            ops.separable_conv(
                inputs,
                self.depthwise_kernel,
                self.pointwise_kernel,
                self.strides,
                self.padding,
                self.data_format,
                self.dilation_rate,
            )
        )

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the output images."""
        return self.sliding_shape(input_shape, self.filters)
