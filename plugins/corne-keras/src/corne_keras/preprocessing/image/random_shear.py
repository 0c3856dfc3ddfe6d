"""random_shear: an image sheared by a random angle."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from corne_keras.preprocessing.image.apply_affine_transform import apply_affine_transform


def random_shear(
    x: NDArray[Any],
    intensity: float,
    row_axis: int = 1,
    col_axis: int = 2,
    channel_axis: int = 0,
    fill_mode: str = "nearest",
    cval: float = 0.0,
    interpolation_order: int = 1,
) -> NDArray[Any]:
    """Return an image sheared by a random angle, drawn from NumPy's global generator.

    Args:
        x: One image.
        intensity: Largest angle in degrees, either way.
        row_axis: Axis of rows. Default 1.
        col_axis: Axis of columns. Default 2.
        channel_axis: Axis of channels, 0 or 2. Default 0.
        fill_mode: What lies outside: "nearest", "constant", "reflect" or "wrap". Default "nearest".
        cval: The value outside with "constant". Default 0.0.
        interpolation_order: See ``apply_affine_transform(order=…)``. Default 1.

    Shapes:
        input ``(channels, rows, columns)``, or as the axes say; output the same.

    >>> random_shear(np.ones((3, 8, 8)), 10).shape
    (3, 8, 8)
    """
    shear = np.random.uniform(-intensity, intensity)
    return apply_affine_transform(
        x,
        shear=shear,
        row_axis=row_axis,
        col_axis=col_axis,
        channel_axis=channel_axis,
        fill_mode=fill_mode,
        cval=cval,
        order=interpolation_order,
    )
