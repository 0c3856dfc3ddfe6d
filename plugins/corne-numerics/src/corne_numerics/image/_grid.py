"""Where the pixels of a transformed image come from."""

from __future__ import annotations

from corne.backend import Array
from corne.errors import ShapeError
from corne.operation import xp


def pixel_grid(images: Array, dtype: object) -> tuple[Array, Array]:
    """Return the pixels' rows ``(1, height, 1)`` and columns ``(1, 1, width)``."""
    height, width = images.shape[1:3]
    space = xp()
    rows = space.reshape(space.astype(space.arange(height), dtype), (1, height, 1))
    columns = space.reshape(space.astype(space.arange(width), dtype), (1, 1, width))
    return rows, columns


def projected(where: str, transforms: Array, images: Array) -> list[Array]:
    """Return rows and columns ``(batch, height, width)`` that 8 numbers for each image, or for all, map to."""
    space = xp()
    batch, height, width = images.shape[:3]
    if transforms.shape[0] not in (1, batch):
        raise ShapeError(where, f"one for all images or {batch}, one for each", f"{transforms.shape[0]}")
    y, x = pixel_grid(images, transforms.dtype)
    a0, a1, a2, b0, b1, b2, c0, c1 = (
        space.reshape(transforms[:, i], (transforms.shape[0], 1, 1)) for i in range(8)
    )
    scale = c0 * x + c1 * y + 1.0
    rows, columns = (b0 * x + b1 * y + b2) / scale, (a0 * x + a1 * y + a2) / scale
    return [space.broadcast_to(c, (batch, height, width)) for c in (rows, columns)]
