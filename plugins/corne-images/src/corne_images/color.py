"""Colors: gray, and hue, saturation and value."""

from __future__ import annotations

from corne import ops
from corne.backend import Array
from corne.errors import ShapeError


def channels(where: str, images: Array, axis: int) -> tuple[Array, Array, Array]:
    """Return red, green and blue, each without the axis of channels."""
    if images.shape[axis] != 3:
        raise ShapeError(where, "3 channels", f"{images.shape[axis]} channels in shape {tuple(images.shape)}")
    if axis == -1:
        return images[..., 0], images[..., 1], images[..., 2]
    return images[..., 0, :, :], images[..., 1, :, :], images[..., 2, :, :]


def gray(where: str, images: Array, axis: int) -> Array:
    """Return the luminance ``0.2989 r + 0.587 g + 0.114 b`` with an axis of one channel.

    Source: ITU-R BT.601, https://www.itu.int/rec/R-REC-BT.601
    """
    if images.shape[axis] == 1:
        return images
    r, g, b = channels(where, images, axis)
    return ops.expand_dims(0.2989 * r + 0.587 * g + 0.114 * b, axis)


def to_hsv(where: str, images: Array, axis: int) -> tuple[Array, Array, Array]:
    """Return hue, saturation and value, from 0 to 1, of colors from 0 to 1.

    Source: Smith 1978, "Color gamut transform pairs", https://doi.org/10.1145/965139.807361
    """
    r, g, b = channels(where, images, axis)
    value = ops.maximum(ops.maximum(r, g), b)
    width = value - ops.minimum(ops.minimum(r, g), b)
    colored = width > 0
    saturation = ops.where(value > 0, width / ops.where(value > 0, value, 1.0), 0.0)
    scale = 1.0 / (6.0 * ops.where(colored, width, 1.0))
    hue = ops.where(value == g, scale * (b - r) + 2.0 / 6.0, scale * (r - g) + 4.0 / 6.0)
    hue = ops.where(value == r, scale * (g - b), hue)
    hue = ops.where(colored, hue, 0.0)
    return ops.where(hue < 0.0, hue + 1.0, hue), saturation, value


def from_hsv(hue: Array, saturation: Array, value: Array, axis: int) -> Array:
    """Return colors from 0 to 1 with the axis of channels, the inverse of :func:`to_hsv`."""
    sixth = ops.mod(hue, 1.0) * 6.0
    pure = (
        ops.clip(ops.abs(sixth - 3.0) - 1.0, 0.0, 1.0),
        ops.clip(2.0 - ops.abs(sixth - 2.0), 0.0, 1.0),
        ops.clip(2.0 - ops.abs(sixth - 4.0), 0.0, 1.0),
    )
    return ops.stack([value * (1.0 - saturation + saturation * part) for part in pure], axis=axis)
