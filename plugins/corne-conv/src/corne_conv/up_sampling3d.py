"""UpSampling3D: volumes with each place repeated."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corne_conv._up_sampling import UpSampling


class UpSampling3D(UpSampling):
    """Repeat each place of volumes along each axis.

    Args:
        size: How often: one integer or 3 of them. Default (2, 2, 2).
        data_format: "channels_last" or "channels_first". Default None: ``config.image_data_format()``.
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        input ``(batch, depth, height, width, channels)``, or ``(batch, channels, depth, height, width)`` for
        "channels_first"; output the same with ``size`` times as many places.

    Raises:
        ArgumentError: ``size`` is not positive.
        ShapeError: The input has another rank.

    >>> import numpy as np
    >>> tuple(UpSampling3D(2)(np.ones((2, 8, 8, 8, 3))).shape)
    (2, 16, 16, 16, 3)
    """

    rank = 3

    def __init__(
        self, size: int | Sequence[int] = (2, 2, 2), data_format: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(size, data_format, **kwargs)
