"""RandomCrop: a part of each image."""

from __future__ import annotations

from typing import Any

from corne import checks, ops
from corne.random import SeedGenerator
from corne.random.seed_generator import make_default_seed

from corne_images.draws import Draws
from corne_images.layers._cropping import CroppingLayer
from corne_images.layers.image_layer import Drawn


class RandomCrop(CroppingLayer):
    """Cut a part at a random place out of each image, the same place for the whole batch.

    Outside of training, and where an image is no larger than the part, the largest part in the middle with
    the ratio of ``height`` and ``width`` is resized.

    Args:
        height: Of the part, in pixels.
        width: Of the part, in pixels.
        seed: Start of the random numbers. Default None: drawn.
        data_format: "channels_last" or "channels_first". Default None: ``config.image_data_format()``.
        **kwargs: As for every image layer.

    Shapes:
        input ``(batch, old_height, old_width, channels)``; output ``(batch, height, width, channels)``.

    Raises:
        ArgumentError: A height or width that is no positive integer.

    >>> import numpy as np
    >>> tuple(RandomCrop(2, 3)(np.zeros((4, 8, 8, 1))).shape)
    (4, 2, 3, 1)
    """

    always = True
    seed_generator: SeedGenerator

    def __init__(
        self,
        height: int,
        width: int,
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.height = checks.integer("RandomCrop(height=…)", height, 1)
        self.width = checks.integer("RandomCrop(width=…)", width, 1)
        self.seed = make_default_seed() if seed is None else seed
        self.seed_generator = SeedGenerator(self.seed)

    def draw(self, random: Draws, shape: tuple[int, ...], training: bool = True) -> Drawn:
        """Draw a place."""
        rows, across = shape[self.height_axis] - self.height, shape[self.width_axis] - self.width
        if not training or rows <= 0 or across <= 0:
            return {}
        top = ops.cast(random.uniform((), 0, float(rows + 1)), "int32")
        left = ops.cast(random.uniform((), 0, float(across + 1)), "int32")
        return {"top": ops.minimum(top, rows), "left": ops.minimum(left, across)}
