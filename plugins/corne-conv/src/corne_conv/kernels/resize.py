"""Resizing of images by a weighted sum along each axis; ``xp`` is an array-API namespace.

Pixel centres lie at ``i + 0.5``, so place ``i`` of the result looks at ``(i + 0.5) * size / new_size - 0.5``
of the input; beyond the border the border's value counts.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from corne.backend import Array

from corne_conv.kernels.conv import Namespace


def _triangle(distance: float) -> float:
    return max(0.0, 1.0 - abs(distance))


def _keys(a: float) -> Callable[[float], float]:
    """Return the cubic convolution kernel.

    Source: Cubic Convolution Interpolation for Digital Image Processing, Keys 1981, equation 4 with its
    constant -1/2 left open.
    """

    def weight(distance: float) -> float:
        x = abs(distance)
        if x <= 1:
            return ((a + 2) * x - (a + 3)) * x * x + 1
        if x < 2:
            return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a
        return 0.0

    return weight


def weights(size: int, new_size: int, interpolation: str, antialias: bool = False) -> np.ndarray:
    """Return the matrix ``(new_size, size)`` that resizes an axis.

    Args:
        size: Places of the input.
        new_size: Places of the result.
        interpolation: "nearest", "bilinear" or "bicubic".
        antialias: Whether to widen the kernel when shrinking, so that all places of the input count. No
            effect on "nearest". Default False.
    """
    matrix = np.zeros((new_size, size))
    scale = size / new_size
    if interpolation == "nearest":
        for i in range(new_size):
            matrix[i, min(math.floor((i + 0.5) * scale), size - 1)] = 1
        return matrix
    widen = max(scale, 1.0) if antialias else 1.0
    # PyTorch's constants, so that results agree with it: -0.75, and -0.5 where it antialiases.
    kernel = _triangle if interpolation == "bilinear" else _keys(-0.5 if antialias else -0.75)
    reach = (1 if interpolation == "bilinear" else 2) * widen
    for i in range(new_size):
        centre = (i + 0.5) * scale - 0.5
        for j in range(math.floor(centre - reach), math.ceil(centre + reach) + 1):
            weight = kernel((j - centre) / widen)
            if antialias and not 0 <= j < size:
                continue  # with antialiasing, places beyond the border don't count
            matrix[i, min(max(j, 0), size - 1)] += weight
        matrix[i] /= matrix[i].sum()
    return matrix


def resize(
    xp: Namespace,
    asarray: Callable[[np.ndarray], Array],
    images: Array,
    new_sizes: Sequence[int],
    interpolation: str,
    antialias: bool,
) -> Array:
    """Return ``images`` ``(batch, height, width, channels)`` in other sizes.

    ``asarray`` converts a matrix of weights to the images' engine and dtype.
    """
    for axis, new_size in enumerate(new_sizes, start=1):
        if new_size == images.shape[axis]:
            continue
        matrix = asarray(weights(images.shape[axis], new_size, interpolation, antialias))
        images = xp.tensordot(matrix, images, axes=((1,), (axis,)))
        images = xp.permute_dims(images, (*range(1, axis + 1), 0, *range(axis + 1, len(images.shape))))
    return images
