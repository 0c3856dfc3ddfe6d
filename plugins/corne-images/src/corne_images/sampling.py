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

    def shown(row: Array, column: Array) -> Array:
        return ops.take(rows, start + row * width + column, axis=0)

    if interpolation == "nearest":
        row, column = ops.cast(ops.round(y), "int32"), ops.cast(ops.round(x), "int32")
        result = shown(_inside(row, height, fill_mode), _inside(column, width, fill_mode))
        if fill_mode == "constant":
            valid = (column >= 0) & (column < width) & (row >= 0) & (row < height)
            result = ops.where(valid[..., None], result, ops.cast(fill_value, result.dtype))
    else:
        dtype = images.dtype
        down, across = _nodes(y, height, fill_mode, dtype), _nodes(x, width, fill_mode, dtype)
        result = None
        for row, row_share in down:
            for column, column_share in across:
                part = shown(row, column) * (row_share * column_share)[..., None]
                result = part if result is None else result + part
        if fill_mode == "constant" and fill_value != 0:
            covered = (down[0][1] + down[1][1]) * (across[0][1] + across[1][1])
            result = result + (1 - covered)[..., None] * fill_value
    return ops.transpose(result, (0, 3, 1, 2)) if data_format == "channels_first" else result


def _nodes(places: Array, size: int, fill_mode: str, dtype: str) -> list[tuple[Array, Array]]:
    """Return the two grid points around each place, and their shares: 0 for one outside with "constant"."""
    lower = ops.floor(places)
    share = places - lower
    first = ops.cast(lower, "int32")
    nodes = []
    for index, weight in ((first, 1 - share), (first + 1, share)):
        if fill_mode == "constant":
            weight = ops.where((index >= 0) & (index < size), weight, 0.0)
        nodes.append((_inside(index, size, fill_mode), ops.cast(weight, dtype)))
    return nodes


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
