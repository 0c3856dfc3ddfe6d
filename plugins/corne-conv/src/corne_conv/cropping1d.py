"""Cropping1D: sequences without their borders."""

from __future__ import annotations

from typing import Any

from corne_conv._cropping import Cropping


class Cropping1D(Cropping):
    """Cut off the borders of sequences.

    Args:
        cropping: Places to cut: one integer for both ends, or a pair ``(before, after)``. Default (1, 1).
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        input ``(batch, steps, channels)``; output the same with fewer steps.

    Raises:
        ArgumentError: ``cropping`` is negative or has another form.
        ShapeError: The input has another rank, or nothing would be left of it.

    >>> import numpy as np
    >>> tuple(Cropping1D((2, 2))(np.ones((2, 8, 3))).shape)
    (2, 4, 3)
    """

    rank = 1

    def __init__(self, cropping: Any = (1, 1), **kwargs: Any) -> None:
        super().__init__(cropping, "channels_last", **kwargs)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        config = super().get_config()
        del config["data_format"]
        return config
