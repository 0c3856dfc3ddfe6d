"""Correcting running means for the zeros they started from.

Powers go through the logarithm, which Python takes: no constant has to be sent to the device in a step,
and ``1 - base ** step`` keeps its digits where the power is near 1.
"""

from __future__ import annotations

import math
from typing import Any

from corne import ops
from corne.backend import Array


def power(base: float, step: Any, dtype: str) -> Array:
    """Return ``base ** step`` in ``dtype``, for a base above 0."""
    return ops.exp(ops.multiply(ops.cast(step, dtype), math.log(base)))


def one_minus_power(base: float, step: Any, dtype: str) -> Array:
    """Return ``1 - base ** step`` in ``dtype``, for a base from 0 up to below 1 and steps from 1."""
    if base == 0:
        return ops.ones_like(ops.cast(step, dtype))
    return ops.negative(ops.expm1(ops.multiply(ops.cast(step, dtype), math.log(base))))


def bias_corrected(learning_rate: Any, step: Any, beta_1: float, beta_2: float, dtype: str) -> Array:
    """Return ``learning_rate * sqrt(1 - beta_2 ** t) / (1 - beta_1 ** t)`` at step ``t``."""
    rate = ops.multiply(ops.cast(learning_rate, dtype), ops.sqrt(one_minus_power(beta_2, step, dtype)))
    return ops.divide(rate, one_minus_power(beta_1, step, dtype))
