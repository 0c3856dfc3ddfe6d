"""AveragePooling3D: the mean of each window."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corne_conv._pooling import AveragePooling


class AveragePooling3D(AveragePooling):
    """Take the mean of each window that slides over volumes, for each channel.

    Args:
        pool_size: Size of the window: one integer or 3 of them.
        strides: How far the window moves. Default None: ``pool_size``.
        padding: "valid" (none) or "same", so that there are ``ceil(size / strides)`` windows; what is added
            doesn't count. Default "valid".
        data_format: "channels_last" or "channels_first". Default None: ``config.image_data_format()``.
        name: Default None: generated.
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        input ``(batch, depth, height, width, channels)``, or ``(batch, channels, depth, height, width)`` for
        "channels_first"; output the same with fewer places.

    Raises:
        ArgumentError: A size is not positive, or ``padding`` is neither "valid" nor "same".
        ShapeError: The input has another rank, or the window is larger than it.

    >>> import numpy as np
    >>> tuple(AveragePooling3D(2)(np.ones((2, 8, 8, 8, 3))).shape)
    (2, 4, 4, 4, 3)
    """

    rank = 3

    def __init__(
        self,
        pool_size: int | Sequence[int],
        strides: int | Sequence[int] | None = None,
        padding: str = "valid",
        data_format: str | None = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(pool_size, strides, padding, data_format, name=name, **kwargs)
