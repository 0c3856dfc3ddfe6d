"""ZeroPadding1D: zeros around sequences."""

from __future__ import annotations

from typing import Any

from corne_conv._zero_padding import ZeroPadding


class ZeroPadding1D(ZeroPadding):
    """Add zeros around sequences.

    Args:
        padding: Places to add: one integer for both ends, or a pair ``(before, after)``. Default 1.
        data_format: "channels_last" or "channels_first". Default None: ``config.image_data_format()``.
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        input ``(batch, steps, channels)``, or ``(batch, channels, steps)`` for
        "channels_first"; output the same with more places.

    Raises:
        ArgumentError: ``padding`` is negative or has another form.
        ShapeError: The input has another rank.

    >>> import numpy as np
    >>> tuple(ZeroPadding1D(2)(np.ones((2, 8, 3))).shape)
    (2, 12, 3)
    """

    rank = 1

    def __init__(self, padding: Any = 1, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(padding, data_format, **kwargs)
