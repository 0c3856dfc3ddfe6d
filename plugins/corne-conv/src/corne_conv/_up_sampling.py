"""What UpSampling1D, UpSampling2D and UpSampling3D share."""

from __future__ import annotations

from typing import Any, ClassVar

from corne import checks, ops
from corne.backend import Array, Shape
from corne.kernels import windows
from corne.layer import InputSpec, Layer


class UpSampling(Layer):
    """Base of the layers that repeat each place of an image.

    Args:
        size: How often: one integer or one for each spatial axis.
        data_format: "channels_last", "channels_first" or None for the configured one.
        **kwargs: As for every :class:`~corne.Layer`.
    """

    acts_per_sample = True

    rank: ClassVar[int]  # number of spatial axes

    config_kinds = {}

    def __init__(self, size: Any, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        name = type(self).__name__
        self._factors = windows.as_sizes(f"{name}(size=…)", size, self.rank)
        self.size: Any = self._factors
        self.data_format = checks.data_format(f"{name}(data_format=…)", data_format)
        self.input_spec = InputSpec(ndim=self.rank + 2)
        self.built = type(self).build is Layer.build  # nothing to make

    def call(self, inputs: Array) -> Array:
        """Repeat each place."""
        shape = tuple(inputs.shape)
        first = 1 if self.data_format == "channels_last" else 2
        apart: list[int] = list(shape[:first])
        repeated: list[int] = list(shape[:first])
        for size, factor in zip(shape[first : first + self.rank], self._factors, strict=True):
            apart += [size, 1]
            repeated += [size, factor]
        rest = list(shape[first + self.rank :])
        outputs = ops.broadcast_to(ops.reshape(inputs, (*apart, *rest)), (*repeated, *rest))
        sizes: Any = self.compute_output_shape(shape)
        return ops.reshape(outputs, sizes)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the output images."""
        sizes = tuple(
            None if size is None else size * factor
            for size, factor in zip(
                windows.spatial_sizes(input_shape, self.data_format), self._factors, strict=True
            )
        )
        channels = input_shape[windows.channel_axis(self.data_format)]
        return windows.join_shape(input_shape[0], sizes, channels, self.data_format)
