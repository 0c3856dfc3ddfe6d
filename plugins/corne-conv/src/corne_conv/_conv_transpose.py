"""What Conv1DTranspose, Conv2DTranspose and Conv3DTranspose share."""

from __future__ import annotations

from typing import Any

from corne import checks, constraints, initializers, ops, regularizers
from corne.backend import Array, Shape
from corne.errors import ArgumentError
from corne.kernels import windows

from corne_conv._window_layer import WindowLayer


class ConvTranspose(WindowLayer):
    """Base of the transposed convolution layers.

    Args:
        filters: Number of output channels.
        output_padding: Places added behind the output; below ``strides``. None: from the padding.
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
        output_padding: Any,
        kernel_initializer: Any,
        kernel_regularizer: Any,
        kernel_constraint: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        name = type(self).__name__
        self.filters = checks.integer(f"{name}(filters=…)", filters, least=1)
        self.output_padding = None
        if output_padding is not None:
            where = f"{name}(output_padding=…)"
            self.output_padding = windows.as_sizes(where, output_padding, self.rank, least=0)
            if any(extra >= stride for extra, stride in zip(self.output_padding, self.strides, strict=True)):
                raise ArgumentError(
                    where, f"less than strides={self.strides} along each axis", repr(output_padding),
                    "Use a smaller one, or leave it out.",
                )  # fmt: skip
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)

    def build(self, input_shape: Shape) -> None:
        """Make ``kernel`` and ``bias``."""
        channels = self.fix_channels(input_shape)
        self.kernel = self.add_weight(
            shape=(*self.kernel_size, self.filters, channels),
            initializer=self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
            name="kernel",
        )
        self.add_bias_weight(self.filters)

    def call(self, inputs: Array) -> Array:
        """Convolve transposedly, add the bias and apply the activation."""
        return self.finish(
            ops.conv_transpose(
                inputs,
                self.kernel,
                self.strides,
                self.padding,
                self.output_padding,
                self.data_format,
                self.dilation_rate,
            )
        )

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the output images."""
        return windows.transposed_output_shape(
            self.name,
            input_shape,
            self.filters,
            self.kernel_size,
            self.strides,
            self.padding,
            self.output_padding,
            self.data_format,
            self.dilation_rate,
        )
