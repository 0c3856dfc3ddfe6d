"""array_to_img: an array as Pillow's image."""

from __future__ import annotations

from typing import Any

import numpy as np
from corne import checks, config
from corne.backend import Array
from corne.errors import ShapeError
from PIL import Image

from corne_images.host import to_numpy


def array_to_img(
    x: Array, data_format: str | None = None, scale: bool = True, dtype: Any = None
) -> Image.Image:
    """Return an array as Pillow's image.

    Args:
        x: One image: ``(height, width, channels)`` with 1 (gray), 3 (RGB) or 4 (RGBA) channels.
        data_format: "channels_last" or "channels_first". Default None: ``config.image_data_format()``.
        scale: Whether the smallest value becomes 0 and the largest 255. Default True.
        dtype: In which the scaling is computed. Default None: ``config.floatx()``.

    Raises:
        ShapeError: ``x`` doesn't have three axes, or another number of channels.

    >>> array_to_img(np.ones((2, 3, 1)), data_format="channels_last").size
    (3, 2)
    """
    where = "array_to_img(x)"
    data_format = checks.data_format("array_to_img(data_format=…)", data_format)
    pixels = np.asarray(to_numpy(x), dtype=dtype or config.floatx())
    if pixels.ndim != 3:
        raise ShapeError(where, "one image, with three axes", f"shape {pixels.shape}")
    if data_format == "channels_first":
        pixels = pixels.transpose(1, 2, 0)
    channels = pixels.shape[2]
    if channels not in (1, 3, 4):
        raise ShapeError(where, "1, 3 or 4 channels", f"{channels} channels in shape {pixels.shape}")
    if scale:
        pixels = pixels - np.min(pixels)
        largest = np.max(pixels)
        pixels = (pixels / largest if largest else pixels) * 255  # in this order: truncated below
    if channels > 1:
        return Image.fromarray(pixels.astype("uint8"))
    if np.max(pixels) > 255:  # 32 bits hold what 8 can't
        return Image.fromarray(pixels[:, :, 0].astype("int32"))
    return Image.fromarray(pixels[:, :, 0].astype("uint8"))
