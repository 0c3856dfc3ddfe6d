"""Resizing on the host, with NumPy alone: for readers and data sets."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from corne.errors import ArgumentError
from corne.kernels.windows import as_sizes
from numpy.typing import NDArray

_INTERPOLATIONS = ("nearest", "bilinear", "bicubic")


def resize(
    image: NDArray[Any],
    size: Sequence[int],
    interpolation: str = "bilinear",
    *,
    crop_to_aspect_ratio: bool = False,
    pad_to_aspect_ratio: bool = False,
    fill_value: float = 0.0,
) -> NDArray[Any]:
    """Return images in another size, without antialiasing, as ``ops.image.resize`` computes them.

    Only the pixels that count are touched, so shrinking costs as much as the result is large.

    Args:
        image: ``(..., height, width, channels)``.
        size: New height and width.
        interpolation: "nearest", "bilinear" or "bicubic". Default "bilinear".
        crop_to_aspect_ratio: Whether to cut the image to the new ratio of height and width first. Default False.
        pad_to_aspect_ratio: Whether to add margins instead. Default False.
        fill_value: Value of the margins. Default 0.

    Returns:
        float32; with "nearest" the image's own dtype.

    Raises:
        ArgumentError: An unknown interpolation, a size that isn't two positive integers, or both cropping
            and padding.
    """
    new_height, new_width = as_sizes("resize(size=…)", size, 2)
    if interpolation not in _INTERPOLATIONS:
        raise ArgumentError(
            "resize(interpolation=…)", " or ".join(map(repr, _INTERPOLATIONS)), repr(interpolation)
        )
    if crop_to_aspect_ratio and pad_to_aspect_ratio:
        raise ArgumentError("resize(…)", "crop_to_aspect_ratio or pad_to_aspect_ratio", "both")
    height, width = image.shape[-3:-1]
    if crop_to_aspect_ratio:
        kept = (
            max(min(height, width * new_height // new_width), 1),
            max(min(width, height * new_width // new_height), 1),
        )
        top, left = (height - kept[0]) // 2, (width - kept[1]) // 2
        image = image[..., top : top + kept[0], left : left + kept[1], :]
    elif pad_to_aspect_ratio:
        full = max(height, width * new_height // new_width), max(width, height * new_width // new_height)
        top, left = (full[0] - height) // 2, (full[1] - width) // 2
        margins = [(0, 0)] * (image.ndim - 3) + [(top, top), (left, left), (0, 0)]
        image = np.pad(image, margins, constant_values=np.asarray(fill_value, image.dtype))
    height, width = image.shape[-3:-1]
    if interpolation == "nearest":
        rows, columns = _nearest(height, new_height), _nearest(width, new_width)
        return image[..., rows, :, :][..., columns, :]
    if (height, width) == (new_height, new_width):
        return image.astype("float32")
    # The axis that shrinks most goes first: the other then has less to do.
    axes = [(-3, height, new_height), (-2, width, new_width)]
    result = image
    for axis, old, new in sorted(axes, key=lambda a: a[2] / a[1]):
        result = _along(result, axis, *_taps(old, new, interpolation))
    return result


@lru_cache(maxsize=256)
def _nearest(old: int, new: int) -> NDArray[np.intp]:
    return np.minimum(((np.arange(new) + 0.5) * (old / new)).astype(np.intp), old - 1)


@lru_cache(maxsize=256)
def _taps(old: int, new: int, interpolation: str) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return which places count for each new one, and how much: ``(taps, new)`` each."""
    centers = (np.arange(new) + 0.5) * (old / new) - 0.5
    first = np.floor(centers)
    share = centers - first
    offsets: tuple[int, ...] = (0, 1)
    weights = [1 - share, share]
    if interpolation == "bicubic":  # Keys 1981 with a = -0.75, as PyTorch has it
        offsets = (-1, 0, 1, 2)
        weights = [_cubic(share + 1), _cubic(share), _cubic(1 - share), _cubic(2 - share)]
    places = np.stack([np.clip(first + offset, 0, old - 1) for offset in offsets])
    return places.astype(np.intp), np.stack(weights).astype("float32")


def _cubic(x: NDArray[Any], a: float = -0.75) -> NDArray[Any]:
    near: NDArray[Any] = ((a + 2) * x - (a + 3)) * x * x + 1
    far: NDArray[Any] = ((a * x - 5 * a) * x + 8 * a) * x - 4 * a
    return np.where(x <= 1, near, far)


def _along(x: NDArray[Any], axis: int, places: NDArray[Any], weights: NDArray[Any]) -> NDArray[Any]:
    shape = (-1, *(1,) * (-axis - 1))
    result: NDArray[Any] | None = None
    for place, weight in zip(places, weights, strict=True):
        part = np.take(x, place, axis=axis) * weight.reshape(shape)
        result = part if result is None else np.add(result, part, out=result)
    assert result is not None
    return result
