"""RandomSharpness: sharper and softer images."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from corne import ops
from corne.backend import Array

from corne_images.arguments import as_value_range, span
from corne_images.draws import Draws
from corne_images.layers.image_layer import Drawn, RandomImageLayer, per_image

_KERNEL = np.array([[1, 1, 1], [1, 5, 1], [1, 1, 1]], "float32") / 13


class RandomSharpness(RandomImageLayer):
    """Mix an image with a smoothed one, or take it away from it, in training.

    ``y = x + (1 - 2 f) (smooth(x) - x)``: 0 gives the smoothed image, 0.5 the image, 1 a sharper one.

    Args:
        factor: Range of ``f``, from 0 to 1; one number means from 0 to it.
        value_range: Smallest and largest value of a pixel. Default ``(0, 255)``.
        data_format: "channels_last" or "channels_first". Default None: ``config.image_data_format()``.
        seed: Start of the random numbers. Default None: drawn.
        **kwargs: As for every image layer.

    Shapes:
        input ``(batch, height, width, channels)``; output the same.

    Raises:
        ArgumentError: A factor out of range.

    >>> RandomSharpness((0.5, 0.5))([[[1.0], [3.0]]]).tolist()
    [[[1.0], [3.0]]]
    """

    def __init__(
        self,
        factor: float | Sequence[float],
        value_range: Sequence[float] = (0, 255),
        data_format: str | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed=seed, data_format=data_format, **kwargs)
        self.factor = span("RandomSharpness(factor=…)", factor, 0, 1, symmetric=False)
        self.value_range = as_value_range("RandomSharpness(value_range=…)", value_range)

    def draw(self, random: Draws, shape: tuple[int, ...], training: bool = True) -> Drawn:
        """Draw one number for each image."""
        return {"factor": random.uniform((shape[0],), *self.factor)}

    def images(self, x: Array, drawn: Drawn) -> Array:
        """Mix."""
        share = ops.cast(per_image(drawn["factor"] * 2), x.dtype)
        kernel = np.repeat(_KERNEL[:, :, None, None], x.shape[self.channel_axis], axis=2)
        smooth = ops.depthwise_conv(
            x, ops.cast(kernel, x.dtype), strides=1, padding="same", data_format=self.data_format
        )
        return ops.clip(x + (1.0 - share) * (smooth - x), *self.value_range)
