"""SpatialDropout1D: set whole channels to 0 in training."""

from __future__ import annotations

from typing import Any

from corne_layers._spatial_dropout import SpatialDropout


class SpatialDropout1D(SpatialDropout):
    """Set a random fraction of the channels to 0 in training, each at all places at once.

    The others are scaled by ``1 / (1 - rate)``. Neighbouring places resemble each other, so dropping single
    values would not make them independent.

    Args:
        rate: The fraction, from 0 to 1.
        seed: Start of the random numbers. Default None: drawn.
        name: Default None: generated.
        dtype: Name of a dtype or dtype policy. Default None: the global policy.
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        input ``(batch, steps, channels)``; output the same.

    Raises:
        ArgumentError: ``rate`` is not from 0 to 1.
        ShapeError: The input does not have 3 axes.

    Source: Efficient Object Localization Using Convolutional Networks, Tompson et al. 2015,
    https://arxiv.org/abs/1411.4280

    >>> import numpy as np
    >>> tuple(SpatialDropout1D(0.5)(np.ones((2, 3, 4))).shape)
    (2, 3, 4)
    """

    acts_per_sample = "inference"

    def __init__(
        self,
        rate: float,
        seed: int | None = None,
        name: str | None = None,
        dtype: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(1, rate, -1, seed, name, dtype, **kwargs)
