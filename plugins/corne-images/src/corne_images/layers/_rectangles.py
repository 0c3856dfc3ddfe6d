"""Random rectangles inside images."""

from __future__ import annotations

from corne import ops
from corne.backend import Array

from corne_images.draws import Draws


def side(random: Draws, n: int, length: int, share: Array, dtype: str) -> tuple[Array, Array]:
    """Return where a side of ``share * length`` starts and ends, each ``(n,)``, at a random place."""
    size = ops.cast(share * length, dtype)
    start = random.uniform((n,), 0.0, 1.0, dtype) * (length - size)
    return start, start + size


def rectangle(
    x: tuple[Array, Array], y: tuple[Array, Array], height: int, width: int, channel_axis: int
) -> Array:
    """Return where images lie inside their rectangles: booleans that broadcast with the images."""
    columns, rows = ops.arange(width, dtype="float32")[None, :], ops.arange(height, dtype="float32")[None, :]
    across = (columns >= x[0][:, None]) & (columns < x[1][:, None])
    down = (rows >= y[0][:, None]) & (rows < y[1][:, None])
    return ops.expand_dims(down[:, :, None] & across[:, None, :], channel_axis)
