"""RandAugment: a few of many changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corne import checks
from corne.backend import Array

from corne_images.arguments import as_value_range, span
from corne_images.draws import Draws
from corne_images.layers._choice import COLORS, chosen, chosen_images, make_steps
from corne_images.layers.image_layer import Drawn, RandomImageLayer
from corne_images.sampling import INTERPOLATIONS

_NAMES = (
    "random_shear", "random_translation", "random_rotation", *COLORS,
    "random_posterization", "solarization", "auto_contrast", "equalization",
)  # fmt: skip


class RandAugment(RandomImageLayer):
    """Change images by a few layers, chosen at random for each batch, in training.

    The layers are RandomShear, RandomTranslation, RandomRotation, RandomBrightness, RandomColorDegeneration,
    RandomContrast, RandomSharpness, RandomPosterization, Solarization, AutoContrast and Equalization. Their
    numbers are drawn for each image.

    Args:
        value_range: Smallest and largest value of a pixel. Default ``(0, 255)``.
        num_ops: How many layers are chosen, one after the other. Default 2.
        factor: Range of all layers' strength, from 0 to 1; one number ``f`` means from 0 to ``f``. Default
            0.5.
        interpolation: "bilinear" or "nearest". Default "bilinear".
        seed: Start of the random numbers. Default None: drawn.
        data_format: "channels_last" or "channels_first". Default None: ``config.image_data_format()``.
        **kwargs: As for every image layer.

    Shapes:
        input ``(batch, height, width, 3)``; output the same.

    Raises:
        ArgumentError: A factor out of range, or ``num_ops`` no positive integer.

    Source: Cubuk et al. 2019, https://arxiv.org/abs/1909.13719

    >>> import numpy as np
    >>> tuple(RandAugment()(np.zeros((2, 8, 8, 3))).shape)
    (2, 8, 8, 3)
    """

    def __init__(
        self,
        value_range: Sequence[float] = (0, 255),
        num_ops: int = 2,
        factor: float | Sequence[float] = 0.5,
        interpolation: str = "bilinear",
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed=seed, data_format=data_format, **kwargs)
        self.value_range = as_value_range("RandAugment(value_range=…)", value_range)
        self.num_ops = checks.integer("RandAugment(num_ops=…)", num_ops, 1)
        self.factor = span("RandAugment(factor=…)", factor, 0, 1, symmetric=False)
        self.interpolation = checks.one_of("RandAugment(interpolation=…)", interpolation, INTERPOLATIONS)
        self._steps = make_steps(
            _NAMES, self.factor, self.value_range, interpolation,
            data_format=self.data_format, dtype=self.dtype_policy,
        )  # fmt: skip

    def draw(self, random: Draws, shape: tuple[int, ...], training: bool = True) -> Drawn:
        """Choose layers, and draw for every layer."""
        index = random.integers((self.num_ops,), 0, len(_NAMES))
        drawn = {name: layer.draw(random, shape, training) for name, layer in self._steps.layers.items()}
        return {"index": index, **drawn}

    def images(self, x: Array, drawn: Drawn) -> Array:
        """Apply the chosen layers."""
        for i in range(self.num_ops):
            x = chosen_images(self._steps, drawn["index"][i], drawn, x)
        return x

    def masks(self, x: Array, drawn: Drawn) -> Array:
        """Apply the chosen layers."""
        for i in range(self.num_ops):
            x = chosen(self._steps, drawn["index"][i], drawn, x, lambda layer, y, d: layer.masks(y, d))
        return x

    def boxes(self, boxes: Array, drawn: Drawn, size: tuple[int, int]) -> Array:
        """Apply the chosen layers."""
        for i in range(self.num_ops):
            boxes = chosen(
                self._steps, drawn["index"][i], drawn, boxes, lambda layer, y, d: layer.boxes(y, d, size)
            )
        return boxes
