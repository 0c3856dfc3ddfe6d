"""Read and set a model's learning rate."""

from __future__ import annotations

from typing import Any

from corne.errors import StateError


def learning_rate_of(model: Any) -> float:
    """Return the optimizer's current learning rate."""
    from corne import ops

    return float(ops.convert_to_numpy(model.optimizer.learning_rate))


def set_learning_rate(model: Any, value: float, who: str) -> None:
    """Set the optimizer's learning rate.

    Raises:
        StateError: It is a schedule.
    """
    optimizer = getattr(model.optimizer, "inner_optimizer", model.optimizer)
    if callable(getattr(optimizer, "_learning_rate", None)) and not hasattr(
        optimizer._learning_rate, "assign"
    ):
        raise StateError(
            who, "a learning rate that can be set", "a LearningRateSchedule",
            "Compile with a number as learning rate, or leave the callback out.",
        )  # fmt: skip
    optimizer.learning_rate = value
