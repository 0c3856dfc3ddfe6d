"""RandomFlip: some images mirrored."""

from __future__ import annotations

from typing import Any

import numpy as np
from corne import checks, ops
from corne.backend import Array

from corne_images.bounding_boxes.formats import columns, join
from corne_images.draws import Draws
from corne_images.layers.image_layer import Drawn, RandomImageLayer, per_image

_MODES = ("horizontal", "vertical", "horizontal_and_vertical")


class RandomFlip(RandomImageLayer):
    """Mirror each image with probability 0.5, in training.

    Args:
        mode: "horizontal" (left and right change places), "vertical", or "horizontal_and_vertical", which
            does both at once or neither. Default "horizontal_and_vertical".
        seed: Start of the random numbers. Default None: drawn.
        data_format: "channels_last" or "channels_first". Default None: ``config.image_data_format()``.
        **kwargs: As for every image layer.

    Shapes:
        input ``(batch, height, width, channels)``; output the same.

    Raises:
        ArgumentError: An unknown mode.

    >>> sorted(RandomFlip("horizontal", seed=1)([[[1.0], [2.0]]])[0][:, 0].tolist())
    [1.0, 2.0]
    """

    def __init__(
        self,
        mode: str = "horizontal_and_vertical",
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed=seed, data_format=data_format, **kwargs)
        self.mode = checks.one_of("RandomFlip(mode=…)", mode, _MODES)
        axes = {"horizontal": (self.width_axis,), "vertical": (self.height_axis,)}
        self._axes = axes.get(self.mode, (self.height_axis, self.width_axis))

    def draw(self, random: Draws, shape: tuple[int, ...], training: bool = True) -> Drawn:
        """Choose for each image."""
        return {"flip": random.uniform((shape[0], 1, 1, 1)) <= 0.5}

    def images(self, x: Array, drawn: Drawn) -> Array:
        """Mirror."""
        return ops.where(per_image(drawn["flip"]), ops.flip(x, self._axes), x)

    masks = images

    def boxes(self, boxes: Array, drawn: Drawn, size: tuple[int, int]) -> Array:
        """Mirror."""
        x1, y1, x2, y2 = columns(boxes)
        if self.width_axis in self._axes:
            x1, x2 = size[1] - x2, size[1] - x1
        if self.height_axis in self._axes:
            y1, y2 = size[0] - y2, size[0] - y1
        return ops.where(per_image(drawn["flip"])[..., 0], join(x1, y1, x2, y2), boxes)

    def host_images(self, x: np.ndarray[Any, Any], drawn: Drawn) -> np.ndarray[Any, Any]:
        """Mirror; a single image as a view."""
        flips = np.asarray(drawn["flip"]).reshape(-1)
        if len(x) == 1:
            return np.flip(x, self._axes) if flips[0] else x
        return np.stack(
            [np.flip(image, self._axes) if flip else image for image, flip in zip(x, flips, strict=True)]
        )
