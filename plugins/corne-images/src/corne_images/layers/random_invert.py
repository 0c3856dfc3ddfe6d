"""RandomInvert: some images as negatives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corne import ops
from corne.backend import Array

from corne_images.arguments import as_value_range, span
from corne_images.draws import Draws
from corne_images.layers.image_layer import Drawn, RandomImageLayer, per_image


class RandomInvert(RandomImageLayer):
    """Turn some images into their negatives, in training.

    Args:
        factor: Range from which each image's probability is drawn; one number ``f`` means from 0 to ``f``.
            Default 1.
        value_range: Smallest and largest value of a pixel. Default ``(0, 255)``.
        seed: Start of the random numbers. Default None: drawn.
        data_format: "channels_last" or "channels_first". Default None: ``config.image_data_format()``.
        **kwargs: As for every image layer.

    Shapes:
        input ``(batch, height, width, channels)``; output the same.

    Raises:
        ArgumentError: A factor out of range.

    >>> RandomInvert((1.0, 1.0))([[[55.0]]]).tolist()
    [[[200.0]]]
    """

    pointwise = True

    def __init__(
        self,
        factor: float | Sequence[float] = 1.0,
        value_range: Sequence[float] = (0, 255),
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed=seed, data_format=data_format, **kwargs)
        self.factor = span("RandomInvert(factor=…)", factor, 0, 1, symmetric=False)
        self.value_range = as_value_range("RandomInvert(value_range=…)", value_range)

    def draw(self, random: Draws, shape: tuple[int, ...], training: bool = True) -> Drawn:
        """Choose for each image."""
        probability = random.uniform((shape[0],), *self.factor)
        return {"apply": random.uniform((shape[0],)) < probability}

    def images(self, x: Array, drawn: Drawn) -> Array:
        """Invert."""
        return ops.where(per_image(drawn["apply"]), self.value_range[1] - x, x)
