"""RandomGrayscale: some images without color."""

from __future__ import annotations

from typing import Any

from corne import ops
from corne.backend import Array

from corne_images.arguments import span
from corne_images.color import gray
from corne_images.draws import Draws
from corne_images.layers.image_layer import Drawn, RandomImageLayer, per_image


class RandomGrayscale(RandomImageLayer):
    """Make some images gray, with as many channels as before, in training.

    Args:
        factor: Probability for each image. Default 0.5.
        data_format: "channels_last" or "channels_first". Default None: ``config.image_data_format()``.
        seed: Start of the random numbers. Default None: drawn.
        **kwargs: As for every image layer.

    Shapes:
        input ``(batch, height, width, 3)``; output the same.

    Raises:
        ArgumentError: A factor that isn't from 0 to 1.
        ShapeError: Images with neither 1 nor 3 channels.

    >>> [round(x, 2) for x in RandomGrayscale(1.0)([[[100.0, 0.0, 0.0]]])[0][0].tolist()]
    [29.89, 29.89, 29.89]
    """

    def __init__(
        self, factor: float = 0.5, data_format: str | None = None, seed: int | None = None, **kwargs: Any
    ) -> None:
        super().__init__(seed=seed, data_format=data_format, **kwargs)
        span("RandomGrayscale(factor=…)", factor, 0, 1)
        self.factor = float(factor)

    def draw(self, random: Draws, shape: tuple[int, ...], training: bool = True) -> Drawn:
        """Choose for each image."""
        return {"apply": random.uniform((shape[0],)) < self.factor}

    def images(self, x: Array, drawn: Drawn) -> Array:
        """Make gray."""
        return ops.where(per_image(drawn["apply"]), gray(self.name, x, self.channel_axis), x)
