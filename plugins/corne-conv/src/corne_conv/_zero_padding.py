"""What ZeroPadding1D, ZeroPadding2D and ZeroPadding3D share."""

from __future__ import annotations

from typing import Any, ClassVar

from corne import checks, ops
from corne.backend import Array, Shape
from corne.kernels import windows
from corne.layer import InputSpec, Layer

from corne_conv._margins import as_margins


class ZeroPadding(Layer):
    """Base of the layers that add zeros around images.

    Args:
        padding: Places to add, as for :func:`as_margins`.
        data_format: "channels_last", "channels_first" or None for the configured one.
        **kwargs: As for every :class:`~corne.Layer`.
    """

    acts_per_sample = True

    rank: ClassVar[int]  # number of spatial axes

    config_kinds = {}

    def __init__(self, padding: Any, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        name = type(self).__name__
        self._margins = as_margins(f"{name}(padding=…)", padding, self.rank)
        self.padding = self._margins if self.rank > 1 else self._margins[0]
        self.data_format = checks.data_format(f"{name}(data_format=…)", data_format)
        self.input_spec = InputSpec(ndim=self.rank + 2)
        self.built = type(self).build is Layer.build  # nothing to make

    def call(self, inputs: Array) -> Array:
        """Pad."""
        return ops.pad(inputs, windows.join_shape((0, 0), self._margins, (0, 0), self.data_format))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the output images."""
        sizes = tuple(
            None if size is None else size + before + after
            for size, (before, after) in zip(
                windows.spatial_sizes(input_shape, self.data_format), self._margins, strict=True
            )
        )
        channels = input_shape[windows.channel_axis(self.data_format)]
        return windows.join_shape(input_shape[0], sizes, channels, self.data_format)
