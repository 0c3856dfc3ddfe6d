"""A learning rate that falls as the inverse of time."""

from __future__ import annotations

from typing import Any

from corne import checks, config, ops
from corne.backend import Array
from corne.optimizer import LearningRateSchedule


class InverseTimeDecay(LearningRateSchedule):
    """``initial_learning_rate / (1 + decay_rate * step / decay_steps)``.

    Args:
        initial_learning_rate: The rate at step 0.
        decay_steps: Steps that count as 1, above 0.
        decay_rate: How fast it falls.
        staircase: Whether it changes only every ``decay_steps`` steps. Default False.
        name: Default "InverseTimeDecay".

    Raises:
        ArgumentError: ``decay_steps`` is not above 0, or a rate is negative.

    >>> round(float(InverseTimeDecay(0.1, decay_steps=10, decay_rate=0.5)(20)), 6)
    0.05
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        decay_rate: float,
        staircase: bool = False,
        name: str = "InverseTimeDecay",
    ) -> None:
        self.initial_learning_rate = checks.number(
            "InverseTimeDecay(initial_learning_rate=…)", initial_learning_rate, 0
        )
        self.decay_steps = checks.number("InverseTimeDecay(decay_steps=…)", decay_steps, above=0)
        self.decay_rate = checks.number("InverseTimeDecay(decay_rate=…)", decay_rate, 0)
        self.staircase = staircase
        self.name = name

    def __call__(self, step: Any) -> Array:
        """Return the learning rate at ``step``."""
        share = ops.divide(ops.cast(step, config.floatx()), self.decay_steps)
        if self.staircase:
            share = ops.floor(share)
        return ops.divide(self.initial_learning_rate, ops.add(ops.multiply(share, self.decay_rate), 1.0))
