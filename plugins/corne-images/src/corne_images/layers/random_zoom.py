"""RandomZoom: images from nearer and farther."""

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


class RandomZoom(AffineLayer):
    """Zoom each image by a random factor, in training.

    Args:
        height_factor: Range of how much more height is seen: 0.2 shows 120 % of the height, -0.2 shows 80 %;
            one number ``f`` means from ``-f`` to ``f``. Above -1, up to 1.
        width_factor: The same for the width. Default None: the height's, drawn once for both.
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

    >>> RandomZoom((-0.5, -0.5))([[[1.0], [2.0], [3.0]]]).tolist()
    [[[1.5], [2.0], [2.5]]]
    """

    def __init__(
        self,
        height_factor: float | Sequence[float],
        width_factor: float | Sequence[float] | None = None,
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
        self._down = span("RandomZoom(height_factor=…)", height_factor, -1, 1, exclusive=True)
        self._right = (
            None
            if width_factor is None
            else span("RandomZoom(width_factor=…)", width_factor, -1, 1, exclusive=True)
        )

    def draw(self, random: Draws, shape: tuple[int, ...], training: bool = True) -> Drawn:
        """Draw what part of height and width is seen, for each image."""
        down = random.uniform((shape[0], 1), 1.0 + self._down[0], 1.0 + self._down[1])[:, 0]
        right = down
        if self._right is not None:
            right = random.uniform((shape[0], 1), 1.0 + self._right[0], 1.0 + self._right[1])[:, 0]
        return {"down": down, "right": right}

    def matrix(self, drawn: Drawn, height: int, width: int) -> Matrix:
        """Return the zoom towards the middle."""
        down, right = drawn["down"], drawn["right"]
        none = ops.zeros_like(down)
        return right, none, (width - 1) / 2 * (1.0 - right), none, down, (height - 1) / 2 * (1.0 - down)

    def boxes(self, boxes: Array, drawn: Drawn, size: tuple[int, int]) -> Array:
        """Cut at what is seen, and scale."""
        height, width = size
        matrix = self.matrix(drawn, height, width)
        right, left, down, top = (matrix[i][:, None, None] for i in (0, 2, 4, 5))
        x1, y1, x2, y2 = columns(boxes)

        def across(x: Array) -> Array:
            return (ops.clip(x, left, left + right * width) - left) / right

        def along(y: Array) -> Array:
            return (ops.clip(y, top, top + down * height) - top) / down

        return join(across(x1), along(y1), across(x2), along(y2))
