"""LearningRateScheduler: a learning rate for each epoch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from corne.callbacks import Callback
from corne.errors import ArgumentError
from corne.utils import message

from corne_callbacks._format import shown
from corne_callbacks._learning_rate import learning_rate_of, set_learning_rate


class LearningRateScheduler(Callback):
    """Sets the learning rate at the beginning of each epoch.

    Args:
        schedule: Function of the epoch (from 0) and the present learning rate that returns the new one.
        verbose: 1 prints the rate. Default 0.

    Raises:
        ArgumentError: When the schedule returns something other than a number.
    """

    def __init__(self, schedule: Callable[..., float], verbose: int = 0) -> None:
        super().__init__()
        self.schedule, self.verbose = schedule, verbose

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        present = learning_rate_of(self.model)
        try:
            rate = self.schedule(epoch, present)
        except TypeError:  # a schedule of the epoch alone
            rate = self.schedule(epoch)
        if not isinstance(rate, (int, float)) and not hasattr(rate, "__float__"):
            raise ArgumentError(
                "LearningRateScheduler(schedule=…)", "a function that returns a number", f"one that returned {rate!r}",
                "Return the learning rate.",
            )  # fmt: skip
        set_learning_rate(self.model, float(rate), "LearningRateScheduler")
        if self.verbose:
            message(
                f"Epoch {epoch + 1}: LearningRateScheduler sets the learning rate to {shown(float(rate))}."
            )

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if logs is not None:
            logs["learning_rate"] = learning_rate_of(self.model)
