"""A learning rate that falls by the same factor every so many steps."""

from __future__ import annotations

from typing import Any

from corne import checks, config, ops
from corne.backend import Array
from corne.optimizer import LearningRateSchedule


class ExponentialDecay(LearningRateSchedule):
    """``initial_learning_rate * decay_rate ** (step / decay_steps)``.

    Args:
        initial_learning_rate: The rate at step 0.
        decay_steps: Steps in which it changes by ``decay_rate``, above 0.
        decay_rate: That factor.
        staircase: Whether it changes only every ``decay_steps`` steps. Default False.
        name: Default "ExponentialDecay".

    Raises:
        ArgumentError: ``decay_steps`` is not above 0, or a rate is negative.

    >>> round(float(ExponentialDecay(0.1, decay_steps=10, decay_rate=0.5)(20)), 6)
    0.025
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        decay_rate: float,
        staircase: bool = False,
        name: str = "ExponentialDecay",
    ) -> None:
        self.initial_learning_rate = checks.number(
            "ExponentialDecay(initial_learning_rate=…)", initial_learning_rate, 0
        )
        self.decay_steps = checks.number("ExponentialDecay(decay_steps=…)", decay_steps, above=0)
        self.decay_rate = checks.number("ExponentialDecay(decay_rate=…)", decay_rate, 0)
        self.staircase = staircase
        self.name = name

    def __call__(self, step: Any) -> Array:
        """Return the learning rate at ``step``."""
        share = ops.divide(ops.cast(step, config.floatx()), self.decay_steps)
        if self.staircase:
            share = ops.floor(share)
        return ops.multiply(ops.power(self.decay_rate, share), self.initial_learning_rate)
