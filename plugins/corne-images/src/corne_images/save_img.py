"""save_img: an array as an image file."""

from __future__ import annotations

import warnings
from os import PathLike
from pathlib import Path
from typing import Any, BinaryIO

from corne.backend import Array

from corne_images.array_to_img import array_to_img


def save_img(
    path: str | PathLike[str] | BinaryIO,
    x: Array,
    data_format: str | None = None,
    file_format: str | None = None,
    scale: bool = True,
    **kwargs: Any,
) -> None:
    """Write an array to an image file.

    Args:
        path: The file, or an open binary one.
        x: One image: ``(height, width, channels)`` with 1 (gray), 3 (RGB) or 4 (RGBA) channels.
        data_format: "channels_last" or "channels_first". Default None: ``config.image_data_format()``.
        file_format: Pillow's name of the format, such as "png". Default None: by the path's ending.
        scale: Whether the smallest value becomes 0 and the largest 255. Default True.
        **kwargs: Passed to Pillow's ``Image.save``, such as ``quality=95``.

    Raises:
        ShapeError: ``x`` doesn't have three axes, or another number of channels.

    >>> import io, numpy
    >>> file = io.BytesIO()
    >>> save_img(file, numpy.zeros((2, 3, 1)), file_format="bmp")
    >>> file.getvalue()[:2]
    b'BM'
    """
    if file_format is None and isinstance(path, (str, PathLike)):
        file_format = Path(path).suffix[1:].lower()
    if file_format is not None and file_format.lower() == "jpg":
        file_format = "jpeg"
    image = array_to_img(x, data_format=data_format, scale=scale)
    if image.mode == "RGBA" and file_format == "jpeg":
        warnings.warn("JPEG has no transparency: the alpha channel is left out.", stacklevel=2)
        image = image.convert("RGB")
    image.save(path, format=file_format, **kwargs)
