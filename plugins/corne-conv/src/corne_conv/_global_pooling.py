"""What the global pooling layers share."""

from __future__ import annotations

from typing import Any, ClassVar

from corne import checks, ops
from corne.backend import Array, Shape
from corne.kernels import windows
from corne.layer import InputSpec, Layer


class GlobalPooling(Layer):
    """Base of the layers that reduce all places of an image to one value for each channel.

    Args:
        data_format: "channels_last", "channels_first" or None for the configured one.
        keepdims: Whether the spatial axes stay, with size 1.
        **kwargs: As for every :class:`~corne.Layer`.
    """

    rank: ClassVar[int]  # number of spatial axes

    config_kinds = {}

    def __init__(self, data_format: str | None = None, keepdims: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.data_format = checks.data_format(f"{type(self).__name__}(data_format=…)", data_format)
        self.keepdims = keepdims
        self.input_spec = InputSpec(ndim=self.rank + 2)
        self.built = type(self).build is Layer.build  # nothing to make

    @property
    def spatial_axes(self) -> tuple[int, ...]:
        """The axes that are reduced."""
        first = 1 if self.data_format == "channels_last" else 2
        return tuple(range(first, first + self.rank))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return ``(batch, channels)``, with axes of size 1 for ``keepdims``."""
        channels = input_shape[windows.channel_axis(self.data_format)]
        sizes = (1,) * self.rank if self.keepdims else ()
        return windows.join_shape(input_shape[0], sizes, channels, self.data_format)


class GlobalMaxPooling(GlobalPooling):
    """Base of the layers that keep the largest value."""

    acts_per_sample = True

    def call(self, inputs: Array) -> Array:
        """Take the largest value of each channel."""
        return ops.max(inputs, axis=self.spatial_axes, keepdims=self.keepdims)


class GlobalAveragePooling(GlobalPooling):
    """Base of the layers that take the mean."""

    acts_per_sample = True

    def call(self, inputs: Array) -> Array:
        """Take the mean of each channel."""
        return ops.mean(inputs, axis=self.spatial_axes, keepdims=self.keepdims)
