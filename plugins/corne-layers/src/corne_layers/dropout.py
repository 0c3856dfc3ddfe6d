"""Dropout: set random values to 0 in training."""

from __future__ import annotations

from typing import Any

from corne import random
from corne.backend import Array, Shape

from corne_layers._random import RandomLayer, check_noise_shape, concrete_noise_shape


class Dropout(RandomLayer):
    """Set a random fraction of the values to 0 in training, and scale the others by ``1 / (1 - rate)``.

    Outside of training it returns its input.

    Args:
        rate: The fraction, from 0 to 1.
        noise_shape: Shape of the random choice, broadcast to the input's: ``(None, 1, None)`` makes one
            choice for all time steps; None stands for the input's size. Default None: the input's shape.
        seed: Start of the random numbers. Default None: drawn.
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        input ``(batch, ...)``; output the same.

    Raises:
        ArgumentError: ``rate`` is not from 0 to 1, or ``noise_shape`` is no shape.

    Source: Dropout, Srivastava et al. 2014, https://jmlr.org/papers/v15/srivastava14a.html

    >>> Dropout(0.5)([1.0, 2.0]).tolist()
    [1.0, 2.0]
    """

    acts_per_sample = "inference"

    config_kinds = {}

    def __init__(
        self, rate: float, noise_shape: Shape | None = None, seed: int | None = None, **kwargs: Any
    ) -> None:
        super().__init__(rate, "rate", seed, **kwargs)
        self.rate = rate
        self.noise_shape = check_noise_shape("Dropout(noise_shape=…)", noise_shape)

    def perturb(self, inputs: Array) -> Array:
        """Drop."""
        shape = self.noise_shape and concrete_noise_shape(self.name, self.noise_shape, inputs)
        return random.dropout(inputs, self.rate, noise_shape=shape, seed=self.seed_generator)
