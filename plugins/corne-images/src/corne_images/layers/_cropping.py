"""What layers share that cut a part out of an image."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from corne import ops
from corne.backend import Array

from corne_images.bounding_boxes.formats import columns, join
from corne_images.host_resize import resize
from corne_images.layers.image_layer import Drawn, ImageLayer
from corne_images.smart_resize import middle


class CroppingLayer(ImageLayer):
    """Base of layers whose output has a height and a width of its own.

    A subclass's ``draw`` returns "top" and "left", numbers or scalars, where an image is large enough, and
    otherwise nothing: then the largest part in the middle with the new ratio is resized.
    """

    height: int
    width: int

    def output_size(self, height: int | None, width: int | None) -> tuple[int | None, int | None]:
        """Return the layer's own size."""
        return self.height, self.width

    def images(self, x: Array, drawn: Drawn) -> Array:
        """Cut."""
        return self._cut(x, drawn, "bilinear")

    def masks(self, x: Array, drawn: Drawn) -> Array:
        """Cut; no new values arise."""
        return self._cut(x, drawn, "nearest")

    def _cut(self, x: Array, drawn: Drawn, interpolation: str) -> Array:
        size = (self.height, self.width)
        if drawn:
            top, left = drawn["top"], drawn["left"]
            if isinstance(top, int):
                return self._part(x, slice(top, top + size[0]), slice(left, left + size[1]))
            x = ops.take(x, ops.arange(size[0], dtype="int32") + top, axis=self.height_axis)
            return ops.take(x, ops.arange(size[1], dtype="int32") + left, axis=self.width_axis)
        x = self._part(x, *middle(x.shape[self.height_axis], x.shape[self.width_axis], *size))
        return ops.image.resize(x, size, interpolation, data_format=self.data_format)

    def _part(self, x: Any, rows: slice, across: slice) -> Any:
        return x[..., rows, across] if self.height_axis == -2 else x[..., rows, across, :]

    def host_images(self, x: np.ndarray[Any, Any], drawn: Drawn) -> np.ndarray[Any, Any]:
        """Cut, as a view."""
        size = (self.height, self.width)
        if drawn:
            top, left = int(drawn["top"]), int(drawn["left"])
            result: np.ndarray[Any, Any] = self._part(
                x, slice(top, top + size[0]), slice(left, left + size[1])
            )
            return result
        part = self._part(x, *middle(x.shape[self.height_axis], x.shape[self.width_axis], *size))
        return host_resized(part, size, self.data_format, "bilinear")

    def boxes(self, boxes: Array, drawn: Drawn, size: tuple[int, int]) -> Array:
        """Move the boxes, and scale them where the images are resized."""
        x1, y1, x2, y2 = columns(boxes)
        if drawn:
            top, left = (ops.cast(drawn[key], boxes.dtype) for key in ("top", "left"))
            return join(x1 - left, y1 - top, x2 - left, y2 - top)
        rows, across = middle(*size, self.height, self.width)
        down = self.height / (rows.stop - rows.start)
        right = self.width / (across.stop - across.start)
        return join(
            (x1 - across.start) * right,
            (y1 - rows.start) * down,
            (x2 - across.start) * right,
            (y2 - rows.start) * down,
        )


def host_resized(
    x: np.ndarray[Any, Any], size: Sequence[int], data_format: str, interpolation: str, **options: Any
) -> np.ndarray[Any, Any]:
    """Return images of bytes in another size, as bytes."""
    first = data_format == "channels_first"
    resized = resize(np.moveaxis(x, -3, -1) if first else x, size, interpolation, **options)
    if resized.dtype != np.uint8:
        resized = np.clip(np.rint(resized), 0, 255).astype("uint8")
    return np.moveaxis(resized, -1, -3) if first else resized
