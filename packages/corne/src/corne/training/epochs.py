"""Data as epochs of a number of batches."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Iterator
from typing import Any

from corne.errors import ArgumentError
from corne.training.adapters import DataAdapter


class DataRanOutWarning(UserWarning):
    """The data ended before the steps that were asked for."""


class Epochs:
    """The batches of one adapter, epoch by epoch, ``steps`` at most in each.

    With ``steps`` an epoch goes on where the last one stopped. One that meets the end of the data ends
    there, with a warning; the next begins anew if the data can be read again.

    Args:
        adapter: The data.
        steps: Batches in an epoch. Default: all.
        total: Number of epochs that will be asked for. Default 1.
        anew: Whether each epoch begins at the beginning, as validation does. Default False.
    """

    def __init__(self, adapter: DataAdapter, steps: int | None, total: int = 1, anew: bool = False) -> None:
        if steps is not None and (isinstance(steps, bool) or not isinstance(steps, int) or steps < 1):
            raise ArgumentError(
                "steps", "a positive integer, or None", repr(steps), "Pass a number of batches."
            )
        self.adapter, self.steps, self._total, self._anew = adapter, steps, total, anew
        self._running: Iterator[Any] | None = None
        self._seen = self._passes = self._taken = 0
        self._closed = 0  # epochs
        self.ran_out = False  # for good: the data can't be read again

    @property
    def count(self) -> int | None:
        """The number of batches in an epoch, where it is known."""
        return self.steps if self.steps is not None else self.adapter.num_batches

    def batches(self, epoch: int, done: int = 0) -> Iterator[Any]:
        """Yield the batches of an epoch, and tell the data when one begins and has been used up.

        Args:
            epoch: Its number.
            done: How many of them were used before this object was made. Default 0.
        """
        self.adapter.on_epoch_begin()
        if self.steps is None:
            batches = self.adapter.batches(epoch)
            wanted: Iterator[Any] = itertools.islice(batches, done if self.adapter.is_repeatable else 0, None)
        else:
            wanted = self._some(epoch, self.steps - done)
        for batch in wanted:
            self._taken += 1
            yield batch
        self.adapter.on_epoch_end()
        self._closed += 1

    def get_state(self) -> dict[str, Any]:
        """Return where the data are, so that others like them can go on there."""
        return {
            "taken": self._taken, "passes": self._passes, "seen": self._seen, "epochs": self._closed,
            "adapter": self.adapter.get_state(),
        }  # fmt: skip

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on where :meth:`get_state` was called. What can't be read from the middle is read and dropped."""
        for _ in range(state["epochs"]):  # what the data do to themselves after each epoch
            self.adapter.on_epoch_begin()
            self.adapter.on_epoch_end()
        self.adapter.set_state(state["adapter"])
        self._taken, self._passes, self._seen = state["taken"], state["passes"], state["seen"]
        self._closed = state["epochs"]
        if not self.adapter.is_repeatable:
            self._passes = 0
            _drop(self.adapter.batches(0), self._taken)
        elif self.steps is not None and self._passes and not self._anew:
            self._running = self.adapter.batches(self._passes - 1)
            _drop(self._running, self._seen)

    def is_over(self, epoch: int) -> bool:
        """Tell whether there are no data left for an epoch, and warn of it."""
        if not self.ran_out and not self.adapter.has_more():
            self._end(epoch, 0)
        return self.ran_out

    def _some(self, epoch: int, steps: int) -> Iterator[Any]:
        begun = self._running is not None and not (self._anew and self.adapter.is_repeatable)
        if not begun or self._seen == self.adapter.num_batches:
            self._running, self._seen = self.adapter.batches(0 if self._anew else self._passes), 0
            self._passes += 1
        taken = 0
        for batch in itertools.islice(self._running or (), steps):
            taken += 1
            self._seen += 1
            yield batch
        if taken < steps:
            self._running = None
            self._end(epoch, taken)

    def _end(self, epoch: int, taken: int) -> None:
        self.ran_out = not self.adapter.is_repeatable
        what = "validation" if self._anew else "training"
        warnings.warn(
            f"Your input ran out of data in epoch {epoch + 1}, after {taken} "
            + (f"of {self.steps} steps" if self.steps else "steps")
            + (f"; {what} ends there. " if self.ran_out else ". ")
            + f"It should hold batches for all {self._total} epochs"
            + (f", {self.steps * self._total} in all" if self.steps else "")
            + ": let the generator go on, or ask for less.",
            DataRanOutWarning,
            stacklevel=5,
        )


def _drop(batches: Iterator[Any], count: int) -> None:
    for _ in itertools.islice(batches, count):
        pass
