"""SpatialDropout2D: set whole channels to 0 in training."""

from __future__ import annotations

from typing import Any

from corne import checks

from corne_layers._spatial_dropout import SpatialDropout


class SpatialDropout2D(SpatialDropout):
    """Set a random fraction of the channels to 0 in training, each at all places at once.

    The others are scaled by ``1 / (1 - rate)``. Neighbouring places resemble each other, so dropping single
    values would not make them independent.

    Args:
        rate: The fraction, from 0 to 1.
        data_format: "channels_last" or "channels_first". Default None: ``config.image_data_format()``.
        seed: Start of the random numbers. Default None: drawn.
        name: Default None: generated.
        dtype: Name of a dtype or dtype policy. Default None: the global policy.
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        input ``(batch, height, width, channels)``, or
        ``(batch, channels, height, width)`` for "channels_first"; output the same.

    Raises:
        ArgumentError: ``rate`` is not from 0 to 1.
        ShapeError: The input does not have 4 axes.

    Source: Efficient Object Localization Using Convolutional Networks, Tompson et al. 2015,
    https://arxiv.org/abs/1411.4280

    >>> import numpy as np
    >>> tuple(SpatialDropout2D(0.5)(np.ones((2, 3, 3, 4))).shape)
    (2, 3, 3, 4)
    """

    acts_per_sample = "inference"

    def __init__(
        self,
        rate: float,
        data_format: str | None = None,
        seed: int | None = None,
        name: str | None = None,
        dtype: Any = None,
        **kwargs: Any,
    ) -> None:
        checked = checks.data_format("SpatialDropout2D(data_format=…)", data_format)
        super().__init__(2, rate, -1 if checked == "channels_last" else 1, seed, name, dtype, **kwargs)
        self.data_format = checked

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "data_format": self.data_format}
