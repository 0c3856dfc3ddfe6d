"""AdaptiveMaxPooling2D: images of any size to a given one."""

from __future__ import annotations

from corne_conv._adaptive_pooling import AdaptiveMaxPooling


class AdaptiveMaxPooling2D(AdaptiveMaxPooling):
    """Keep the largest value of each of ``output_size`` windows that cover images evenly, for each channel.

    Window ``i`` of ``n`` reaches from ``floor(i * size / n)`` to ``ceil((i + 1) * size / n)``.

    Args:
        output_size: Size of the output: one integer or 2 of them.
        data_format: "channels_last" or "channels_first". Default None: ``config.image_data_format()``.
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        input ``(batch, height, width, channels)``, or ``(batch, channels, height, width)`` for
        "channels_first"; output the same with ``output_size`` places.

    Raises:
        ArgumentError: A size is not positive.
        ShapeError: The input has another rank.

    >>> import numpy as np
    >>> tuple(AdaptiveMaxPooling2D(3)(np.ones((2, 8, 8, 3))).shape)
    (2, 3, 3, 3)
    """

    rank = 2
