"""ContrastLimitedAdaptiveHistogramEqualization: contrast by region."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from corne import ops
from corne.backend import Array
from corne.errors import ArgumentError
from corne.kernels.windows import as_sizes

from corne_images.arguments import as_value_range, is_number
from corne_images.layers.image_layer import Drawn, ImageLayer, rescaled


class ContrastLimitedAdaptiveHistogramEqualization(ImageLayer):
    """Spread the values of each region of an image, with a limit to how much noise is raised.

    The image is divided into tiles; each has a table from the histogram of its values, in which no bin counts
    more than a limit; each pixel is looked up in the tables of the four tiles around it. It acts outside of
    training too.

    Args:
        value_range: Smallest and largest value of a pixel. Default ``(0, 255)``.
        clip_limit: How often a value may occur, as a multiple of the mean. 0 sets no limit. Default 4.
        tile_grid_size: How many tiles fit the height and the width. Default ``(8, 8)``.
        data_format: "channels_last" or "channels_first". Default None: ``config.image_data_format()``.
        **kwargs: As for every image layer.

    Shapes:
        input ``(batch, height, width, channels)``; output the same.

    Raises:
        ArgumentError: A clip limit that is no number, or a grid that isn't two positive integers.

    Source: Zuiderveld 1994, "Contrast limited adaptive histogram equalization", Graphics Gems IV

    >>> import numpy as np
    >>> tuple(ContrastLimitedAdaptiveHistogramEqualization()(np.zeros((20, 20, 3))).shape)
    (20, 20, 3)
    """

    always = True

    def __init__(
        self,
        value_range: Sequence[float] = (0, 255),
        clip_limit: float = 4.0,
        tile_grid_size: Sequence[int] = (8, 8),
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        name = type(self).__name__
        self.value_range = as_value_range(f"{name}(value_range=…)", value_range)
        if not is_number(clip_limit):
            raise ArgumentError(f"{name}(clip_limit=…)", "a number", repr(clip_limit))
        self.clip_limit = clip_limit
        self.tile_grid_size = as_sizes(f"{name}(tile_grid_size=…)", tile_grid_size, 2)

    def images(self, x: Array, drawn: Drawn) -> Array:
        """Look each value up in the tables around it."""
        dtype, last = x.dtype, self.data_format == "channels_last"
        planes = ops.cast(rescaled(x, self.value_range, (0, 255)), "float32")
        planes = ops.transpose(planes, (0, 3, 1, 2)) if last else planes
        n, channels, height, width = planes.shape
        rows, columns = self.tile_grid_size
        tall, wide = -(-height // rows), -(-width // columns)
        planes = ops.reshape(planes, (n * channels, height, width))
        # Symmetric margins: indices instead of a pad, which may be wider than the image.
        planes = ops.take(planes, _folded(tall * rows, height), axis=1)
        planes = ops.take(planes, _folded(wide * columns, width), axis=2)
        pixels = ops.cast(ops.clip(planes, 0.0, 255.0), "int32")
        tables = self._tables(pixels, tall, wide)
        found = _interpolated(tables, pixels, (tall, wide), self.tile_grid_size)
        found = ops.reshape(found[:, :height, :width], (n, channels, height, width))
        found = ops.transpose(found, (0, 2, 3, 1)) if last else found
        return ops.cast(rescaled(found, (0, 255), self.value_range), dtype)

    def _tables(self, pixels: Array, tall: int, wide: int) -> Array:
        """Return a table of 256 values for each tile: ``(n, rows, columns, 256)``."""
        rows, columns = self.tile_grid_size
        n, area = pixels.shape[0], tall * wide
        tiles = ops.reshape(pixels, (n, rows, tall, columns, wide))
        tiles = ops.reshape(ops.transpose(tiles, (0, 1, 3, 2, 4)), (n * rows * columns, area))
        place = tiles + ops.arange(tiles.shape[0], dtype="int32")[:, None] * 256
        flat = ops.reshape(place, (-1,))
        counts = ops.segment_sum(ops.ones(tuple(flat.shape), "float32"), flat, tiles.shape[0] * 256)
        counts = ops.reshape(counts, (tiles.shape[0], 256))
        if self.clip_limit > 0:
            kept = ops.minimum(counts, self.clip_limit * area / 256.0)
            counts = kept + ops.sum(counts - kept, axis=-1, keepdims=True) / 256.0
        totals = ops.cumsum(counts, axis=-1)
        least = ops.min(totals, axis=-1, keepdims=True)
        rest = area - least
        tables = (totals - least) * 255.0 / ops.where(rest == 0, ops.ones_like(rest), rest)
        return ops.reshape(ops.clip(tables, 0.0, 255.0), (n, rows, columns, 256))


def _folded(size: int, old: int) -> Array:
    place = np.arange(size) % (2 * old)
    return ops.convert_to_tensor(np.minimum(place, 2 * old - 1 - place).astype("int32"))


def _interpolated(tables: Array, pixels: Array, tile: tuple[int, int], grid: tuple[int, ...]) -> Array:
    """Return what the tables of the four nearest tiles say, by nearness; tiles at the border are repeated."""
    n, height, width = pixels.shape
    (above, below, down), (left, right, across) = (
        _neighbors(size, length, count)
        for size, length, count in ((height, tile[0], grid[0]), (width, tile[1], grid[1]))
    )
    down, across = ops.convert_to_tensor(down), ops.convert_to_tensor(across)
    flat = ops.reshape(tables, (-1,))
    start = ops.arange(n, dtype="int32")[:, None, None] * (grid[0] * grid[1] * 256)

    def at(row: Any, column: Any) -> Array:
        tiles = (row[:, None] * grid[1] + column[None, :]) * 256
        return ops.take(flat, start + pixels + ops.convert_to_tensor(tiles.astype("int32")), axis=0)

    upper = at(above, left) * (1 - across) + at(above, right) * across
    lower = at(below, left) * (1 - across) + at(below, right) * across
    return upper * (1 - down[:, None]) + lower * down[:, None]


def _neighbors(size: int, length: int, count: int) -> tuple[Any, Any, Any]:
    """Return, for each place, the tiles before and after it, and the share of the one after."""
    position = (np.arange(size, dtype="float32") - length / 2) / length
    first = np.floor(position)
    share = (position - first).astype("float32")
    before, after = (np.clip(first + step, 0, count - 1).astype(int) for step in (0, 1))
    return before, after, share
