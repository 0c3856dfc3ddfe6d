"""CutMix: a rectangle of each image from another image."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corne import ops
from corne.backend import Array
from corne.errors import DataError

from corne_images.arguments import span
from corne_images.draws import Draws
from corne_images.layers._mixing import mixed_labels
from corne_images.layers._rectangles import rectangle, side
from corne_images.layers.image_layer import Drawn, RandomImageLayer


class CutMix(RandomImageLayer):
    """Replace a random rectangle of each image by that of another image of the batch, in training.

    Labels are mixed by the shares of the area. Masks are cut like images.

    Args:
        factor: Range of ``alpha``, drawn once for a batch; the share that is kept follows the distribution
            Beta(alpha, alpha). One number ``f`` means from 0 to ``f``. Default 1.
        seed: Start of the random numbers. Default None: drawn.
        data_format: "channels_last" or "channels_first". Default None: ``config.image_data_format()``.
        **kwargs: As for every image layer.

    Shapes:
        input ``(batch, height, width, channels)``; output the same. labels ``(batch, classes)``.

    Raises:
        ArgumentError: A factor out of range.
        DataError: Bounding boxes, which can't be cut, or labels that are class numbers.

    Source: Yun et al. 2019, https://arxiv.org/abs/1905.04899

    >>> import numpy as np
    >>> tuple(CutMix()(np.zeros((2, 8, 8, 3))).shape)
    (2, 8, 8, 3)
    """

    def __init__(
        self,
        factor: float | Sequence[float] = 1.0,
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed=seed, data_format=data_format, **kwargs)
        self.factor = span("CutMix(factor=…)", factor, 0, 1, symmetric=False)

    def draw(self, random: Draws, shape: tuple[int, ...], training: bool = True) -> Drawn:
        """Draw a rectangle for each image, and which image fills it."""
        n, dtype = shape[0], "float64" if self.compute_dtype == "float64" else "float32"
        height, width = shape[self.height_axis], shape[self.width_axis]
        alpha = random.uniform((), *self.factor, dtype) + 1e-6
        share = ops.sqrt(1.0 - random.beta((n,), alpha, dtype))
        x = side(random, n, width, share, dtype)
        y = side(random, n, height, share, dtype)
        kept = 1.0 - (x[1] - x[0]) * (y[1] - y[0]) / (width * height)
        return {"x": x, "y": y, "kept": kept, "order": random.order(n)}

    def images(self, x: Array, drawn: Drawn) -> Array:
        """Replace."""
        height, width = x.shape[self.height_axis], x.shape[self.width_axis]
        inside = rectangle(drawn["x"], drawn["y"], height, width, self.channel_axis)
        return ops.where(inside, ops.take(x, drawn["order"], axis=0), x)

    masks = images

    def labels(self, y: Array, drawn: Drawn) -> Array:
        """Mix."""
        return mixed_labels(self.name, y, drawn["kept"], drawn["order"])

    def boxes(self, boxes: Array, drawn: Drawn, size: tuple[int, int]) -> Array:
        """Refuse."""
        raise DataError(
            f"{self.name}: bounding_boxes", "images without boxes", "boxes",
            "Use MixUp, which keeps the boxes of both images.",
        )  # fmt: skip
