"""Resizing: images in another size."""

from __future__ import annotations

from typing import Any

import numpy as np
from corne import checks, ops
from corne.backend import Array
from corne.errors import ArgumentError

from corne_images.bounding_boxes.formats import columns, join
from corne_images.layers._cropping import host_resized
from corne_images.layers.image_layer import Drawn, ImageLayer


class Resizing(ImageLayer):
    """Change the size of images. It acts outside of training too, and integers stay integers.

    Args:
        height: Of the output, in pixels.
        width: Of the output, in pixels.
        interpolation: "nearest", "bilinear" or "bicubic". Masks are always resized with "nearest". Default
            "bilinear".
        crop_to_aspect_ratio: Whether to cut the images to the new ratio of height and width first, instead of
            distorting them. Default False.
        pad_to_aspect_ratio: Whether to add margins instead. Default False.
        fill_mode: Must be "constant".
        fill_value: Value of the margins. Default 0.
        antialias: Whether all pixels count when images are made smaller. Default False.
        data_format: "channels_last" or "channels_first". Default None: ``config.image_data_format()``.
        **kwargs: As for every image layer.

    Shapes:
        input ``(batch, old_height, old_width, channels)``; output ``(batch, height, width, channels)``.

    Raises:
        ArgumentError: A height or width that is no positive integer, an unknown interpolation or fill mode, or
            both cropping and padding.

    >>> Resizing(1, 4)([[[1.0], [3.0]]]).tolist()
    [[[1.0], [1.5], [2.5], [3.0]]]
    """

    always = True
    keeps_dtype = True

    def __init__(
        self,
        height: int,
        width: int,
        interpolation: str = "bilinear",
        crop_to_aspect_ratio: bool = False,
        pad_to_aspect_ratio: bool = False,
        fill_mode: str = "constant",
        fill_value: float = 0.0,
        antialias: bool = False,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.height = checks.integer("Resizing(height=…)", height, 1)
        self.width = checks.integer("Resizing(width=…)", width, 1)
        self.interpolation = checks.one_of(
            "Resizing(interpolation=…)", interpolation, ("nearest", "bilinear", "bicubic")
        )
        self.crop_to_aspect_ratio = crop_to_aspect_ratio
        self.pad_to_aspect_ratio = pad_to_aspect_ratio
        if crop_to_aspect_ratio and pad_to_aspect_ratio:
            raise ArgumentError("Resizing(…)", "crop_to_aspect_ratio or pad_to_aspect_ratio", "both")
        self.fill_mode = checks.one_of("Resizing(fill_mode=…)", fill_mode, ("constant",))
        self.fill_value = fill_value
        self.antialias = bool(antialias)

    def output_size(self, height: int | None, width: int | None) -> tuple[int | None, int | None]:
        """Return the layer's own size."""
        return self.height, self.width

    def images(self, x: Array, drawn: Drawn) -> Array:
        """Resize."""
        return self._resized(x, self.interpolation)

    def masks(self, x: Array, drawn: Drawn) -> Array:
        """Resize; no new values arise."""
        return self._resized(x, "nearest")

    def _resized(self, x: Array, interpolation: str) -> Array:
        return ops.image.resize(
            x,
            (self.height, self.width),
            interpolation,
            antialias=self.antialias,
            crop_to_aspect_ratio=self.crop_to_aspect_ratio,
            pad_to_aspect_ratio=self.pad_to_aspect_ratio,
            fill_mode=self.fill_mode,
            fill_value=self.fill_value,
            data_format=self.data_format,
        )

    def host_images(self, x: np.ndarray[Any, Any], drawn: Drawn) -> np.ndarray[Any, Any]:
        """Resize; with antialiasing as in a model."""
        if self.antialias:
            return super().host_images(x, drawn)
        return host_resized(
            x,
            (self.height, self.width),
            self.data_format,
            self.interpolation,
            crop_to_aspect_ratio=self.crop_to_aspect_ratio,
            pad_to_aspect_ratio=self.pad_to_aspect_ratio,
            fill_value=self.fill_value,
        )

    def boxes(self, boxes: Array, drawn: Drawn, size: tuple[int, int]) -> Array:
        """Scale the boxes, and move them where images are cut or get margins. Empty ones become zeros."""
        height, width = size
        down, right, top, left = self.height / height, self.width / width, 0.0, 0.0
        if self.pad_to_aspect_ratio or self.crop_to_aspect_ratio:
            down = right = min(down, right) if self.pad_to_aspect_ratio else max(down, right)
            top, left = (self.height - height * down) // 2, (self.width - width * right) // 2
            if self.crop_to_aspect_ratio:
                top = -((height * down - self.height) // 2)
                left = -((width * right - self.width) // 2)
        x1, y1, x2, y2 = columns(boxes)
        scaled = join(x1 * right + left, y1 * down + top, x2 * right + left, y2 * down + top)
        empty = ops.all((boxes == -1) | (boxes == 0), axis=-1, keepdims=True)
        return ops.where(empty, ops.zeros_like(scaled), scaled)
