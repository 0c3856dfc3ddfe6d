"""From pictures to a batch that a model takes: resize, cut out the middle, scale."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import numpy as np
from corne import checks
from corne.errors import DataError

from corne_applications._input_shape import channels_first

Images = np.ndarray[Any, Any]


def preprocess(image: Any, size: int, crop: float, scale: Callable[[Any], Any]) -> Any:
    """Return a batch of the middles of pictures; see :meth:`Application.preprocess`."""
    size = checks.integer("preprocess(size=…)", size, least=1)
    crop = checks.number("preprocess(crop=…)", crop, above=0, most=1)
    pictures = image if isinstance(image, (list, tuple)) else [image]
    batch = np.stack([_middle(_opened(picture), size, crop) for picture in pictures])
    if channels_first():
        batch = batch.transpose(0, 3, 1, 2)
    return scale(batch)


def _opened(picture: Any) -> Any:
    """Return a picture as Pillow's, in RGB, upright."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    if isinstance(picture, (str, os.PathLike)):
        where = os.fspath(picture)
        try:
            with Image.open(picture) as file:
                return ImageOps.exif_transpose(file).convert("RGB")
        except (
            OSError,
            UnidentifiedImageError,
            SyntaxError,
            ValueError,
            Image.DecompressionBombError,
        ) as error:
            raise DataError(
                where, "a picture", f"{type(error).__name__}: {error}", "Check the file."
            ) from error
    if isinstance(picture, Image.Image):
        return picture.convert("RGB")
    array = np.asarray(picture)
    if array.ndim != 3 or array.shape[2] != 3 or array.dtype.kind not in "uif":
        raise DataError(
            "preprocess(image)", "a path, or an array (height, width, 3) of 0 to 255",
            f"shape {array.shape} of {array.dtype}", "Pass several pictures as a list.",
        )  # fmt: skip
    return Image.fromarray(np.clip(np.rint(array), 0, 255).astype("uint8"))


def _middle(picture: Any, size: int, crop: float) -> Images:
    from PIL import Image

    width, height = picture.size
    side = min(width, height) * crop
    left, top = (width - side) / 2, (height - side) / 2
    cut = picture.resize((size, size), Image.Resampling.BICUBIC, box=(left, top, left + side, top + side))
    return np.asarray(cut, "float32")
