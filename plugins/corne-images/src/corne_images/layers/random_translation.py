"""RandomTranslation: images moved."""

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


class RandomTranslation(AffineLayer):
    """Move each image by a random distance, in training.

    Args:
        height_factor: Range of the distance down, as a fraction of the height; one number ``f`` means from
            ``-f`` to ``f``. From -1 to 1.
        width_factor: Range of the distance to the right, as a fraction of the width, likewise.
        fill_mode: What lies outside: "reflect", "wrap", "constant" or "nearest". Default "reflect".
        interpolation: "bilinear" or "nearest". Default "bilinear".
        seed: Start of the random numbers. Default None: drawn.
        fill_value: Value outside with "constant". Default 0.
        data_format: "channels_last" or "channels_first". Default None: ``config.image_data_format()``.
        **kwargs: As for every image layer.

    Shapes:
        input ``(batch, height, width, channels)``; output the same.

    Raises:
        ArgumentError: A factor out of range, an unknown fill mode or interpolation.

    >>> RandomTranslation(0.0, (0.5, 0.5), "constant")([[[1.0], [2.0]]]).tolist()
    [[[0.0], [1.0]]]
    """

    def __init__(
        self,
        height_factor: float | Sequence[float],
        width_factor: float | Sequence[float],
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
        self.height_factor, self.width_factor = height_factor, width_factor
        self._down = span("RandomTranslation(height_factor=…)", height_factor, -1, 1)
        self._right = span("RandomTranslation(width_factor=…)", width_factor, -1, 1)

    def draw(self, random: Draws, shape: tuple[int, ...], training: bool = True) -> Drawn:
        """Draw distances in pixels for each image."""
        down = random.uniform((shape[0], 1), *self._down) * shape[self.height_axis]
        right = random.uniform((shape[0], 1), *self._right) * shape[self.width_axis]
        return {"down": down[:, 0], "right": right[:, 0]}

    def matrix(self, drawn: Drawn, height: int, width: int) -> Matrix:
        """Return the way back."""
        one, none = ops.ones_like(drawn["down"]), ops.zeros_like(drawn["down"])
        return one, none, -drawn["right"], none, one, -drawn["down"]

    def boxes(self, boxes: Array, drawn: Drawn, size: tuple[int, int]) -> Array:
        """Move."""
        right, down = drawn["right"][:, None, None], drawn["down"][:, None, None]
        x1, y1, x2, y2 = columns(boxes)
        return join(x1 + right, y1 + down, x2 + right, y2 + down)
