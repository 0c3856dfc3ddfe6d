"""Equalization: values spread evenly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corne import checks, ops
from corne.backend import Array

from corne_images.arguments import as_value_range
from corne_images.layers.image_layer import Drawn, ImageLayer, rescaled


class Equalization(ImageLayer):
    """Spread the values of each channel so that all occur about equally often, in training.

    Each image has a histogram of its own (Keras takes one of the batch, so that a result depends on the
    other images). A channel whose values lie in one bin stays as it is.

    Args:
        value_range: Smallest and largest value of a pixel. Default ``(0, 255)``.
        bins: Of the histogram. Default 256.
        data_format: "channels_last" or "channels_first". Default None: ``config.image_data_format()``.
        **kwargs: As for every image layer.

    Shapes:
        input ``(batch, height, width, channels)``; output the same.

    Raises:
        ArgumentError: ``bins`` is no positive integer.

    Source: Gonzalez and Woods, Digital Image Processing, section 3.3

    >>> Equalization()([[[10.0], [20.0], [30.0]]]).tolist()
    [[[0.0], [128.0], [255.0]]]
    """

    def __init__(
        self,
        value_range: Sequence[float] = (0, 255),
        bins: int = 256,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.value_range = as_value_range("Equalization(value_range=…)", value_range)
        self.bins = checks.integer("Equalization(bins=…)", bins, 1)

    def images(self, x: Array, drawn: Drawn) -> Array:
        """Look each value up in its channel's table."""
        dtype, bins, last = x.dtype, self.bins, self.data_format == "channels_last"
        x = ops.cast(rescaled(x, self.value_range, (0, 255)), "float32")
        planes = ops.transpose(x, (0, 3, 1, 2)) if last else x
        n, channels, height, width = planes.shape
        planes = ops.reshape(planes, (n * channels, height * width))
        place = ops.cast(ops.clip(planes * ((bins - 1) / 255.0), 0, bins - 1), "int32")
        place = place + ops.arange(n * channels, dtype="int32")[:, None] * bins
        flat = ops.reshape(place, (-1,))
        counts = ops.segment_sum(ops.ones(tuple(flat.shape), "float32"), flat, n * channels * bins)
        totals = ops.cumsum(ops.reshape(counts, (n * channels, bins)), axis=-1)
        all_values = float(height * width)
        first = ops.min(ops.where(totals > 0, totals, all_values), axis=-1, keepdims=True)
        rest = all_values - first  # 0 where all lie in one bin
        table = ops.round((totals - first) * 255.0 / ops.where(rest > 0, rest, 1.0))
        table = ops.clip(table, 0.0, 255.0)
        found = ops.take(ops.reshape(table, (-1,)), place, axis=0)
        found = ops.reshape(ops.where(rest > 0, found, planes), (n, channels, height, width))
        found = ops.transpose(found, (0, 2, 3, 1)) if last else found
        return ops.cast(rescaled(found, (0, 255), self.value_range), dtype)
