"""Images resampled at the points of an affine map: order 0 and 1 with NumPy alone, others by SciPy."""

from __future__ import annotations

from typing import Any

import numpy as np
from corne.errors import MissingPluginError
from numpy.typing import NDArray

Pixels = NDArray[Any]


def warp(image: Pixels, matrix: Pixels, offset: Pixels, fill_mode: str, cval: float, order: int) -> Pixels:
    """Return ``output[i, j] = image[matrix @ (i, j) + offset]``, with the dtype of ``image``.

    Points, edges and rounding are those of ``scipy.ndimage.affine_transform``.

    Args:
        image: ``(height, width, channels)``.
        matrix: ``(2, 2)``.
        offset: ``(2,)``, in pixels.
        fill_mode: "nearest", "constant", "reflect" or "wrap": what lies outside.
        cval: The value outside with "constant".
        order: 0 for the nearest pixel, 1 for bilinear; 2 to 5 for splines of that order, which need SciPy.
    """
    if order > 1:
        return _by_scipy(image, matrix, offset, fill_mode, cval, order)
    height, width, channels = image.shape
    rows, columns = np.arange(height)[:, None], np.arange(width)[None, :]
    y = rows * matrix[0, 0] + columns * matrix[0, 1] + offset[0]
    x = rows * matrix[1, 0] + columns * matrix[1, 1] + offset[1]
    inside = None
    if fill_mode == "constant":
        inside = (y >= 0) & (y <= height - 1) & (x >= 0) & (x <= width - 1)
    y, x = _folded(y, height, fill_mode), _folded(x, width, fill_mode)
    # Plane by plane: NumPy's inner loops are slow along an axis of three channels.
    planes = np.ascontiguousarray(np.moveaxis(image, 2, 0)).reshape(channels, -1)
    if order == 0:
        nearest = _index(np.floor(y + 0.5), height) * width + _index(np.floor(x + 0.5), width)
        result = planes[:, nearest]
    else:
        result = _bilinear(planes, y, x, height, width)
    if inside is not None:
        result = np.where(inside, result, cval)
    if np.issubdtype(image.dtype, np.integer):
        limits = np.iinfo(image.dtype)
        result = np.clip(
            np.where(result > 0, np.floor(result + 0.5), np.ceil(result - 0.5)), limits.min, limits.max
        )
    warped: Pixels = np.moveaxis(result.astype(image.dtype, copy=False), 0, 2)
    return warped


def _bilinear(planes: Pixels, y: Pixels, x: Pixels, height: int, width: int) -> Pixels:
    # The next pixel is the floor plus 1: the floor of y + 1 may be rounded up to the one after.
    above, before = np.floor(y), np.floor(x)
    down, right = y - above, x - before
    top, bottom = _index(above, height) * width, _index(above + 1, height) * width
    left, end = _index(before, width), _index(before + 1, width)
    corners = (
        (top + left, (1 - down) * (1 - right)),
        (top + end, (1 - down) * right),
        (bottom + left, down * (1 - right)),
        (bottom + end, down * right),
    )
    mixed = np.zeros((len(planes), height, width))
    for points, weights in corners:
        for plane, sums in zip(planes, mixed):
            sums += plane.take(points) * weights
    return mixed


def _index(floors: Pixels, size: int) -> Pixels:
    return np.clip(floors.astype(np.intp), 0, size - 1)


def _folded(points: Pixels, size: int, fill_mode: str) -> Pixels:
    """Return the points moved into an image's axis, as ``scipy.ndimage`` moves them."""
    last = size - 1
    if fill_mode == "wrap":  # SciPy's period is last, not size: the edges fall together
        if not last:
            return np.zeros_like(points)
        low, high = points < 0, points > last
        points = np.where(low, points + last * (np.trunc(-points / last) + 1), points)
        return np.where(high, points - last * np.trunc(points / last), points)
    if fill_mode == "reflect":
        inside = (points >= 0) & (points <= last)
        period = np.mod(points, 2 * size)
        return np.where(inside, points, np.where(period >= size, 2 * size - 1 - period, period))
    return np.clip(points, 0, last)


def _by_scipy(
    image: Pixels, matrix: Pixels, offset: Pixels, fill_mode: str, cval: float, order: int
) -> Pixels:
    try:
        from scipy import ndimage
    except ImportError as error:
        raise MissingPluginError(
            f"Interpolation of order {order}", "scipy", "not installed", 'pip install "corne-keras[splines]"'
        ) from error
    planes = [
        ndimage.affine_transform(plane, matrix, offset, order=order, mode=fill_mode, cval=cval)
        for plane in np.moveaxis(image, 2, 0)
    ]
    return np.stack(planes, axis=2)
