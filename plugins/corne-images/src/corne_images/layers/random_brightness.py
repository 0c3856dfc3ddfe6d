"""RandomBrightness: lighter and darker images."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corne import ops
from corne.backend import Array

from corne_images.arguments import as_value_range, span
from corne_images.draws import Draws
from corne_images.layers.image_layer import Drawn, RandomImageLayer, per_image


class RandomBrightness(RandomImageLayer):
    """Add a random number to all values of an image, in training.

    Args:
        factor: Range of the number as a fraction of the value range: ``(-0.2, 0.2)``, or 0.2 for the same. From
            -1 to 1.
        value_range: Smallest and largest value of a pixel. Default ``(0, 255)``.
        seed: Start of the random numbers. Default None: drawn.
        **kwargs: As for every image layer.

    Shapes:
        input ``(batch, height, width, channels)``; output the same.

    Raises:
        ArgumentError: A factor out of range.

    >>> RandomBrightness((0.5, 0.5))([[[100.0]]]).tolist()
    [[[227.5]]]
    """

    pointwise = True

    def __init__(
        self,
        factor: float | Sequence[float],
        value_range: Sequence[float] = (0, 255),
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed=seed, **kwargs)
        self.factor = span("RandomBrightness(factor=…)", factor, -1, 1)
        self.value_range = as_value_range("RandomBrightness(value_range=…)", value_range)

    def draw(self, random: Draws, shape: tuple[int, ...], training: bool = True) -> Drawn:
        """Draw one number for each image."""
        low, high = self.value_range
        return {"delta": random.uniform((shape[0], 1, 1, 1), *self.factor) * (high - low)}

    def images(self, x: Array, drawn: Drawn) -> Array:
        """Add."""
        return ops.clip(x + ops.cast(per_image(drawn["delta"]), x.dtype), *self.value_range)
