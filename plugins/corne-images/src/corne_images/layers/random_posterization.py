"""RandomPosterization: fewer shades."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corne import ops
from corne.backend import Array

from corne_images.arguments import as_value_range, span
from corne_images.draws import Draws
from corne_images.layers.image_layer import Drawn, RandomImageLayer, per_image, rescaled


class RandomPosterization(RandomImageLayer):
    """Keep only the highest bits of each value, in training.

    Args:
        factor: How many of 8 bits are kept: a range, from the first number up to but not including the
            second; one number ``f`` means from 1 to ``f``. From 1 to 8.
        value_range: Smallest and largest value of a pixel. Default ``(0, 255)``.
        data_format: "channels_last" or "channels_first". Default None: ``config.image_data_format()``.
        seed: Start of the random numbers. Default None: drawn.
        **kwargs: As for every image layer.

    Shapes:
        input ``(batch, height, width, channels)``; output the same.

    Raises:
        ArgumentError: A factor out of range.

    >>> RandomPosterization((2, 2))([[[63.0], [64.0], [200.0]]]).tolist()
    [[[0.0], [64.0], [192.0]]]
    """

    pointwise = True

    def __init__(
        self,
        factor: int | Sequence[int],
        value_range: Sequence[float] = (0, 255),
        data_format: str | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed=seed, data_format=data_format, **kwargs)
        self.factor = span("RandomPosterization(factor=…)", factor, 1, 8, symmetric=False)
        self.value_range = as_value_range("RandomPosterization(value_range=…)", value_range)

    def draw(self, random: Draws, shape: tuple[int, ...], training: bool = True) -> Drawn:
        """Draw how many bits each image loses."""
        least, most = int(self.factor[0]), int(self.factor[1])
        if least == most:
            return {"lost": ops.full((shape[0],), 8.0 - least)}
        return {"lost": 8.0 - ops.cast(random.integers((shape[0],), least, most), "float32")}

    def images(self, x: Array, drawn: Drawn) -> Array:
        """Round down to multiples of a power of two."""
        dtype = x.dtype
        step = ops.power(2.0, per_image(drawn["lost"]))
        whole = ops.floor(ops.cast(rescaled(x, self.value_range, (0, 255)), "float32"))
        kept = ops.cast(ops.floor(whole / step) * step, dtype)
        return rescaled(kept, (0, 255), self.value_range)
