"""UpSampling1D: sequences with each step repeated."""

from __future__ import annotations

from typing import Any

from corne_conv._up_sampling import UpSampling


class UpSampling1D(UpSampling):
    """Repeat each step of sequences.

    Args:
        size: How often: one integer. Default 2.
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        input ``(batch, steps, channels)``; output the same with ``size`` times as many steps.

    Raises:
        ArgumentError: ``size`` is not positive.
        ShapeError: The input has another rank.

    >>> import numpy as np
    >>> tuple(UpSampling1D(2)(np.ones((2, 8, 3))).shape)
    (2, 16, 3)
    """

    rank = 1

    def __init__(self, size: int = 2, **kwargs: Any) -> None:
        super().__init__(size, "channels_last", **kwargs)
        self.size = self._factors[0]

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        config = super().get_config()
        del config["data_format"]
        return config
