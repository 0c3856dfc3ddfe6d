"""Cropping2D: images without their borders."""

from __future__ import annotations

from typing import Any

from corne_conv._cropping import Cropping


class Cropping2D(Cropping):
    """Cut off the borders of images.

    Args:
        cropping: Places to cut: one integer for all borders, or for height and width an integer or a pair:
            ``((top, bottom), (left, right))``. Default ((0, 0), (0, 0)).
        data_format: "channels_last" or "channels_first". Default None: ``config.image_data_format()``.
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        input ``(batch, height, width, channels)``, or ``(batch, channels, height, width)`` for
        "channels_first"; output the same with fewer places.

    Raises:
        ArgumentError: ``cropping`` is negative or has another form.
        ShapeError: The input has another rank, or nothing would be left of it.

    >>> import numpy as np
    >>> tuple(Cropping2D(2)(np.ones((2, 8, 8, 3))).shape)
    (2, 4, 4, 3)
    """

    rank = 2

    def __init__(
        self, cropping: Any = ((0, 0), (0, 0)), data_format: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(cropping, data_format, **kwargs)
