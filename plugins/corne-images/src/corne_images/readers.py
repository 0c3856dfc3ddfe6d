"""read_image: an image file as an array of bytes."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from functools import cache
from os import PathLike
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from corne_images.decoding import check_color_mode, decode, read_bytes, source_name
from corne_images.host_resize import resize


def read_image(
    path: str | PathLike[str] | BinaryIO,
    color_mode: str = "rgb",
    size: Sequence[int] | None = None,
    interpolation: str = "bilinear",
    crop_to_aspect_ratio: bool = False,
    pad_to_aspect_ratio: bool = False,
    frame: int | None = None,
) -> NDArray[Any]:
    """Read an image file as an array.

    JPEG files are decoded by simplejpeg where it is installed (``corne-images[fast]``), with the same pixels.
    Decoding and resizing need no engine and release the interpreter lock.

    Args:
        path: The file, or an open binary one.
        color_mode: "rgb", "rgba" or "grayscale". Default "rgb".
        size: Height and width to resize to, without antialiasing. Default None: as in the file.
        interpolation: "nearest", "bilinear" or "bicubic". Default "bilinear".
        crop_to_aspect_ratio: Whether to cut the image to the new ratio first. Default False: it is distorted.
        pad_to_aspect_ratio: Whether to add black margins instead. Default False.
        frame: Which frame of an animated image to read, from 0. Default None: an animated image is an error.

    Shapes:
        output ``(height, width, channels)``: uint8 as in the file, float32 from 0 to 255 if resized.

    Raises:
        FileFormatError: Not an image, or truncated, animated, empty, in CMYK, or with more than 8 bits for
            each channel. It names the path.
        ArgumentError: An unknown color mode or interpolation.
    """
    check_color_mode("read_image(color_mode=…)", color_mode)
    data = read_bytes(path)
    pixels = _fast_jpeg(data) if color_mode == "rgb" and data[:2] == b"\xff\xd8" else None
    if pixels is None:
        image = decode(data, source_name(path), color_mode, frame=frame)
        pixels = np.asarray(image)
        pixels = pixels[..., None] if pixels.ndim == 2 else pixels
    if size is None:
        return pixels
    return resize(
        pixels,
        size,
        interpolation,
        crop_to_aspect_ratio=crop_to_aspect_ratio,
        pad_to_aspect_ratio=pad_to_aspect_ratio,
    )


@cache
def _simplejpeg() -> Any:
    if importlib.util.find_spec("simplejpeg") is None:
        return None
    import simplejpeg

    return simplejpeg


def _fast_jpeg(data: bytes) -> NDArray[Any] | None:
    """Return the pixels of a plain JPEG; None for anything that Pillow should judge."""
    decoder = _simplejpeg()
    if decoder is None:
        return None
    try:
        if decoder.decode_jpeg_header(data)[2] not in ("YCbCr", "RGB", "Gray"):
            return None
        pixels: NDArray[Any] = decoder.decode_jpeg(data, "RGB")
    except ValueError:
        return None
    return pixels if pixels.size else None
