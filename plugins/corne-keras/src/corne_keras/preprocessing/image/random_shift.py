"""random_shift: an image shifted by random distances."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from corne_keras.preprocessing.image.apply_affine_transform import apply_affine_transform


def random_shift(
    x: NDArray[Any],
    wrg: float,
    hrg: float,
    row_axis: int = 1,
    col_axis: int = 2,
    channel_axis: int = 0,
    fill_mode: str = "nearest",
    cval: float = 0.0,
    interpolation_order: int = 1,
) -> NDArray[Any]:
    """Return an image shifted by random distances, drawn from NumPy's global generator.

    Args:
        x: One image.
        wrg: Largest shift ``ty`` of ``apply_affine_transform``, as a share of the columns.
        hrg: Largest shift ``tx``, as a share of the rows.
        row_axis: Axis of rows. Default 1.
        col_axis: Axis of columns. Default 2.
        channel_axis: Axis of channels, 0 or 2. Default 0.
        fill_mode: What lies outside: "nearest", "constant", "reflect" or "wrap". Default "nearest".
        cval: The value outside with "constant". Default 0.0.
        interpolation_order: See ``apply_affine_transform(order=…)``. Default 1.

    Shapes:
        input ``(channels, rows, columns)``, or as the axes say; output the same.

    >>> random_shift(np.ones((3, 8, 8)), 0.1, 0.2).shape
    (3, 8, 8)
    """
    tx = np.random.uniform(-hrg, hrg) * x.shape[row_axis]
    ty = np.random.uniform(-wrg, wrg) * x.shape[col_axis]
    return apply_affine_transform(
        x,
        tx=tx,
        ty=ty,
        row_axis=row_axis,
        col_axis=col_axis,
        channel_axis=channel_axis,
        fill_mode=fill_mode,
        cval=cval,
        order=interpolation_order,
    )
