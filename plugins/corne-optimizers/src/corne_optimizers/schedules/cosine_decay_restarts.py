"""A learning rate that falls along half a cosine again and again."""

from __future__ import annotations

import math
from typing import Any

from corne import checks, config, ops
from corne.backend import Array
from corne.errors import ArgumentError
from corne.optimizer import LearningRateSchedule


class CosineDecayRestarts(LearningRateSchedule):
    """Falls along half a cosine and jumps back, in periods that grow.

    Args:
        initial_learning_rate: The rate at step 0.
        first_decay_steps: Steps of the first period, above 0.
        t_mul: Ratio of each period to the previous one, above 0. Default 2.
        m_mul: Ratio of the start values of successive periods. Default 1.
        alpha: The lowest rate, as a share of the first. Default 0.
        name: Default "SGDRDecay".

    Raises:
        ArgumentError: ``first_decay_steps`` or ``t_mul`` is not above 0, or a rate is negative.

    Source: Loshchilov and Hutter 2016, https://arxiv.org/abs/1608.03983, eq. 5

    >>> schedule = CosineDecayRestarts(0.1, first_decay_steps=10)
    >>> [round(float(schedule(step)), 6) for step in (0, 5, 10, 20)]
    [0.1, 0.05, 0.1, 0.05]
    """

    def __init__(
        self,
        initial_learning_rate: float,
        first_decay_steps: int,
        t_mul: float = 2.0,
        m_mul: float = 1.0,
        alpha: float = 0.0,
        name: str = "SGDRDecay",
    ) -> None:
        self.initial_learning_rate = checks.number(
            "CosineDecayRestarts(initial_learning_rate=…)", initial_learning_rate, 0
        )
        self.first_decay_steps = checks.number(
            "CosineDecayRestarts(first_decay_steps=…)", first_decay_steps, above=0
        )
        self.m_mul = checks.number("CosineDecayRestarts(m_mul=…)", m_mul, 0)
        if not t_mul > 0:
            raise ArgumentError("CosineDecayRestarts(t_mul=…)", "a number above 0", repr(t_mul))
        self.t_mul = t_mul
        self.alpha = alpha
        self.name = name

    def __call__(self, step: Any) -> Array:
        """Return the learning rate at ``step``."""
        share = ops.divide(ops.cast(step, config.floatx()), self.first_decay_steps)
        if self.t_mul == 1:
            restarts = ops.floor(share)
            share = ops.subtract(share, restarts)
        else:
            # After n restarts (t_mul ** n - 1) / (t_mul - 1) first periods are over.
            growth = ops.log(ops.add(ops.multiply(share, self.t_mul - 1.0), 1.0))
            restarts = ops.floor(ops.divide(growth, math.log(self.t_mul)))
            length = ops.power(self.t_mul, restarts)
            over = ops.divide(ops.subtract(1.0, length), 1.0 - self.t_mul)
            share = ops.divide(ops.subtract(share, over), length)
        cosine = ops.multiply(ops.add(ops.cos(ops.multiply(share, math.pi)), 1.0), 0.5)
        height = ops.multiply(cosine, ops.power(self.m_mul, restarts))
        falling = ops.add(ops.multiply(height, 1 - self.alpha), self.alpha)
        return ops.multiply(falling, self.initial_learning_rate)
