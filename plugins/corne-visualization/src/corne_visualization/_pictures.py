"""Batches of images as NumPy arrays of bytes."""

from __future__ import annotations

from typing import Any

import numpy as np
from corne import backend, checks
from corne.errors import ShapeError
from numpy.typing import NDArray


def to_numpy(x: Any) -> NDArray[Any]:
    """Return an array of any engine, or nested numbers, as a NumPy array."""
    engine = backend.active()
    return np.asarray(engine.to_numpy(x) if engine.is_array(x) else x)


def batch(where: str, images: Any, data_format: str | None) -> NDArray[Any]:
    """Return images ``(batch, height, width, channels)`` after checking that they have four axes."""
    data_format = checks.data_format(f"{where}(data_format=…)", data_format)
    pixels = to_numpy(images)
    if pixels.ndim != 4:
        raise ShapeError(f"{where}(images)", "a batch of images, with four axes", f"shape {pixels.shape}")
    return pixels.transpose(0, 2, 3, 1) if data_format == "channels_first" else pixels


def as_bytes(pixels: NDArray[Any]) -> NDArray[np.uint8]:
    """Return values from 0 to 255 as bytes; fractions from 0 to 1 are scaled."""
    if pixels.dtype.kind == "f" and pixels.size:
        pixels = np.clip(pixels, 0, 1) * 255 if pixels.max() <= 1.0 else np.clip(pixels, 0, 255)
    return pixels.astype("uint8")


def as_rgb(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return an image with one channel as one with three."""
    return np.repeat(image, 3, axis=-1) if image.shape[-1] == 1 else image
