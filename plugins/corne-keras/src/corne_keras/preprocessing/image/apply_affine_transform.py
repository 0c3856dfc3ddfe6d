"""apply_affine_transform: an image rotated, shifted, sheared and zoomed."""

from __future__ import annotations

from typing import Any

import numpy as np
from corne import checks
from corne.errors import ArgumentError, ShapeError
from numpy.typing import NDArray

from corne_keras.preprocessing.image._warp import warp

_WHERE = "apply_affine_transform"


def apply_affine_transform(
    x: NDArray[Any],
    theta: float = 0,
    tx: float = 0,
    ty: float = 0,
    shear: float = 0,
    zx: float = 1,
    zy: float = 1,
    row_axis: int = 1,
    col_axis: int = 2,
    channel_axis: int = 0,
    fill_mode: str = "nearest",
    cval: float = 0.0,
    order: int = 1,
) -> NDArray[Any]:
    """Return an image rotated, shifted, sheared and zoomed about its centre, in this order.

    The numbers are those of Keras 2.15, with two peculiarities. For images whose row axis comes before the
    column axis the map is applied with the axes swapped: ``tx`` moves along columns and ``ty`` along rows.
    And the centre's coordinates are swapped too, which shows in images that aren't square.

    Args:
        x: One image.
        theta: Angle of rotation in degrees. Default 0.
        tx: First shift in pixels. Default 0.
        ty: Second shift in pixels. Default 0.
        shear: Angle of shear in degrees. Default 0.
        zx: Zoom of the first coordinate: 2 shows twice as much, half as large. Default 1.
        zy: Zoom of the second coordinate. Default 1.
        row_axis: Axis of rows. Default 1.
        col_axis: Axis of columns. Default 2.
        channel_axis: Axis of channels, 0 or 2. Default 0.
        fill_mode: What lies outside: "nearest", "constant", "reflect" or "wrap". Default "nearest".
        cval: The value outside with "constant". Default 0.0.
        order: 0 for the nearest pixel, 1 for bilinear interpolation, 2 to 5 for splines of that order, which
            need SciPy (``corne-keras[splines]``). Default 1.

    Shapes:
        input ``(channels, rows, columns)``, or as the axes say; output the same.

    Raises:
        ShapeError: ``x`` doesn't have three axes.
        ArgumentError: The axes aren't 0, 1 and 2, with channels first or last, or another argument is out of
            range.

    >>> image = np.arange(3.0).reshape(1, 1, 3)
    >>> apply_affine_transform(image, tx=1)
    array([[[1., 2., 2.]]])
    """
    if {row_axis, col_axis, channel_axis} != {0, 1, 2} or channel_axis == 1:
        raise ArgumentError(
            f"{_WHERE}(row_axis=…)", "the axes 0, 1 and 2, with the channels first or last",
            f"row_axis={row_axis}, col_axis={col_axis}, channel_axis={channel_axis}",
        )  # fmt: skip
    if x.ndim != 3:
        raise ShapeError(f"{_WHERE}(x)", "one image, with three axes", f"shape {x.shape}")
    checks.one_of(f"{_WHERE}(fill_mode=…)", fill_mode, ("nearest", "constant", "reflect", "wrap"))
    checks.integer(f"{_WHERE}(order=…)", order, 0, 5)
    matrix = _matrix(theta, tx, ty, shear, zx, zy)
    if matrix is None:
        return x
    matrix = _about_center(matrix, x.shape[row_axis], x.shape[col_axis])
    if col_axis > row_axis:
        matrix[:, [0, 1]] = matrix[:, [1, 0]]
        matrix[[0, 1]] = matrix[[1, 0]]
    moved = warp(np.moveaxis(x, channel_axis, 2), matrix[:2, :2], matrix[:2, 2], fill_mode, cval, order)
    return np.moveaxis(moved, 2, channel_axis)


def _matrix(theta: float, tx: float, ty: float, shear: float, zx: float, zy: float) -> NDArray[Any] | None:
    """Return rotation @ shift @ shear @ zoom of those that change something; None if none does."""
    parts = []
    if theta != 0:
        cosine, sine = np.cos(np.deg2rad(theta)), np.sin(np.deg2rad(theta))
        parts.append(np.array([[cosine, -sine, 0], [sine, cosine, 0], [0, 0, 1]]))
    if tx != 0 or ty != 0:
        parts.append(np.array([[1, 0, tx], [0, 1, ty], [0, 0, 1]], dtype="float64"))
    if shear != 0:
        angle = np.deg2rad(shear)
        parts.append(np.array([[1, -np.sin(angle), 0], [0, np.cos(angle), 0], [0, 0, 1]]))
    if zx != 1 or zy != 1:
        parts.append(np.array([[zx, 0, 0], [0, zy, 0], [0, 0, 1]], dtype="float64"))
    if not parts:
        return None
    product = parts[0]
    for part in parts[1:]:
        product = product @ part
    return product


def _about_center(matrix: NDArray[Any], first: int, second: int) -> NDArray[Any]:
    x, y = first / 2 - 0.5, second / 2 - 0.5
    away = np.array([[1, 0, x], [0, 1, y], [0, 0, 1]])
    back = np.array([[1, 0, -x], [0, 1, -y], [0, 0, 1]])
    about: NDArray[Any] = away @ matrix @ back
    return about
