"""img_to_array: Pillow's image as an array."""

from __future__ import annotations

from typing import Any

import numpy as np
from corne import checks, config
from corne.errors import ShapeError
from numpy.typing import NDArray


def img_to_array(img: Any, data_format: str | None = None, dtype: Any = None) -> NDArray[Any]:
    """Return Pillow's image as a NumPy array with three axes.

    Args:
        img: The image.
        data_format: "channels_last" or "channels_first". Default None: ``config.image_data_format()``.
        dtype: Of the result. Default None: ``config.floatx()``.

    Shapes:
        output ``(height, width, channels)``, or ``(channels, height, width)`` with "channels_first".

    Raises:
        ShapeError: ``img`` has neither two nor three axes.

    >>> from PIL import Image
    >>> img_to_array(Image.new("L", (3, 2)), data_format="channels_last").shape
    (2, 3, 1)
    """
    data_format = checks.data_format("img_to_array(data_format=…)", data_format)
    pixels = np.asarray(img, dtype=dtype or config.floatx())
    if pixels.ndim == 2:
        pixels = pixels[..., None]
    if pixels.ndim != 3:
        raise ShapeError("img_to_array(img)", "an image with two or three axes", f"shape {pixels.shape}")
    return pixels.transpose(2, 0, 1) if data_format == "channels_first" else pixels
