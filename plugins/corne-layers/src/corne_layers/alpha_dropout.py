"""AlphaDropout: dropout that keeps mean and variance, for selu."""

from __future__ import annotations

from typing import Any

from corne import ops, random
from corne.backend import Array, Shape

from corne_layers._random import RandomLayer, check_noise_shape, concrete_noise_shape

#: What selu tends to for very negative inputs: minus its alpha times its scale.
_SATURATED = -1.6732632423543772 * 1.0507009873554805


class AlphaDropout(RandomLayer):
    """Set a random fraction of the values to selu's lower limit in training, keeping mean and variance.

    Args:
        rate: The fraction, from 0 to 1.
        noise_shape: As for ``Dropout``. Default None: the input's shape.
        seed: Start of the random numbers. Default None: drawn.
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        input ``(batch, ...)``; output the same.

    Raises:
        ArgumentError: ``rate`` is not from 0 to 1, or ``noise_shape`` is no shape.

    Source: Self-Normalizing Neural Networks, Klambauer et al. 2017, https://arxiv.org/abs/1706.02515

    >>> AlphaDropout(0.5)([1.0, 2.0]).tolist()
    [1.0, 2.0]
    """

    acts_per_sample = "inference"

    config_kinds = {}

    def __init__(
        self, rate: float, noise_shape: Shape | None = None, seed: int | None = None, **kwargs: Any
    ) -> None:
        super().__init__(rate, "rate", seed, **kwargs)
        self.rate = rate
        self.noise_shape = check_noise_shape("AlphaDropout(noise_shape=…)", noise_shape)

    def perturb(self, inputs: Array) -> Array:
        """Drop, then scale and shift so that standard normal inputs stay so."""
        shape = concrete_noise_shape(self.name, self.noise_shape, inputs)
        kept = ops.greater_equal(random.uniform(shape, seed=self.seed_generator), self.rate)
        if self.rate == 1:  # nothing is kept: all values are the same, and their variance is 0
            return ops.zeros_like(inputs)
        scale = ((1 - self.rate) * (1 + self.rate * _SATURATED**2)) ** -0.5
        dropped = ops.where(kept, inputs, ops.full_like(inputs, _SATURATED))
        return dropped * scale - scale * _SATURATED * self.rate
