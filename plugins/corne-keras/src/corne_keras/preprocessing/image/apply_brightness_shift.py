"""apply_brightness_shift: an image made brighter or darker."""

from __future__ import annotations

from typing import Any

import numpy as np
from corne import preprocessing
from numpy.typing import NDArray


def apply_brightness_shift(
    x: NDArray[Any], brightness: float, scale: bool = True, *, data_format: str | None = None
) -> NDArray[Any]:
    """Return an image with its brightness multiplied, as 8 bits hold it.

    It needs ``corne-images``.

    Args:
        x: One image with 1, 3 or 4 channels.
        brightness: 0 gives black, 1 the image as it was.
        scale: Whether the darkest pixel becomes 0 and the brightest 255 before. With False this happens only
            to pixels beyond 0 to 255, and is undone after. Default True.
        data_format: "channels_last" or "channels_first". Default None: ``config.image_data_format()``.

    Raises:
        ShapeError: ``x`` isn't an image.
        MissingPluginError: ``corne-images`` isn't installed.
    """
    functions = preprocessing.image
    low, high = np.min(x), np.max(x)
    is_beyond = bool(low < 0 or high > 255)
    image = functions.array_to_img(x, data_format=data_format, scale=is_beyond or scale)
    from PIL import ImageEnhance

    enhanced = ImageEnhance.Brightness(image).enhance(brightness)
    pixels = functions.img_to_array(enhanced, data_format=data_format)
    return pixels / 255 * (high - low) + low if is_beyond and not scale else pixels
