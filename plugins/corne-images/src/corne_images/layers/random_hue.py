"""RandomHue: other colors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corne import ops
from corne.backend import Array

from corne_images.arguments import as_value_range, span
from corne_images.color import from_hsv, to_hsv
from corne_images.draws import Draws
from corne_images.layers.image_layer import Drawn, RandomImageLayer, rescaled


class RandomHue(RandomImageLayer):
    """Turn the hue of an image by a random angle, in training.

    Args:
        factor: Range of the angle as a fraction of half a turn, in either direction. From 0 to 1.
        value_range: Smallest and largest value of a pixel. Default ``(0, 255)``.
        data_format: "channels_last" or "channels_first". Default None: ``config.image_data_format()``.
        seed: Start of the random numbers. Default None: drawn.
        **kwargs: As for every image layer.

    Shapes:
        input ``(batch, height, width, 3)``; output the same.

    Raises:
        ArgumentError: A factor out of range.
        ShapeError: Images without 3 channels.

    >>> RandomHue((1.0, 1.0))([[[255.0, 0.0, 0.0]]]).tolist()  # half a turn from red
    [[[0.0, 255.0, 255.0]]]
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
        self.factor = span("RandomHue(factor=…)", factor, 0, 1, symmetric=False)
        self.value_range = as_value_range("RandomHue(value_range=…)", value_range)

    def draw(self, random: Draws, shape: tuple[int, ...], training: bool = True) -> Drawn:
        """Draw one angle, in turns, for each image."""
        sign = ops.where(random.uniform((shape[0],)) > 0.5, -1.0, 1.0)
        return {"turns": sign * random.uniform((shape[0],), *self.factor) * 0.5}

    def images(self, x: Array, drawn: Drawn) -> Array:
        """Turn."""
        x = rescaled(x, self.value_range, (0, 1))
        hue, saturation, value = to_hsv(self.name, x, self.channel_axis)
        turned = hue + ops.cast(drawn["turns"], x.dtype)[:, None, None]
        x = ops.clip(from_hsv(turned, saturation, value, self.channel_axis), 0.0, 1.0)
        return rescaled(x, (0, 1), self.value_range)
