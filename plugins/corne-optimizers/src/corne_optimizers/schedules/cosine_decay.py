"""A learning rate that falls along half a cosine, after a warm-up if wanted."""

from __future__ import annotations

import math
from typing import Any

from corne import checks, config, ops
from corne.backend import Array
from corne.optimizer import LearningRateSchedule


class CosineDecay(LearningRateSchedule):
    """``top * ((1 - alpha) * (1 + cos(pi * step / decay_steps)) / 2 + alpha)``, constant after ``decay_steps``.

    ``top`` is ``initial_learning_rate``, or ``warmup_target`` after a straight rise to it.

    Args:
        initial_learning_rate: The rate at step 0.
        decay_steps: Steps of the fall, above 0.
        alpha: The rate at the end, as a share of the top. Default 0.
        name: Default "CosineDecay".
        warmup_target: The rate after the warm-up. Default None: no warm-up.
        warmup_steps: Steps of the warm-up. Default 0.

    Raises:
        ArgumentError: ``decay_steps`` is not above 0, or a rate is negative.

    Source: Loshchilov and Hutter 2016, https://arxiv.org/abs/1608.03983, eq. 5

    >>> round(float(CosineDecay(0.1, decay_steps=10)(5)), 6)
    0.05
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        alpha: float = 0.0,
        name: str = "CosineDecay",
        warmup_target: float | None = None,
        warmup_steps: int = 0,
    ) -> None:
        self.initial_learning_rate = checks.number(
            "CosineDecay(initial_learning_rate=…)", initial_learning_rate, 0
        )
        self.decay_steps = checks.number("CosineDecay(decay_steps=…)", decay_steps, above=0)
        self.warmup_steps = checks.number("CosineDecay(warmup_steps=…)", warmup_steps, 0)
        if warmup_target is not None:
            checks.number("CosineDecay(warmup_target=…)", warmup_target, 0)
        self.alpha = alpha
        self.name = name
        self.warmup_target = warmup_target

    def __call__(self, step: Any) -> Array:
        """Return the learning rate at ``step``."""
        step = ops.cast(step, config.floatx())
        if self.warmup_target is None:
            return self._fall(step, self.initial_learning_rate)
        falling = self._fall(ops.subtract(step, self.warmup_steps), self.warmup_target)
        if not self.warmup_steps:
            return falling
        slope = (self.warmup_target - self.initial_learning_rate) / self.warmup_steps
        rising = ops.add(ops.multiply(step, slope), self.initial_learning_rate)
        return ops.where(ops.less(step, self.warmup_steps), rising, falling)

    def _fall(self, step: Array, top: float) -> Array:
        share = ops.minimum(ops.divide(step, self.decay_steps), 1.0)
        cosine = ops.multiply(ops.add(ops.cos(ops.multiply(share, math.pi)), 1.0), 0.5 * (1 - self.alpha))
        return ops.multiply(ops.add(cosine, self.alpha), top)
