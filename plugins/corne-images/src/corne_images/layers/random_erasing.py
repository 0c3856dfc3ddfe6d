"""RandomErasing: a rectangle of some images replaced."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from corne import ops
from corne.backend import Array
from corne.errors import ArgumentError

from corne_images.arguments import as_value_range, is_number, span
from corne_images.draws import Draws
from corne_images.layers._rectangles import rectangle, side
from corne_images.layers.image_layer import Drawn, RandomImageLayer, per_image


class RandomErasing(RandomImageLayer):
    """Replace a random rectangle of some images, in training.

    Args:
        factor: Range from which each image's probability is drawn; one number ``f`` means from 0 to ``f``.
            Default 1.
        scale: Range of the squared share that the rectangle's height has of the image's, and its width
            likewise; one number ``s`` means from 0 to ``s``. Default ``(0.02, 0.33)``.
        fill_value: A number, or one for each of three channels. Default None: normal numbers.
        value_range: Smallest and largest value of a pixel. Default ``(0, 255)``.
        seed: Start of the random numbers. Default None: drawn.
        data_format: "channels_last" or "channels_first". Default None: ``config.image_data_format()``.
        **kwargs: As for every image layer.

    Shapes:
        input ``(batch, height, width, channels)``; output the same.

    Raises:
        ArgumentError: A factor or scale out of range, or a fill value that is neither a number nor three.

    Source: Zhong et al. 2017, https://arxiv.org/abs/1708.04896

    >>> RandomErasing((1.0, 1.0), (1.0, 1.0), fill_value=7.0)([[[1.0], [2.0]]]).tolist()
    [[[7.0], [7.0]]]
    """

    def __init__(
        self,
        factor: float | Sequence[float] = 1.0,
        scale: float | Sequence[float] = (0.02, 0.33),
        fill_value: float | Sequence[float] | None = None,
        value_range: Sequence[float] = (0, 255),
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed=seed, data_format=data_format, **kwargs)
        self.factor = span("RandomErasing(factor=…)", factor, 0, 1, symmetric=False)
        self.scale = span("RandomErasing(scale=…)", scale, 0, 1, symmetric=False)
        several = (
            isinstance(fill_value, (list, tuple)) and len(fill_value) == 3 and all(map(is_number, fill_value))
        )
        if not (fill_value is None or is_number(fill_value) or several):
            raise ArgumentError(
                "RandomErasing(fill_value=…)", "None, a number or three of them", repr(fill_value)
            )
        self.fill_value = fill_value
        self.value_range = as_value_range("RandomErasing(value_range=…)", value_range)

    def draw(self, random: Draws, shape: tuple[int, ...], training: bool = True) -> Drawn:
        """Draw a rectangle for each image, choose, and draw what to fill it with."""
        n, dtype = shape[0], self.compute_dtype
        shares = ops.sqrt(random.uniform((n, 2), *self.scale, dtype))
        drawn: Drawn = {
            "x": side(random, n, shape[self.width_axis], shares[:, 0], dtype),
            "y": side(random, n, shape[self.height_axis], shares[:, 1], dtype),
        }
        probability = random.uniform((n,), *self.factor)
        drawn["apply"] = random.uniform((n,)) < probability
        if self.fill_value is None:
            drawn["fill"] = random.normal(shape, dtype) * self.value_range[1]
        return drawn

    def images(self, x: Array, drawn: Drawn) -> Array:
        """Replace."""
        height, width = x.shape[self.height_axis], x.shape[self.width_axis]
        fill = drawn.get("fill")
        if fill is None:
            numbers = np.asarray(self.fill_value, "float32")
            fill = numbers.reshape((-1, 1, 1) if self.channel_axis == -3 else (-1,))
        fill = ops.clip(ops.cast(fill, x.dtype), *self.value_range)
        inside = rectangle(drawn["x"], drawn["y"], height, width, self.channel_axis)
        return ops.where(inside & per_image(drawn["apply"]), fill, x)
