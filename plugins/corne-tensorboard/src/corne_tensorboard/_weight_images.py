"""Show weights as images."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

#: As many samples as TensorFlow keeps of a tag and step.
MOST = 3


def weight_images(weight: NDArray[np.floating], channels_last: bool = True) -> NDArray[np.uint8] | None:
    """Return up to three images of a weight, its smallest value black and its largest white.

    Axes of size one are left out first. A vector is a line, a matrix an image with the longer side across. Of three
    axes the last (with channels first: the first) counts images. A kernel with four axes is shown where it reads
    three channels: a colour image for each filter.

    Args:
        weight: The values.
        channels_last: Whether three axes are ``(height, width, images)``. Default True.

    Returns:
        Shape ``(images, height, width, 1 or 3)``; None where a weight is empty, infinite, NaN or has other axes.

    >>> weight_images(np.array([0.0, 0.5, 1.0]))[0, 0, :, 0].tolist()
    [0, 128, 255]
    """
    values = np.squeeze(weight).astype("float64")
    if not values.size or not np.isfinite(values).all():
        return None
    if values.ndim <= 1:
        images = values.reshape(1, 1, -1, 1)
    elif values.ndim == 2:
        images = (values.T if values.shape[0] > values.shape[1] else values)[None, ..., None]
    elif values.ndim == 3:
        images = (values.transpose(2, 0, 1) if channels_last else values)[..., None]
    elif values.ndim == 4 and values.shape[2] == 3:
        images = values.transpose(3, 0, 1, 2)
    else:
        return None
    low, high = values.min(), values.max()
    scaled = (images[:MOST] - low) / (high - low if high > low else 1.0)
    return np.asarray(np.round(scaled * 255), dtype="uint8")
