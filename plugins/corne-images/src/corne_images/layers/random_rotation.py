"""RandomRotation: images turned."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from corne import ops
from corne.backend import Array

from corne_images.arguments import span
from corne_images.bounding_boxes.affine_transform import affine_transform
from corne_images.draws import Draws
from corne_images.layers._affine import AffineLayer, Matrix
from corne_images.layers.image_layer import Drawn


class RandomRotation(AffineLayer):
    """Turn each image around its middle by a random angle, in training.

    Args:
        factor: Range of the angle in turns, counter-clockwise where positive; one number ``f`` means from
            ``-f`` to ``f``. From -1 to 1.
        fill_mode: What lies outside: "reflect" (``d c b a | a b c d | d c b a``), "wrap" (``a b c d`` again),
            "constant" or "nearest" (``a a a | a b c d``). Default "reflect".
        interpolation: "bilinear" or "nearest". Default "bilinear".
        seed: Start of the random numbers. Default None: drawn.
        fill_value: Value outside with "constant". Default 0.
        data_format: "channels_last" or "channels_first". Default None: ``config.image_data_format()``.
        **kwargs: As for every image layer.

    Shapes:
        input ``(batch, height, width, channels)``; output the same.

    Raises:
        ArgumentError: A factor out of range, an unknown fill mode or interpolation.

    >>> import numpy as np
    >>> half_turn = RandomRotation((0.5, 0.5))(np.arange(4.0).reshape(2, 2, 1))
    >>> [[round(float(x)) for x in row] for row in half_turn[..., 0]]
    [[3, 2], [1, 0]]
    """

    def __init__(
        self,
        factor: float | Sequence[float],
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | None = None,
        fill_value: float = 0.0,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            fill_mode=fill_mode, interpolation=interpolation, fill_value=fill_value, seed=seed,
            data_format=data_format, **kwargs,
        )  # fmt: skip
        self.factor = span("RandomRotation(factor=…)", factor, -1, 1)

    def draw(self, random: Draws, shape: tuple[int, ...], training: bool = True) -> Drawn:
        """Draw an angle in degrees for each image."""
        return {"angle": random.uniform((shape[0],), self.factor[0] * 360.0, self.factor[1] * 360.0)}

    def matrix(self, drawn: Drawn, height: int, width: int) -> Matrix:
        """Return the rotation around the middle."""
        angle = drawn["angle"] * (math.pi / 180.0)
        cos, sin = ops.cos(angle), ops.sin(angle)
        x, y = (width - 1) / 2, (height - 1) / 2
        return cos, -sin, x - cos * x + sin * y, sin, cos, y - sin * x - cos * y

    def boxes(self, boxes: Array, drawn: Drawn, size: tuple[int, int]) -> Array:
        """Return the smallest boxes around the turned ones."""
        none = ops.zeros_like(drawn["angle"])
        return affine_transform(
            boxes, drawn["angle"], none, none, none + 1.0, none, none, height=size[0], width=size[1]
        )
