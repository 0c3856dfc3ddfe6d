"""RandomColorDegeneration: paler images."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corne import ops
from corne.backend import Array

from corne_images.arguments import as_value_range, span
from corne_images.color import gray
from corne_images.draws import Draws
from corne_images.layers.image_layer import Drawn, RandomImageLayer, per_image


class RandomColorDegeneration(RandomImageLayer):
    """Mix an image with its gray version, in training.

    Args:
        factor: Range of the gray version's share: 0 leaves the image as it is, 1 makes it gray. One number
            ``f`` means from ``-f`` to ``f``; below 0 colors become stronger. From -1 to 1.
        value_range: Smallest and largest value of a pixel. Default ``(0, 255)``.
        data_format: "channels_last" or "channels_first". Default None: ``config.image_data_format()``.
        seed: Start of the random numbers. Default None: drawn.
        **kwargs: As for every image layer.

    Shapes:
        input ``(batch, height, width, 3)``; output the same.

    Raises:
        ArgumentError: A factor out of range.
        ShapeError: Images without 3 channels.

    >>> [round(x, 2) for x in RandomColorDegeneration((1.0, 1.0))([[[100.0, 0.0, 0.0]]])[0][0].tolist()]
    [29.89, 29.89, 29.89]
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
        self.factor = span("RandomColorDegeneration(factor=…)", factor, -1, 1)
        self.value_range = as_value_range("RandomColorDegeneration(value_range=…)", value_range)

    def draw(self, random: Draws, shape: tuple[int, ...], training: bool = True) -> Drawn:
        """Draw one share for each image."""
        return {"factor": random.uniform((shape[0], 1, 1, 1), *self.factor)}

    def images(self, x: Array, drawn: Drawn) -> Array:
        """Mix."""
        share = ops.cast(per_image(drawn["factor"]), x.dtype)
        return ops.clip(x + share * (gray(self.name, x, self.channel_axis) - x), *self.value_range)
