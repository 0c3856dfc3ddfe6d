"""Images as seen from other places: what rotation, zoom, perspective and the like share.

For each place of the result it is given where to look in the image. All indices are computed, so shapes are
static and gradients flow to the pixels and to the places.
"""

from __future__ import annotations

from corne import ops
from corne.backend import Array

FILL_MODES = ("reflect", "wrap", "constant", "nearest")
INTERPOLATIONS = ("nearest", "bilinear")


def grid(height: int, width: int, dtype: str) -> tuple[Array, Array]:
    """Return columns and rows of the places of an image: ``x (1, 1, width)`` and ``y (1, height, 1)``."""
    return ops.arange(width, dtype=dtype)[None, None, :], ops.arange(height, dtype=dtype)[None, :, None]


def affine(
    images: Array,
    matrix: tuple[Array, Array, Array, Array, Array, Array],
    interpolation: str,
    fill_mode: str,
    fill_value: float,
    data_format: str,
) -> Array:
    """Return images whose place ``(x, y)`` shows ``(a0 x + a1 y + a2, b0 x + b1 y + b2)`` of the input.

    Args:
        images: ``(n, height, width, channels)``, floating, or ``(n, channels, height, width)``.
        matrix: ``a0, a1, a2, b0, b1, b2``, each ``(n,)``.
        interpolation: "nearest" or "bilinear".
        fill_mode: What lies outside: "reflect", "wrap", "constant", "nearest" or "mirror".
        fill_value: Value outside with "constant".
        data_format: "channels_last" or "channels_first".
    """
    first = data_format == "channels_first"
    height, width = images.shape[-2:] if first else images.shape[-3:-1]
    x, y = grid(height, width, "float32")
    a0, a1, a2, b0, b1, b2 = (ops.cast(part, "float32")[:, None, None] for part in matrix)
    return sample(
        images, a0 * x + a1 * y + a2, b0 * x + b1 * y + b2, interpolation, fill_mode, fill_value, data_format
    )


def sample(
    images: Array, x: Array, y: Array, interpolation: str, fill_mode: str, fill_value: float, data_format: str
) -> Array:
    """Return what images show at columns ``x`` and rows ``y``, each ``(n, height, width)``."""
    if data_format == "channels_first":
        images = ops.transpose(images, (0, 2, 3, 1))
    n, height, width, channels = images.shape
    rows = ops.reshape(images, (n * height * width, channels))
    start = ops.reshape(ops.arange(n, dtype="int32") * (height * width), (n, 1, 1))

    def pixel(column: Array, row: Array, weight: Array | None) -> Array:
        place = start + _inside(row, height, fill_mode) * width + _inside(column, width, fill_mode)
        found = ops.take(rows, place, axis=0)
        if fill_mode == "constant":
            valid = (column >= 0) & (column < width) & (row >= 0) & (row < height)
            found = ops.where(valid[..., None], found, ops.cast(fill_value, found.dtype))
        return found if weight is None else found * ops.cast(weight, found.dtype)[..., None]

    if interpolation == "nearest":
        result = pixel(ops.cast(ops.round(x), "int32"), ops.cast(ops.round(y), "int32"), None)
    else:
        left, above = ops.floor(x), ops.floor(y)
        right_share, below_share = x - left, y - above
        column, row = ops.cast(left, "int32"), ops.cast(above, "int32")
        result = pixel(column, row, (1 - right_share) * (1 - below_share))
        result = result + pixel(column + 1, row, right_share * (1 - below_share))
        result = result + pixel(column, row + 1, (1 - right_share) * below_share)
        result = result + pixel(column + 1, row + 1, right_share * below_share)
    return ops.transpose(result, (0, 3, 1, 2)) if data_format == "channels_first" else result


def _inside(index: Array, size: int, fill_mode: str) -> Array:
    """Return the place inside that an index outside stands for."""
    if fill_mode in ("constant", "nearest"):
        return ops.clip(index, 0, size - 1)
    if fill_mode == "wrap":
        return ops.mod(index, size)
    if fill_mode == "mirror":  # d c b | a b c d | c b a
        if size == 1:
            return ops.zeros_like(index)
        return ops.abs(ops.mod(index + (size - 1), 2 * (size - 1)) - (size - 1))
    folded = ops.mod(index, 2 * size)  # reflect: d c b a | a b c d | d c b a
    return ops.minimum(folded, 2 * size - 1 - folded)
