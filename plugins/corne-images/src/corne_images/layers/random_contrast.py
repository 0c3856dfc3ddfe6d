"""RandomContrast: more and less contrast."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corne import ops
from corne.backend import Array

from corne_images.arguments import as_value_range, span
from corne_images.draws import Draws
from corne_images.layers.image_layer import Drawn, RandomImageLayer, per_image


class RandomContrast(RandomImageLayer):
    """Multiply the distance from the mean of each channel by a random number, in training.

    ``y = (x - mean) * c + mean``, with ``c`` from ``1 - lower`` to ``1 + upper``.

    Args:
        factor: ``(lower, upper)``, or one number for both. From 0 to 1.
        value_range: Smallest and largest value of a pixel. Default ``(0, 255)``.
        seed: Start of the random numbers. Default None: drawn.
        **kwargs: As for every image layer.

    Shapes:
        input ``(batch, height, width, channels)``; output the same.

    Raises:
        ArgumentError: A factor out of range.

    >>> RandomContrast(0.0)([[[1.0], [3.0]]]).tolist()
    [[[1.0], [3.0]]]
    """

    def __init__(
        self,
        factor: float | Sequence[float],
        value_range: Sequence[float] = (0, 255),
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed=seed, **kwargs)
        self.factor = span("RandomContrast(factor=…)", factor, 0, 1, symmetric=False)
        self.value_range = as_value_range("RandomContrast(value_range=…)", value_range)

    def draw(self, random: Draws, shape: tuple[int, ...], training: bool = True) -> Drawn:
        """Draw one number for each image."""
        lower, upper = 1.0 - self.factor[0], 1.0 + self.factor[1]
        return {"factor": random.uniform((shape[0], 1, 1, 1), lower, upper, self.compute_dtype)}

    def images(self, x: Array, drawn: Drawn) -> Array:
        """Multiply."""
        mean = ops.mean(x, axis=(self.height_axis, self.width_axis), keepdims=True)
        return ops.clip((x - mean) * ops.cast(per_image(drawn["factor"]), x.dtype) + mean, *self.value_range)
