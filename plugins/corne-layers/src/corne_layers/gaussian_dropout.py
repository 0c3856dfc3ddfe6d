"""GaussianDropout: multiply by random numbers in training."""

from __future__ import annotations

import math
from typing import Any

from corne import random
from corne.backend import Array
from corne.errors import ArgumentError

from corne_layers._random import RandomLayer


class GaussianDropout(RandomLayer):
    """Multiply by normally distributed numbers with mean 1 in training.

    Their standard deviation is ``sqrt(rate / (1 - rate))``, as that of dropout with this rate.

    Args:
        rate: As of the dropout it resembles, from 0 to below 1.
        seed: Start of the random numbers. Default None: drawn.
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        input ``(batch, ...)``; output the same.

    Raises:
        ArgumentError: ``rate`` is below 0, or 1 or above.

    Source: Dropout, Srivastava et al. 2014, section 10, https://jmlr.org/papers/v15/srivastava14a.html

    >>> GaussianDropout(0.5)([1.0, 2.0]).tolist()
    [1.0, 2.0]
    """

    acts_per_sample = "inference"

    config_kinds = {}

    def __init__(self, rate: float, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(rate, "rate", seed, **kwargs)
        if rate == 1:
            raise ArgumentError(
                "GaussianDropout(rate=…)", "a number from 0 to below 1", "1",
                "The noise would have infinite deviation; take a smaller rate.",
            )  # fmt: skip
        self.rate = rate

    def perturb(self, inputs: Array) -> Array:
        """Multiply by noise."""
        stddev = math.sqrt(self.rate / (1.0 - self.rate))
        return inputs * random.normal(
            tuple(inputs.shape), mean=1.0, stddev=stddev, dtype=self.compute_dtype, seed=self.seed_generator
        )
