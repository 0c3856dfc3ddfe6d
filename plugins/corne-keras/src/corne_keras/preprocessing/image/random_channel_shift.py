"""random_channel_shift: a random value added to all pixels."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from corne_keras.preprocessing.image.apply_channel_shift import apply_channel_shift


def random_channel_shift(x: NDArray[Any], intensity_range: float, channel_axis: int = 0) -> NDArray[Any]:
    """Return an image with a value added, drawn from NumPy's global generator, within its pixels' range.

    Args:
        x: One image.
        intensity_range: Largest value, either way, in units of the pixels.
        channel_axis: Axis of channels; all get the same value. Default 0.

    >>> random_channel_shift(np.ones((3, 8, 8)), 20).shape
    (3, 8, 8)
    """
    return apply_channel_shift(x, np.random.uniform(-intensity_range, intensity_range), channel_axis)
