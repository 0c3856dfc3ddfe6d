"""Solarization: bright values inverted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corne import ops
from corne.backend import Array

from corne_images.arguments import as_value_range, span
from corne_images.draws import Draws
from corne_images.layers.image_layer import Drawn, RandomImageLayer, per_image, rescaled


class Solarization(RandomImageLayer):
    """Add a random number, then invert values above a random threshold, in training.

    Args:
        addition_factor: Range of what is added, as a fraction of 255; one number ``f`` means from 0 to ``f``.
            From 0 to 1. Default 0.
        threshold_factor: Range of the threshold, likewise. Default 0.
        value_range: Smallest and largest value of a pixel. Default ``(0, 255)``.
        seed: Start of the random numbers. Default None: drawn.
        **kwargs: As for every image layer.

    Shapes:
        input ``(batch, height, width, channels)``; output the same.

    Raises:
        ArgumentError: A factor out of range.

    >>> Solarization()([[[55.0]]]).tolist()
    [[[200.0]]]
    """

    pointwise = True

    def __init__(
        self,
        addition_factor: float | Sequence[float] = 0.0,
        threshold_factor: float | Sequence[float] = 0.0,
        value_range: Sequence[float] = (0, 255),
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed=seed, **kwargs)
        self.addition_factor = span("Solarization(addition_factor=…)", addition_factor, 0, 1, symmetric=False)
        self.threshold_factor = span(
            "Solarization(threshold_factor=…)", threshold_factor, 0, 1, symmetric=False
        )
        self.value_range = as_value_range("Solarization(value_range=…)", value_range)

    def draw(self, random: Draws, shape: tuple[int, ...], training: bool = True) -> Drawn:
        """Draw an addition and a threshold for each image."""
        size, dtype = (shape[0], 1, 1, 1), self.compute_dtype
        additions, thresholds = self.addition_factor, self.threshold_factor
        # Only the upper ends are scaled to 255, as Keras has it.
        return {
            "addition": random.uniform(size, additions[0], additions[1] * 255, dtype),
            "threshold": random.uniform(size, thresholds[0], thresholds[1] * 255, dtype),
        }

    def images(self, x: Array, drawn: Drawn) -> Array:
        """Add and invert."""
        addition, threshold = (ops.cast(per_image(drawn[k]), x.dtype) for k in ("addition", "threshold"))
        result = ops.clip(rescaled(x, self.value_range, (0, 255)) + addition, 0.0, 255.0)
        result = ops.where(result < threshold, result, 255.0 - result)
        return rescaled(result, (0, 255), self.value_range)
