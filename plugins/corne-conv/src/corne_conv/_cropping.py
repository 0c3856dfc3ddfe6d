"""What Cropping1D, Cropping2D and Cropping3D share."""

from __future__ import annotations

from typing import Any, ClassVar

from corne import checks
from corne.backend import Array, Shape
from corne.errors import ShapeError
from corne.kernels import windows
from corne.layer import InputSpec, Layer

from corne_conv._margins import as_margins


class Cropping(Layer):
    """Base of the layers that cut off the borders of images.

    Args:
        cropping: Places to cut, as for :func:`as_margins`.
        data_format: "channels_last", "channels_first" or None for the configured one.
        **kwargs: As for every :class:`~corne.Layer`.
    """

    acts_per_sample = True

    rank: ClassVar[int]  # number of spatial axes

    config_kinds = {}

    def __init__(self, cropping: Any, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        name = type(self).__name__
        self._margins = as_margins(f"{name}(cropping=…)", cropping, self.rank)
        self.cropping = self._margins if self.rank > 1 else self._margins[0]
        self.data_format = checks.data_format(f"{name}(data_format=…)", data_format)
        self.input_spec = InputSpec(ndim=self.rank + 2)
        self.built = type(self).build is Layer.build  # nothing to make

    def call(self, inputs: Array) -> Array:
        """Cut."""
        shape = tuple(inputs.shape)
        self.compute_output_shape(shape)
        sizes: Any = windows.spatial_sizes(shape, self.data_format)
        kept = tuple(
            slice(before, size - after) for size, (before, after) in zip(sizes, self._margins, strict=True)
        )
        everything = slice(None)
        return inputs[windows.join_shape(everything, kept, everything, self.data_format)]

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the output images."""
        sizes = windows.spatial_sizes(input_shape, self.data_format)
        left = tuple(
            None if size is None else size - before - after
            for size, (before, after) in zip(sizes, self._margins, strict=True)
        )
        if any(size is not None and size <= 0 for size in left):
            raise ShapeError(
                self.name, f"images larger than cropping={self.cropping}",
                f"{sizes} in shape {tuple(input_shape)}", "Crop less, or use larger images.",
            )  # fmt: skip
        channels = input_shape[windows.channel_axis(self.data_format)]
        return windows.join_shape(input_shape[0], left, channels, self.data_format)
