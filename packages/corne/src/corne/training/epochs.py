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
        self._seen = self._passes = 0
        self.ran_out = False  # for good: the data can't be read again

    @property
    def count(self) -> int | None:
        """The number of batches in an epoch, where it is known."""
        return self.steps if self.steps is not None else self.adapter.num_batches

    def batches(self, epoch: int) -> Iterator[Any]:
        """Yield the batches of an epoch, and tell the data when one begins and has been used up."""
        self.adapter.on_epoch_begin()
        if self.steps is None:
            yield from self.adapter.batches(epoch)
        else:
            yield from self._some(epoch, self.steps)
        self.adapter.on_epoch_end()

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
