"""AveragePooling1D: the mean of each window."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corne_conv._pooling import AveragePooling


class AveragePooling1D(AveragePooling):
    """Take the mean of each window that slides over sequences, for each channel.

    Args:
        pool_size: Size of the window: one integer.
        strides: How far the window moves. Default None: ``pool_size``.
        padding: "valid" (none) or "same", so that there are ``ceil(size / strides)`` windows; what is added
            doesn't count. Default "valid".
        data_format: "channels_last" or "channels_first". Default None: ``config.image_data_format()``.
        name: Default None: generated.
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        input ``(batch, steps, channels)``, or ``(batch, channels, steps)`` for
        "channels_first"; output the same with fewer places.

    Raises:
        ArgumentError: A size is not positive, or ``padding`` is neither "valid" nor "same".
        ShapeError: The input has another rank, or the window is larger than it.

    >>> import numpy as np
    >>> tuple(AveragePooling1D(2)(np.ones((2, 8, 3))).shape)
    (2, 4, 3)
    """

    rank = 1

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
