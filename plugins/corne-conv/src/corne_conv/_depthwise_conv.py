"""What DepthwiseConv1D, DepthwiseConv2D and the separable convolutions share."""

from __future__ import annotations

from typing import Any

from corne import checks, constraints, initializers, ops, regularizers
from corne.backend import Array, Shape
from corne.variable import Variable

from corne_conv._window_layer import WindowLayer


class DepthwiseConv(WindowLayer):
    """Base of the layers that convolve each channel separately.

    Args:
        depth_multiplier: Number of output channels for each input channel.
        depthwise_initializer: Start value of the kernel.
        depthwise_regularizer: Penalty on the kernel.
        depthwise_constraint: Applied to the kernel after each update.
        **kwargs: As for :class:`WindowLayer`.
    """

    acts_per_sample = True

    kernel_name = "kernel"
    kernel: Variable

    config_kinds = {
        "depthwise_initializer": "initializers",
        "depthwise_regularizer": "regularizers",
        "depthwise_constraint": "constraints",
    }

    def __init__(
        self,
        depth_multiplier: int,
        depthwise_initializer: Any,
        depthwise_regularizer: Any,
        depthwise_constraint: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.depth_multiplier = checks.integer(
            f"{type(self).__name__}(depth_multiplier=…)", depth_multiplier, least=1
        )
        self.depthwise_initializer = initializers.get(depthwise_initializer)
        self.depthwise_regularizer = regularizers.get(depthwise_regularizer)
        self.depthwise_constraint = constraints.get(depthwise_constraint)

    def add_depthwise_kernel(self, input_shape: Shape) -> int:
        """Make the kernel that has weights for each channel, and return their number."""
        channels = self.fix_channels(input_shape)
        self.compute_output_shape(input_shape)
        kernel = self.add_weight(
            shape=(*self.kernel_size, channels, self.depth_multiplier),
            initializer=self.depthwise_initializer,
            regularizer=self.depthwise_regularizer,
            constraint=self.depthwise_constraint,
            name=self.kernel_name,
        )
        setattr(self, self.kernel_name, kernel)
        return channels

    def build(self, input_shape: Shape) -> None:
        """Make ``kernel`` and ``bias``."""
        channels = self.add_depthwise_kernel(input_shape)
        self.add_bias_weight(channels * self.depth_multiplier)

    def call(self, inputs: Array) -> Array:
        """Convolve each channel, add the bias and apply the activation."""
        self.check_window(inputs)
        return self.finish(
            ops.depthwise_conv(
                inputs, self.kernel, self.strides, self.padding, self.data_format, self.dilation_rate
            )
        )

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the output images."""
        channels = input_shape[-1 if self.data_format == "channels_last" else 1]
        return self.sliding_shape(input_shape, None if channels is None else channels * self.depth_multiplier)
