"""random_brightness: an image made brighter or darker at random."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corne_keras.preprocessing.image._ranges import two_numbers
from corne_keras.preprocessing.image.apply_brightness_shift import apply_brightness_shift


def random_brightness(x: NDArray[Any], brightness_range: Sequence[float], scale: bool = True) -> NDArray[Any]:
    """Return an image with its brightness multiplied by a factor drawn from NumPy's global generator.

    It needs ``corne-images``.

    Args:
        x: One image, in the configured data format.
        brightness_range: Smallest and largest factor.
        scale: See ``apply_brightness_shift``. Default True.

    Raises:
        ArgumentError: ``brightness_range`` isn't two numbers.
        MissingPluginError: ``corne-images`` isn't installed.
    """
    low, high = two_numbers("random_brightness(brightness_range)", brightness_range)
    return apply_brightness_shift(x, np.random.uniform(low, high), scale)
