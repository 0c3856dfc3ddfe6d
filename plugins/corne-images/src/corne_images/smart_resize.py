"""smart_resize: images in another size without distortion."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from corne import backend, checks, ops
from corne.backend import Array
from corne.errors import ShapeError, UnknownArgumentError
from corne.kernels.windows import as_sizes


def smart_resize(
    x: Array,
    size: Sequence[int],
    interpolation: str = "bilinear",
    data_format: str = "channels_last",
    **kwargs: Any,
) -> Array:
    """Return images in another size: their middle, cut to the new ratio of height and width, is resized.

    Args:
        x: ``(batch, height, width, channels)`` or one image without the batch axis.
        size: New height and width.
        interpolation: "nearest", "bilinear" or "bicubic". Default "bilinear".
        data_format: "channels_last" or "channels_first". Default "channels_last".
        **kwargs: None: Keras's signature has this place.

    Returns:
        An array of the backend; a NumPy array for a NumPy array.

    Raises:
        ShapeError: ``x`` has neither three nor four axes.

    >>> smart_resize(np.zeros((30, 20, 3)), (10, 10)).shape
    (10, 10, 3)
    """
    if kwargs:
        raise UnknownArgumentError(
            "smart_resize(…)", "x, size, interpolation, data_format", f"{sorted(kwargs)}"
        )
    new_height, new_width = as_sizes("smart_resize(size=…)", size, 2)
    data_format = checks.data_format("smart_resize(data_format=…)", data_format)
    images = ops.convert_to_tensor(x)
    if len(images.shape) not in (3, 4):
        raise ShapeError("smart_resize(x)", "three or four axes", f"shape {tuple(images.shape)}")
    first = data_format == "channels_first"
    height, width = images.shape[-2:] if first else images.shape[-3:-1]
    rows, columns = middle(height, width, new_height, new_width)
    images = images[..., rows, columns] if first else images[..., rows, columns, :]
    resized = ops.image.resize(images, (new_height, new_width), interpolation, data_format=data_format)
    return backend.active().to_numpy(resized) if isinstance(x, np.ndarray) else resized


def middle(height: int, width: int, new_height: int, new_width: int) -> tuple[slice, slice]:
    """Return the largest rows and columns in the middle that have the new ratio of height and width."""
    kept_height = max(min(height, width * new_height // new_width), 1)
    kept_width = max(min(width, height * new_width // new_height), 1)
    top, left = (height - kept_height) // 2, (width - kept_width) // 2
    return slice(top, top + kept_height), slice(left, left + kept_width)
