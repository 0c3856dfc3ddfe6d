"""A learning rate that changes at given steps."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from corne import config, ops
from corne.backend import Array
from corne.errors import ArgumentError
from corne.optimizer import LearningRateSchedule


class PiecewiseConstantDecay(LearningRateSchedule):
    """``values[0]`` up to and at ``boundaries[0]``, then ``values[1]`` up to ``boundaries[1]``, and so on.

    Args:
        boundaries: Steps, in rising order.
        values: Learning rates, one more than boundaries.
        name: Default "PiecewiseConstant".

    Raises:
        ArgumentError: The boundaries don't rise, or there is not one value more.

    >>> schedule = PiecewiseConstantDecay([10, 20], [1.0, 0.5, 0.1])
    >>> [round(float(schedule(step)), 2) for step in (10, 11, 21)]
    [1.0, 0.5, 0.1]
    """

    def __init__(
        self, boundaries: Sequence[float], values: Sequence[float], name: str = "PiecewiseConstant"
    ) -> None:
        if len(boundaries) != len(values) - 1:
            raise ArgumentError(
                "PiecewiseConstantDecay(values=…)", f"{len(boundaries) + 1} values for {len(boundaries)} boundaries",
                f"{len(values)}", "Pass one value more than boundaries.",
            )  # fmt: skip
        if any(a >= b for a, b in pairwise(boundaries)):
            raise ArgumentError(
                "PiecewiseConstantDecay(boundaries=…)",
                "steps in rising order",
                repr(boundaries),
                "Sort them.",
            )
        self.boundaries = boundaries
        self.values = values
        self.name = name

    def __call__(self, step: Any) -> Array:
        """Return the learning rate at ``step``."""
        step = ops.cast(step, "int32")
        passed = [ops.cast(ops.greater(step, int(b)), config.floatx()) for b in self.boundaries]
        if not passed:
            return ops.full((), self.values[0], dtype=config.floatx())
        # Exactly one of these is 1, so the sum is exactly one of the values.
        inside = [ops.subtract(1.0, passed[0])]
        inside += [ops.subtract(a, b) for a, b in pairwise(passed)]
        inside.append(passed[-1])
        result = ops.multiply(inside[0], self.values[0])
        for here, value in zip(inside[1:], self.values[1:], strict=True):
            result = ops.add(result, ops.multiply(here, value))
        return result
