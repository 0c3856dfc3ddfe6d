"""load_img: an image file as Pillow's image."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from typing import BinaryIO

from corne.errors import ArgumentError
from corne.kernels.windows import as_sizes
from PIL import Image

from corne_images.decoding import check_color_mode, decode, read_bytes, source_name

_FILTERS = {name.lower(): Image.Resampling[name] for name in Image.Resampling.__members__}


def load_img(
    path: str | bytes | PathLike[str] | BinaryIO,
    color_mode: str = "rgb",
    target_size: Sequence[int] | None = None,
    interpolation: str = "nearest",
    keep_aspect_ratio: bool = False,
) -> Image.Image:
    """Read an image file as Pillow's image.

    Args:
        path: The file, or an open binary one.
        color_mode: "rgb", "rgba" or "grayscale". A grayscale image with 16 or 32 bits keeps them with
            "grayscale". Default "rgb".
        target_size: Height and width to resize to. Default None: as in the file.
        interpolation: Pillow's filter: "nearest", "bilinear", "bicubic", "hamming", "box" or "lanczos". All
            but "nearest" count every pixel when they shrink. Default "nearest".
        keep_aspect_ratio: Whether to cut the image to the ratio of ``target_size`` first. Default False.

    Raises:
        FileFormatError: Not an image, or truncated, animated, empty, in CMYK, or with more than 8 bits for
            each channel. It names the path.
        ArgumentError: An unknown color mode or interpolation, or a size that isn't two positive integers.

    >>> import io
    >>> file = io.BytesIO()
    >>> Image.new("RGB", (4, 2)).save(file, "png")
    >>> load_img(io.BytesIO(file.getvalue()), target_size=(6, 5)).size
    (5, 6)
    """
    check_color_mode("load_img(color_mode=…)", color_mode)
    size = None
    if target_size is not None:
        new_height, new_width = as_sizes("load_img(target_size=…)", target_size, 2)
        size = new_width, new_height
    if interpolation not in _FILTERS:
        raise ArgumentError(
            "load_img(interpolation=…)", " or ".join(map(repr, _FILTERS)), repr(interpolation)
        )
    image = decode(read_bytes(path), source_name(path), color_mode, deep=True)
    if size is None or image.size == size:
        return image
    box = None
    if keep_aspect_ratio:
        width, height = image.size
        kept = min(width, height * size[0] // size[1]), min(height, width * size[1] // size[0])
        left, top = (width - kept[0]) // 2, (height - kept[1]) // 2
        box = (left, top, left + kept[0], top + kept[1])
    return image.resize(size, _FILTERS[interpolation], box=box)
