"""A learning rate that falls along a polynomial to its final value."""

from __future__ import annotations

from typing import Any

from corne import checks, config, ops
from corne.backend import Array
from corne.optimizer import LearningRateSchedule


class PolynomialDecay(LearningRateSchedule):
    """``(initial_learning_rate - end_learning_rate) * (1 - step / decay_steps) ** power + end_learning_rate``.

    After ``decay_steps`` steps it stays at the end, or starts again with ``cycle``, over twice, three times,
    ... as many steps.

    Args:
        initial_learning_rate: The rate at step 0.
        decay_steps: Steps until the end, above 0.
        end_learning_rate: The rate then. Default 0.0001.
        power: 1: a straight line. Default 1.
        cycle: Whether it starts again. Default False.
        name: Default "PolynomialDecay".

    Raises:
        ArgumentError: ``decay_steps`` is not above 0, or a rate is negative.

    >>> round(float(PolynomialDecay(0.1, decay_steps=10, end_learning_rate=0.0)(5)), 6)
    0.05
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        end_learning_rate: float = 0.0001,
        power: float = 1.0,
        cycle: bool = False,
        name: str = "PolynomialDecay",
    ) -> None:
        self.initial_learning_rate = checks.number(
            "PolynomialDecay(initial_learning_rate=…)", initial_learning_rate, 0
        )
        self.decay_steps = checks.number("PolynomialDecay(decay_steps=…)", decay_steps, above=0)
        self.end_learning_rate = checks.number("PolynomialDecay(end_learning_rate=…)", end_learning_rate, 0)
        self.power = power
        self.cycle = cycle
        self.name = name

    def __call__(self, step: Any) -> Array:
        """Return the learning rate at ``step``."""
        share = ops.divide(ops.cast(step, config.floatx()), self.decay_steps)
        if self.cycle:
            share = ops.divide(share, ops.maximum(ops.ceil(share), 1.0))  # the first cycle holds step 0
        else:
            share = ops.minimum(share, 1.0)
        fall = ops.power(ops.subtract(1.0, share), self.power)
        span = self.initial_learning_rate - self.end_learning_rate
        return ops.add(ops.multiply(fall, span), self.end_learning_rate)
