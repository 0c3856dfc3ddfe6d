"""What the pooling layers share."""

from __future__ import annotations

from typing import Any, ClassVar

from corne import checks, ops
from corne.backend import Array, Shape
from corne.kernels import windows
from corne.layer import InputSpec, Layer


class Pooling(Layer):
    """Base of the layers that reduce a sliding window to one value.

    Args:
        pool_size: Size of the window: one integer or one for each spatial axis.
        strides: How far the window moves; None for ``pool_size``.
        padding: "valid" or "same".
        data_format: "channels_last", "channels_first" or None for the configured one.
        **kwargs: As for every :class:`~corne.Layer`.
    """

    rank: ClassVar[int]  # number of spatial axes

    config_kinds = {}

    def __init__(
        self, pool_size: Any, strides: Any, padding: str, data_format: str | None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        name = type(self).__name__
        self.pool_size = windows.as_sizes(f"{name}(pool_size=…)", pool_size, self.rank)
        strides = self.pool_size if strides is None else strides
        self.strides = windows.as_sizes(f"{name}(strides=…)", strides, self.rank)
        self.padding = windows.as_padding(f"{name}(padding=…)", padding)
        self.data_format = checks.data_format(f"{name}(data_format=…)", data_format)
        self.input_spec = InputSpec(ndim=self.rank + 2)
        self.built = type(self).build is Layer.build  # nothing to make

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the output images."""
        return windows.sliding_output_shape(
            self.name,
            input_shape,
            input_shape[windows.channel_axis(self.data_format)],
            self.pool_size,
            self.strides,
            self.padding,
            self.data_format,
            (1,) * self.rank,
        )

    def check_window(self, inputs: Array) -> None:
        """Raise when the window is larger than these images."""
        if self.padding == "valid":
            shape = tuple(inputs.shape)
            sizes = shape[1:-1] if self.data_format == "channels_last" else shape[2:]
            if any(size < window for size, window in zip(sizes, self.pool_size, strict=True)):
                self.compute_output_shape(shape)


class MaxPooling(Pooling):
    """Base of the layers that keep the largest value of a window."""

    acts_per_sample = True

    def call(self, inputs: Array) -> Array:
        """Take the largest value of each window."""
        self.check_window(inputs)
        return ops.max_pool(inputs, self.pool_size, self.strides, self.padding, self.data_format)


class AveragePooling(Pooling):
    """Base of the layers that take the mean of a window."""

    acts_per_sample = True

    def call(self, inputs: Array) -> Array:
        """Take the mean of each window."""
        self.check_window(inputs)
        return ops.average_pool(inputs, self.pool_size, self.strides, self.padding, self.data_format)
