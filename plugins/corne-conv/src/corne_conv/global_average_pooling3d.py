"""GlobalAveragePooling3D: the mean of each channel."""

from __future__ import annotations

from corne_conv._global_pooling import GlobalAveragePooling


class GlobalAveragePooling3D(GlobalAveragePooling):
    """Take the mean of each channel over all places of volumes.

    Args:
        data_format: "channels_last" or "channels_first". Default None: ``config.image_data_format()``.
        keepdims: Whether the spatial axes stay, with size 1. Default False.
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        input ``(batch, depth, height, width, channels)``, or ``(batch, channels, depth, height, width)`` for
        "channels_first"; output ``(batch, channels)``.

    Raises:
        ShapeError: The input has another rank.

    >>> import numpy as np
    >>> tuple(GlobalAveragePooling3D()(np.ones((2, 8, 8, 8, 3))).shape)
    (2, 3)
    """

    rank = 3
