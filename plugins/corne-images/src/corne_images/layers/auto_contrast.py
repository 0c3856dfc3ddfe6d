"""AutoContrast: values stretched to the whole range."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corne import ops
from corne.backend import Array

from corne_images.arguments import as_value_range
from corne_images.layers.image_layer import Drawn, ImageLayer


class AutoContrast(ImageLayer):
    """Stretch each channel of each image so that it covers the whole range of values.

    A channel with one value stays as it is. It acts outside of training too.

    Args:
        value_range: Smallest and largest value of a pixel. Default ``(0, 255)``.
        **kwargs: As for every image layer.

    Shapes:
        input ``(batch, height, width, channels)``; output the same.

    >>> AutoContrast()([[[50.0], [100.0]]]).tolist()
    [[[0.0], [255.0]]]
    """

    always = True

    def __init__(self, value_range: Sequence[float] = (0, 255), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.value_range = as_value_range("AutoContrast(value_range=…)", value_range)

    def images(self, x: Array, drawn: Drawn) -> Array:
        """Stretch."""
        axes = (self.height_axis, self.width_axis)
        low, high = ops.min(x, axis=axes, keepdims=True), ops.max(x, axis=axes, keepdims=True)
        flat = high <= low
        least, most = self.value_range
        scale = (most - least) / ops.where(flat, ops.ones_like(high), high - low)
        return ops.where(flat, x, ops.clip((x - low) * scale + least, least, most))
