"""random_zoom: an image zoomed by random factors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corne_keras.preprocessing.image._ranges import two_numbers
from corne_keras.preprocessing.image.apply_affine_transform import apply_affine_transform


def random_zoom(
    x: NDArray[Any],
    zoom_range: Sequence[float],
    row_axis: int = 1,
    col_axis: int = 2,
    channel_axis: int = 0,
    fill_mode: str = "nearest",
    cval: float = 0.0,
    interpolation_order: int = 1,
) -> NDArray[Any]:
    """Return an image zoomed by random factors, drawn from NumPy's global generator.

    Args:
        x: One image.
        zoom_range: Smallest and largest factor; 2 shows twice as much, half as large.
        row_axis: Axis of rows. Default 1.
        col_axis: Axis of columns. Default 2.
        channel_axis: Axis of channels, 0 or 2. Default 0.
        fill_mode: What lies outside: "nearest", "constant", "reflect" or "wrap". Default "nearest".
        cval: The value outside with "constant". Default 0.0.
        interpolation_order: See ``apply_affine_transform(order=…)``. Default 1.

    Shapes:
        input ``(channels, rows, columns)``, or as the axes say; output the same.

    Raises:
        ArgumentError: ``zoom_range`` isn't two numbers.

    >>> random_zoom(np.ones((3, 8, 8)), (0.8, 1.2)).shape
    (3, 8, 8)
    """
    low, high = two_numbers("random_zoom(zoom_range)", zoom_range)
    zx, zy = (1, 1) if low == high == 1 else np.random.uniform(low, high, 2)
    return apply_affine_transform(
        x,
        zx=zx,
        zy=zy,
        row_axis=row_axis,
        col_axis=col_axis,
        channel_axis=channel_axis,
        fill_mode=fill_mode,
        cval=cval,
        order=interpolation_order,
    )
