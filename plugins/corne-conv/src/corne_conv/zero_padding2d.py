"""ZeroPadding2D: zeros around images."""

from __future__ import annotations

from typing import Any

from corne_conv._zero_padding import ZeroPadding


class ZeroPadding2D(ZeroPadding):
    """Add zeros around images.

    Args:
        padding: Places to add: one integer for all borders, or for height and width an integer or a pair:
            ``((top, bottom), (left, right))``. Default (1, 1).
        data_format: "channels_last" or "channels_first". Default None: ``config.image_data_format()``.
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        input ``(batch, height, width, channels)``, or ``(batch, channels, height, width)`` for
        "channels_first"; output the same with more places.

    Raises:
        ArgumentError: ``padding`` is negative or has another form.
        ShapeError: The input has another rank.

    >>> import numpy as np
    >>> tuple(ZeroPadding2D(2)(np.ones((2, 8, 8, 3))).shape)
    (2, 12, 12, 3)
    """

    rank = 2

    def __init__(self, padding: Any = (1, 1), data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(padding, data_format, **kwargs)
