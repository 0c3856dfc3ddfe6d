"""What Conv1D, Conv2D and Conv3D share."""

from __future__ import annotations

from typing import Any

from corne import checks, constraints, initializers, ops, regularizers
from corne.backend import Array, Shape
from corne.errors import ArgumentError, ShapeError

from corne_conv._window_layer import WindowLayer


class Conv(WindowLayer):
    """Base of the convolution layers.

    Args:
        filters: Number of output channels.
        groups: Number of groups that channels are divided into.
        kernel_initializer: Start value of ``kernel``.
        kernel_regularizer: Penalty on ``kernel``.
        kernel_constraint: Applied to ``kernel`` after each update.
        **kwargs: As for :class:`WindowLayer`.
    """

    acts_per_sample = True

    config_kinds = {
        "kernel_initializer": "initializers",
        "kernel_regularizer": "regularizers",
        "kernel_constraint": "constraints",
    }

    def __init__(
        self,
        filters: int,
        groups: int,
        kernel_initializer: Any,
        kernel_regularizer: Any,
        kernel_constraint: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        name = type(self).__name__
        self.filters = checks.integer(f"{name}(filters=…)", filters, least=1)
        self.groups = checks.integer(f"{name}(groups=…)", groups, least=1)
        if self.filters % self.groups:
            raise ArgumentError(
                f"{name}(groups=…)", f"a divisor of filters={self.filters}", repr(groups),
                "Each group makes the same number of output channels.",
            )  # fmt: skip
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)

    def build(self, input_shape: Shape) -> None:
        """Make ``kernel`` and ``bias``."""
        channels = self.fix_channels(input_shape)
        if channels % self.groups:
            raise ShapeError(
                self.name, f"a number of input channels divisible by groups={self.groups}",
                f"{channels} in shape {tuple(input_shape)}", "Use a divisor of the number of channels.",
            )  # fmt: skip
        self.compute_output_shape(input_shape)
        self.kernel = self.add_weight(
            shape=(*self.kernel_size, channels // self.groups, self.filters),
            initializer=self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
            name="kernel",
        )
        self.add_bias_weight(self.filters)

    def call(self, inputs: Array) -> Array:
        """Convolve, add the bias and apply the activation."""
        self.check_window(inputs)
        outputs = ops.conv(
            inputs, self.kernel, self.strides, self.padding, self.data_format, self.dilation_rate, self.bias
        )
        return self.activation(outputs)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the output images."""
        return self.sliding_shape(input_shape, self.filters)
