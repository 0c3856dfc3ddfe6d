"""apply_channel_shift: a value added to all pixels, within their range."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def apply_channel_shift(x: NDArray[Any], intensity: float, channel_axis: int = 0) -> NDArray[Any]:
    """Return an image with a value added, clipped to the range that its pixels had.

    Args:
        x: One image.
        intensity: The value, in units of the pixels.
        channel_axis: Axis of channels, which makes no difference: all get the same value. Default 0.

    Shapes:
        input ``(channels, rows, columns)`` or with the channels elsewhere; output the same.

    >>> apply_channel_shift(np.array([[[0.0, 5.0, 9.0]]]), 3)
    array([[[3., 8., 9.]]])
    """
    shifted: NDArray[Any] = np.clip(x + intensity, np.min(x), np.max(x))
    return shifted
