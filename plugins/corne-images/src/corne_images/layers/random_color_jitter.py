"""RandomColorJitter: other brightness, contrast, saturation and hue."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corne.backend import Array

from corne_images.arguments import as_value_range
from corne_images.draws import Draws
from corne_images.layers._steps import Steps
from corne_images.layers.image_layer import Drawn, RandomImageLayer
from corne_images.layers.random_brightness import RandomBrightness
from corne_images.layers.random_contrast import RandomContrast
from corne_images.layers.random_hue import RandomHue
from corne_images.layers.random_saturation import RandomSaturation

Factor = float | Sequence[float] | None


class RandomColorJitter(RandomImageLayer):
    """Change brightness, contrast, saturation and hue of each image, in this order, in training.

    Args:
        value_range: Smallest and largest value of a pixel. Default ``(0, 255)``.
        brightness_factor: As for RandomBrightness. Default None: brightness stays.
        contrast_factor: As for RandomContrast. Default None: contrast stays.
        saturation_factor: As for RandomSaturation. Default None: saturation stays.
        hue_factor: As for RandomHue. Default None: hue stays.
        seed: Start of the random numbers. Default None: drawn.
        data_format: "channels_last" or "channels_first". Default None: ``config.image_data_format()``.
        **kwargs: As for every image layer.

    Shapes:
        input ``(batch, height, width, 3)``; output the same.

    Raises:
        ArgumentError: A factor out of range.

    >>> RandomColorJitter(brightness_factor=(0.5, 0.5))([[[100.0, 0.0, 50.0]]]).tolist()
    [[[227.5, 127.5, 177.5]]]
    """

    def __init__(
        self,
        value_range: Sequence[float] = (0, 255),
        brightness_factor: Factor = None,
        contrast_factor: Factor = None,
        saturation_factor: Factor = None,
        hue_factor: Factor = None,
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed=seed, data_format=data_format, **kwargs)
        self.value_range = as_value_range("RandomColorJitter(value_range=…)", value_range)
        self.brightness_factor, self.contrast_factor = brightness_factor, contrast_factor
        self.saturation_factor, self.hue_factor = saturation_factor, hue_factor
        common: dict[str, Any] = {"data_format": self.data_format, "dtype": self.dtype_policy, "seed": 0}
        kinds: tuple[tuple[str, Any, Any], ...] = (
            ("brightness", RandomBrightness, brightness_factor),
            ("contrast", RandomContrast, contrast_factor),
            ("saturation", RandomSaturation, saturation_factor),
            ("hue", RandomHue, hue_factor),
        )
        self._steps = Steps(
            {name: kind(factor, value_range, **common) for name, kind, factor in kinds if factor is not None}
        )

    def draw(self, random: Draws, shape: tuple[int, ...], training: bool = True) -> Drawn:
        """Draw for each step."""
        return {name: step.draw(random, shape, training) for name, step in self._steps.layers.items()}

    def images(self, x: Array, drawn: Drawn) -> Array:
        """Do each step."""
        for name, step in self._steps.layers.items():
            x = step.images(x, drawn[name])
        return x
