"""RandomSaturation: stronger and weaker colors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corne import config, ops
from corne.backend import Array

from corne_images.arguments import as_value_range, span
from corne_images.color import from_hsv, to_hsv
from corne_images.draws import Draws
from corne_images.layers.image_layer import Drawn, RandomImageLayer


class RandomSaturation(RandomImageLayer):
    """Multiply the saturation of an image by a random number, in training.

    The drawn factor ``f`` multiplies by ``f / (1 - f)``: 0 makes gray, 0.5 leaves the image as it is, and
    near 1 only pure colors remain.

    Args:
        factor: Range of the factor, from -1 to 1; one number ``f`` means from ``-f`` to ``f``. Below 0 is as 0.
        value_range: Smallest and largest value that saturation may have, as Keras has it. Default
            ``(0, 255)``.
        data_format: "channels_last" or "channels_first". Default None: ``config.image_data_format()``.
        seed: Start of the random numbers. Default None: drawn.
        **kwargs: As for every image layer.

    Shapes:
        input ``(batch, height, width, 3)``; output the same.

    Raises:
        ArgumentError: A factor out of range.
        ShapeError: Images without 3 channels.

    >>> RandomSaturation((0.0, 0.0))([[[0.5, 0.25, 0.0]]]).tolist()
    [[[0.5, 0.5, 0.5]]]
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
        self.factor = span("RandomSaturation(factor=…)", factor, -1, 1)
        self.value_range = as_value_range("RandomSaturation(value_range=…)", value_range)

    def draw(self, random: Draws, shape: tuple[int, ...], training: bool = True) -> Drawn:
        """Draw one multiplier for each image."""
        factor = random.uniform((shape[0],), *self.factor)
        return {"factor": factor / (1 - factor + config.epsilon())}

    def images(self, x: Array, drawn: Drawn) -> Array:
        """Multiply."""
        hue, saturation, value = to_hsv(self.name, x, self.channel_axis)
        factor = ops.cast(drawn["factor"], x.dtype)[:, None, None]
        return from_hsv(hue, ops.clip(saturation * factor, *self.value_range), value, self.channel_axis)
