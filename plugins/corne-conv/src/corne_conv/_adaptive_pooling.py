"""What the adaptive pooling layers share."""

from __future__ import annotations

from typing import Any, ClassVar

from corne import checks, ops
from corne.backend import Array, Shape
from corne.kernels import windows
from corne.layer import InputSpec, Layer


class AdaptivePooling(Layer):
    """Base of the layers that reduce images of any size to a given one.

    Args:
        output_size: Size of the output: one integer or one for each spatial axis.
        data_format: "channels_last", "channels_first" or None for the configured one.
        **kwargs: As for every :class:`~corne.Layer`.
    """

    rank: ClassVar[int]  # number of spatial axes

    config_kinds = {}

    def __init__(self, output_size: Any, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        name = type(self).__name__
        self.output_size = windows.as_sizes(f"{name}(output_size=…)", output_size, self.rank)
        self.data_format = checks.data_format(f"{name}(data_format=…)", data_format)
        self.input_spec = InputSpec(ndim=self.rank + 2)
        self.built = type(self).build is Layer.build  # nothing to make

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the output images."""
        channels = input_shape[windows.channel_axis(self.data_format)]
        return windows.join_shape(input_shape[0], self.output_size, channels, self.data_format)


class AdaptiveMaxPooling(AdaptivePooling):
    """Base of the layers that keep the largest value of each window."""

    acts_per_sample = True

    def call(self, inputs: Array) -> Array:
        """Take the largest value of each window."""
        return ops.adaptive_max_pool(inputs, self.output_size, self.data_format)


class AdaptiveAveragePooling(AdaptivePooling):
    """Base of the layers that take the mean of each window."""

    acts_per_sample = True

    def call(self, inputs: Array) -> Array:
        """Take the mean of each window."""
        return ops.adaptive_average_pool(inputs, self.output_size, self.data_format)
