"""RandomPerspective: images seen from aside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corne import checks, ops
from corne.backend import Array

from corne_images.arguments import span
from corne_images.bounding_boxes.formats import columns, join
from corne_images.draws import Draws
from corne_images.layers.image_layer import Drawn, RandomImageLayer, per_image
from corne_images.sampling import INTERPOLATIONS, grid, sample

Rows = tuple[Array, ...]


class RandomPerspective(RandomImageLayer):
    """Move the corners of some images, in training.

    A corner's coordinates are multiplied by random numbers from ``1 - scale / 2`` to ``1 + scale / 2``, so the
    upper left one stays.

    Args:
        factor: Range from which each image's probability is drawn; one number ``f`` means from 0 to ``f``.
            Default 1.
        scale: How far corners move, from 0 to 1. Default 1.
        interpolation: "bilinear" or "nearest". Default "bilinear".
        fill_value: Value outside of the image. Default 0.
        seed: Start of the random numbers. Default None: drawn.
        data_format: "channels_last" or "channels_first". Default None: ``config.image_data_format()``.
        **kwargs: As for every image layer.

    Shapes:
        input ``(batch, height, width, channels)``; output the same.

    Raises:
        ArgumentError: A factor or scale out of range, or an unknown interpolation.

    Source: the mapping of a square to four points, Heckbert 1989, section 2.2.3,
    https://www2.eecs.berkeley.edu/Pubs/TechRpts/1989/5504.html

    >>> RandomPerspective(scale=0.0)([[[1.0], [3.0]], [[5.0], [7.0]]]).tolist()
    [[[1.0], [3.0]], [[5.0], [7.0]]]
    """

    def __init__(
        self,
        factor: float | Sequence[float] = 1.0,
        scale: float = 1.0,
        interpolation: str = "bilinear",
        fill_value: float = 0.0,
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed=seed, data_format=data_format, **kwargs)
        self.factor = span("RandomPerspective(factor=…)", factor, 0, 1, symmetric=False)
        span("RandomPerspective(scale=…)", (scale, scale), 0, 1)
        self.scale = scale
        self.interpolation = checks.one_of(
            "RandomPerspective(interpolation=…)", interpolation, INTERPOLATIONS
        )
        self.fill_value = fill_value

    def draw(self, random: Draws, shape: tuple[int, ...], training: bool = True) -> Drawn:
        """Choose for each image; draw how far each corner moves."""
        probability = random.uniform((shape[0],), *self.factor)
        apply = random.uniform((shape[0],)) < probability
        moved = random.uniform((shape[0], 4, 2), -0.5 * self.scale, 0.5 * self.scale, self.compute_dtype)
        return {"apply": apply, "moved": ops.cast(moved, "float32")}

    def images(self, x: Array, drawn: Drawn) -> Array:
        """Look through the mapping."""
        return self._seen(x, drawn, self.interpolation)

    def masks(self, x: Array, drawn: Drawn) -> Array:
        """Look through the mapping; no new values arise."""
        return self._seen(x, drawn, "nearest")

    def _seen(self, x: Array, drawn: Drawn, interpolation: str) -> Array:
        height, width = x.shape[self.height_axis], x.shape[self.width_axis]
        rows = _inverse(_to_moved(drawn["moved"], height, width))
        across, down = _mapped(rows, *grid(height, width, "float32"))
        seen = sample(x, across, down, interpolation, "constant", self.fill_value, self.data_format)
        return ops.where(per_image(drawn["apply"]), seen, x)

    def boxes(self, boxes: Array, drawn: Drawn, size: tuple[int, int]) -> Array:
        """Return the smallest boxes around the moved ones."""
        rows = _to_moved(drawn["moved"], *size)
        x1, y1, x2, y2 = columns(boxes)
        x, y = _mapped(rows, ops.concatenate([x1, x2, x1, x2], -1), ops.concatenate([y1, y2, y2, y1], -1))
        around = join(
            ops.min(x, -1, keepdims=True), ops.min(y, -1, keepdims=True),
            ops.max(x, -1, keepdims=True), ops.max(y, -1, keepdims=True),
        )  # fmt: skip
        return ops.where(drawn["apply"][:, None, None], around, boxes)


def _to_moved(moved: Array, height: int, width: int) -> Rows:
    """Return the nine numbers, each ``(n,)``, of the mapping from places to moved places."""
    right, bottom = float(max(width - 1, 1)), float(max(height - 1, 1))
    x1, y1 = right * (1 + moved[:, 1, 0]), ops.zeros_like(moved[:, 1, 0])  # upper right; upper left is 0
    x3, y3 = ops.zeros_like(moved[:, 2, 0]), bottom * (1 + moved[:, 2, 1])  # lower left
    x2, y2 = right * (1 + moved[:, 3, 0]), bottom * (1 + moved[:, 3, 1])  # lower right
    dx1, dy1, dx2, dy2 = x1 - x2, y1 - y2, x3 - x2, y3 - y2
    sum_x, sum_y = x2 - x1 - x3, y2 - y1 - y3
    whole = dx1 * dy2 - dx2 * dy1
    g, h = (sum_x * dy2 - dx2 * sum_y) / whole, (dx1 * sum_y - sum_x * dy1) / whole
    none = ops.zeros_like(g)
    unit = (x1 + g * x1, x3 + h * x3, none, y1 + g * y1, y3 + h * y3, none, g, h, none + 1.0)
    scale = (1 / right, 1 / bottom, 1.0)
    return tuple(part * scale[i % 3] for i, part in enumerate(unit))


def _inverse(rows: Rows) -> Rows:
    """Return the inverse of 3 x 3 matrices up to a factor, which a mapping doesn't feel."""
    a, b, c, d, e, f, g, h, i = rows
    return (
        e * i - f * h, c * h - b * i, b * f - c * e,
        f * g - d * i, a * i - c * g, c * d - a * f,
        d * h - e * g, b * g - a * h, a * e - b * d,
    )  # fmt: skip


def _mapped(rows: Rows, x: Array, y: Array) -> tuple[Array, Array]:
    a, b, c, d, e, f, g, h, i = (part[:, None, None] for part in rows)
    below = g * x + h * y + i
    return (a * x + b * y + c) / below, (d * x + e * y + f) / below
