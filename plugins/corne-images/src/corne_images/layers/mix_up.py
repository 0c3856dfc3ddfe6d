"""MixUp: mixtures of two images."""

from __future__ import annotations

from typing import Any

from corne import ops
from corne.backend import Array
from corne.errors import ArgumentError

from corne_images.arguments import is_number
from corne_images.draws import Draws
from corne_images.layers._mixing import mixed_labels
from corne_images.layers.image_layer import Drawn, RandomImageLayer, per_image


class MixUp(RandomImageLayer):
    """Mix each image with another one of the batch, in training.

    Labels and masks are mixed by the same shares; boxes are those of both images.

    Args:
        alpha: The share follows the distribution Beta(alpha, alpha): small numbers mix little. Default 0.2.
        data_format: "channels_last" or "channels_first". Default None: ``config.image_data_format()``.
        seed: Start of the random numbers. Default None: drawn.
        **kwargs: As for every image layer.

    Shapes:
        input ``(batch, height, width, channels)``; output the same. labels ``(batch, classes)``; boxes
        ``(batch, boxes, 4)`` become ``(batch, 2 boxes, 4)``.

    Raises:
        ArgumentError: ``alpha`` is not positive.
        DataError: Labels that are class numbers.

    Source: Zhang et al. 2017, https://arxiv.org/abs/1710.09412

    >>> import numpy as np
    >>> MixUp()({"images": np.ones((2, 1, 1, 1)), "labels": np.ones((2, 3))})["labels"].tolist()
    [[1.0, 1.0, 1.0], [1.0, 1.0, 1.0]]
    """

    def __init__(
        self, alpha: float = 0.2, data_format: str | None = None, seed: int | None = None, **kwargs: Any
    ) -> None:
        super().__init__(seed=seed, data_format=data_format, **kwargs)
        if not is_number(alpha) or alpha <= 0:
            raise ArgumentError("MixUp(alpha=…)", "a positive number", repr(alpha))
        self.alpha = alpha

    def draw(self, random: Draws, shape: tuple[int, ...], training: bool = True) -> Drawn:
        """Draw the other image of each, and its share."""
        order = random.order(shape[0])
        return {"order": order, "share": random.beta((shape[0],), self.alpha)}

    def images(self, x: Array, drawn: Drawn) -> Array:
        """Mix."""
        share = ops.cast(per_image(drawn["share"]), x.dtype)
        return share * x + (1.0 - share) * ops.take(x, drawn["order"], axis=0)

    def masks(self, x: Array, drawn: Drawn) -> Array:
        """Mix, as floats."""
        return self.images(ops.cast(x, self.compute_dtype), drawn)

    def labels(self, y: Array, drawn: Drawn) -> Array:
        """Mix."""
        return mixed_labels(self.name, y, drawn["share"], drawn["order"])

    def _boxes(self, given: Any, drawn: Drawn, single: bool, size: tuple[int, int]) -> Any:
        boxes, labels = self._checked_boxes(given, single)
        self._box_format()
        boxes = ops.concatenate([boxes, ops.take(boxes, drawn["order"], axis=0)], axis=1)
        labels = ops.concatenate([labels, ops.take(labels, drawn["order"], axis=0)], axis=1)
        return {"boxes": boxes[0], "labels": labels[0]} if single else {"boxes": boxes, "labels": labels}
