"""GaussianNoise: add random numbers in training."""

from __future__ import annotations

from typing import Any

from corne import random
from corne.backend import Array

from corne_layers._random import RandomLayer


class GaussianNoise(RandomLayer):
    """Add normally distributed numbers with mean 0 in training.

    Args:
        stddev: Their standard deviation, from 0 to 1.
        seed: Start of the random numbers. Default None: drawn.
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        input ``(batch, ...)``; output the same.

    Raises:
        ArgumentError: ``stddev`` is not from 0 to 1.

    >>> GaussianNoise(0.5)([1.0, 2.0]).tolist()
    [1.0, 2.0]
    """

    acts_per_sample = "inference"

    config_kinds = {}

    def __init__(self, stddev: float, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(stddev, "stddev", seed, **kwargs)
        self.stddev = stddev

    def perturb(self, inputs: Array) -> Array:
        """Add noise."""
        noise = random.normal(
            tuple(inputs.shape), stddev=self.stddev, dtype=self.compute_dtype, seed=self.seed_generator
        )
        return inputs + noise
