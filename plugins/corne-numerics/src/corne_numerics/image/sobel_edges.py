"""Edges of images."""

from __future__ import annotations

from corne.backend import Array
from corne.operation import op, xp

from corne_numerics.image._batch import check_images, to_batch
from corne_numerics.image.gaussian_blur import convolve_axis


@op()
def sobel_edges(images: Array, data_format: str | None = None) -> Array:
    """Return how much each pixel's surroundings change from top to bottom and from left to right.

    A difference ``[-1, 0, 1]`` along one axis of a mean ``[1, 2, 1]`` along the other, with zeros beyond the border.

    Args:
        images: One image or a batch.
        data_format: "channels_last" or "channels_first". Default None: ``config.image_data_format()``.

    Shapes:
        images ``(batch, height, width, channels)`` or without the batch axis; result with one more axis at the
        end, ``(..., 2)``: the vertical and the horizontal change.

    Raises:
        ShapeError: Another number of axes.

    Source: Sobel and Feldman, A 3x3 Isotropic Gradient Operator for Image Processing, 1968.

    >>> import numpy as np
    >>> ramp = np.tile(np.arange(3.0), (3, 1))[..., None]
    >>> sobel_edges(ramp, data_format="channels_last")[1, 1, 0].tolist()  # (1 + 2 + 1) * (2 - 0)
    [0.0, 8.0]
    """
    form = check_images("ops.image.sobel_edges", images, data_format)
    x = to_batch(images, form)
    vertical = convolve_axis(convolve_axis(x, (-1, 0, 1), 1), (1, 2, 1), 2)
    horizontal = convolve_axis(convolve_axis(x, (1, 2, 1), 1), (-1, 0, 1), 2)
    edges = xp().stack([vertical, horizontal], axis=-1)
    if form == "channels_first":
        edges = xp().permute_dims(edges, (0, 3, 1, 2, 4))
    return edges if len(images.shape) == 4 else edges[0, ...]
