"""AdaptiveMaxPooling1D: sequences of any size to a given one."""

from __future__ import annotations

from corne_conv._adaptive_pooling import AdaptiveMaxPooling


class AdaptiveMaxPooling1D(AdaptiveMaxPooling):
    """Keep the largest value of each of ``output_size`` windows that cover sequences evenly, for each channel.

    Window ``i`` of ``n`` reaches from ``floor(i * size / n)`` to ``ceil((i + 1) * size / n)``.

    Args:
        output_size: Size of the output: one integer.
        data_format: "channels_last" or "channels_first". Default None: ``config.image_data_format()``.
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        input ``(batch, steps, channels)``, or ``(batch, channels, steps)`` for
        "channels_first"; output the same with ``output_size`` places.

    Raises:
        ArgumentError: A size is not positive.
        ShapeError: The input has another rank.

    >>> import numpy as np
    >>> tuple(AdaptiveMaxPooling1D(3)(np.ones((2, 8, 3))).shape)
    (2, 3, 3)
    """

    rank = 1
