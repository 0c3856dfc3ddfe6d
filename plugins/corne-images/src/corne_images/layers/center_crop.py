"""CenterCrop: the middle of each image."""

from __future__ import annotations

from typing import Any

from corne import checks

from corne_images.draws import Draws
from corne_images.layers._cropping import CroppingLayer
from corne_images.layers.image_layer import Drawn


class CenterCrop(CroppingLayer):
    """Cut out the middle of each image; where an image is smaller, resize instead.

    Where the image is smaller than the part, its largest part in the middle with the ratio of ``height`` and
    ``width`` is resized. It acts outside of training too.

    Args:
        height: Of the part, in pixels.
        width: Of the part, in pixels.
        data_format: "channels_last" or "channels_first". Default None: ``config.image_data_format()``.
        **kwargs: As for every image layer.

    Shapes:
        input ``(batch, old_height, old_width, channels)``; output ``(batch, height, width, channels)``.

    Raises:
        ArgumentError: A height or width that is no positive integer.

    >>> CenterCrop(1, 1)([[[1.0], [2.0], [3.0]]]).tolist()
    [[[2.0]]]
    """

    always = True

    def __init__(self, height: int, width: int, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.height = checks.integer("CenterCrop(height=…)", height, 1)
        self.width = checks.integer("CenterCrop(width=…)", width, 1)

    def draw(self, random: Draws, shape: tuple[int, ...], training: bool = True) -> Drawn:
        """Return the place, which isn't random."""
        rows, across = shape[self.height_axis] - self.height, shape[self.width_axis] - self.width
        return {} if rows < 0 or across < 0 else {"top": rows // 2, "left": across // 2}
