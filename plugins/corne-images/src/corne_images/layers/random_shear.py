"""RandomShear: images slanted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corne import ops
from corne.backend import Array

from corne_images.arguments import span
from corne_images.bounding_boxes.formats import columns, join
from corne_images.draws import Draws
from corne_images.layers._affine import AffineLayer, Matrix
from corne_images.layers.image_layer import Drawn


class RandomShear(AffineLayer):
    """Slant each image by random amounts, in training; the upper left corner stays.

    Args:
        x_factor: Range of the pixels that a row moves for each row above it; one number ``f`` means from
            ``-f`` to ``f``. From 0 to 1. Default 0.
        y_factor: The same for columns. Default 0.
        interpolation: "bilinear" or "nearest". Default "bilinear".
        fill_mode: What lies outside: "reflect", "wrap", "constant" or "nearest". Default "reflect".
        fill_value: Value outside with "constant". Default 0.
        data_format: "channels_last" or "channels_first". Default None: ``config.image_data_format()``.
        seed: Start of the random numbers. Default None: drawn.
        **kwargs: As for every image layer.

    Shapes:
        input ``(batch, height, width, channels)``; output the same.

    Raises:
        ArgumentError: A factor out of range, an unknown fill mode or interpolation.

    >>> import numpy as np
    >>> tuple(RandomShear(0.2, 0.1)(np.zeros((2, 8, 8, 3))).shape)
    (2, 8, 8, 3)
    """

    def __init__(
        self,
        x_factor: float | Sequence[float] = 0.0,
        y_factor: float | Sequence[float] = 0.0,
        interpolation: str = "bilinear",
        fill_mode: str = "reflect",
        fill_value: float = 0.0,
        data_format: str | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            fill_mode=fill_mode, interpolation=interpolation, fill_value=fill_value, seed=seed,
            data_format=data_format, **kwargs,
        )  # fmt: skip
        self.x_factor, self.y_factor = x_factor, y_factor
        self._x = span("RandomShear(x_factor=…)", x_factor, 0, 1)
        self._y = span("RandomShear(y_factor=…)", y_factor, 0, 1)

    def draw(self, random: Draws, shape: tuple[int, ...], training: bool = True) -> Drawn:
        """Draw two slants for each image, with one sign."""
        size, dtype = (shape[0], 1), self.compute_dtype
        sign = ops.where(random.uniform(size, 0.0, 1.0, dtype) > 0.5, -1.0, 1.0)
        y = random.uniform(size, *self._y, dtype)
        x = random.uniform(size, *self._x, dtype)
        return {"x": ops.cast(x * sign, "float32")[:, 0], "y": ops.cast(y * sign, "float32")[:, 0]}

    def matrix(self, drawn: Drawn, height: int, width: int) -> Matrix:
        """Return the slant."""
        one, none = ops.ones_like(drawn["x"]), ops.zeros_like(drawn["x"])
        return one, drawn["x"], none, drawn["y"], one, none

    def boxes(self, boxes: Array, drawn: Drawn, size: tuple[int, int]) -> Array:
        """Return boxes around the slanted ones, first by x, then by y, in fractions as Keras reckons them."""
        height, width = size
        x, y = drawn["x"][:, None, None], drawn["y"][:, None, None]
        x1, y1, x2, y2 = columns(boxes)
        x1, y1, x2, y2 = x1 / width, y1 / height, x2 / width, y2 / height
        x1, x2 = (
            ops.where(x < 0, x1 - x * y1, x1 - x * y2),
            ops.where(x < 0, x2 - x * y2, x2 - x * y1),
        )
        y1, y2 = (
            ops.where(y > 0, y1 - y * x2, y1 - y * x1),
            ops.where(y > 0, y2 - y * x1, y2 - y * x2),
        )
        return join(x1 * width, y1 * height, x2 * width, y2 * height)
