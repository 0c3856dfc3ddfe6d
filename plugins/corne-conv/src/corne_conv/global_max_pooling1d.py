"""GlobalMaxPooling1D: the largest value of each channel."""

from __future__ import annotations

from corne_conv._global_pooling import GlobalMaxPooling


class GlobalMaxPooling1D(GlobalMaxPooling):
    """Keep the largest value of each channel over all places of sequences.

    Args:
        data_format: "channels_last" or "channels_first". Default None: ``config.image_data_format()``.
        keepdims: Whether the spatial axis stays, with size 1. Default False.
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        input ``(batch, steps, channels)``, or ``(batch, channels, steps)`` for
        "channels_first"; output ``(batch, channels)``.

    Raises:
        ShapeError: The input has another rank.

    >>> import numpy as np
    >>> tuple(GlobalMaxPooling1D()(np.ones((2, 8, 3))).shape)
    (2, 3)
    """

    rank = 1
