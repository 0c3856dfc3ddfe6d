"""LearningRateSchedule: the learning rate as a function of the step."""

from __future__ import annotations

from typing import Any, Self

from corne.backend import Array
from corne.declared_config import declared_config


class LearningRateSchedule:
    """Base of all learning-rate schedules.

    A subclass writes ``__call__(step)`` on ``corne.ops``, without branches that depend on the step's
    value: it is part of the training step and runs where the weights are.

    >>> from corne import ops
    >>> class Inverse(LearningRateSchedule):
    ...     def __call__(self, step):
    ...         return ops.divide(0.1, ops.add(ops.cast(step, "float32"), 1.0))
    >>> round(float(Inverse()(3)), 4)
    0.025
    """

    def __call__(self, step: Any) -> Array:
        """Return the learning rate at ``step``, an integer scalar that starts at 0."""
        raise NotImplementedError(
            f"{type(self).__name__} has no __call__(); write def __call__(self, step): ..."
        )

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return declared_config(self, LearningRateSchedule, (), undeclared=True)

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Return a schedule with the configuration of :meth:`get_config`."""
        return cls(**config)
