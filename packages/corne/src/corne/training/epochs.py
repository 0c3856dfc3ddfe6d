"""Data as epochs of a number of batches."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Iterator
from typing import Any

from corne.errors import ArgumentError
from corne.training.adapters import DataAdapter
from corne.training.adapters.draws import InexactResumeWarning
from corne.training.fingerprint import fingerprint


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
        self._inside = self._resumed = False  # an epoch; in the middle of one
        self._last: Any = None  # the batch used last, where its fingerprint may be asked for
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
        if self._resumed:
            self._resumed = False  # the data were told, and what was used is dropped
        else:
            self._tell(end=False)
            if self.steps is None:
                self._open(epoch)
        self._inside = True
        yield from self._rest() if self.steps is None else self._some(epoch, self.steps, done)
        self._inside = False
        self._tell(end=True)

    def get_state(self) -> dict[str, Any]:
        """Return where the data are, so that others like them can go on there."""
        draws = self.adapter.draws
        return {
            "taken": self._taken, "passes": self._passes, "seen": self._seen, "inside": self._inside,
            "running": self._running is not None, "adapter": self.adapter.get_state(),
            "draws": None if draws is None else draws.get_state(self._running is not None),
            "last": None if self._last is None else fingerprint(self._last),
        }  # fmt: skip

    def set_state(self, state: dict[str, Any], epoch: int) -> None:
        """Go on where :meth:`get_state` was called. What can't be read from the middle is read and dropped.

        Args:
            state: What it returned.
            epoch: The epoch that goes on or comes next.
        """
        adapter, draws = self.adapter, self.adapter.draws
        if draws is not None:  # what the data do to themselves around epochs
            draws.replay(state["draws"], adapter.on_epoch_begin, adapter.on_epoch_end)
        adapter.set_state(state["adapter"])
        self._taken, self._passes, self._seen = state["taken"], state["passes"], state["seen"]
        self._inside = self._resumed = state["inside"]
        used, last = 0, None
        if not adapter.is_repeatable:
            used = self._taken
            rest = adapter.batches(0)
            last = self._drop(rest, used)
            self._running = rest if state["running"] else None
        elif state["running"] and (self._inside or not self._anew):
            used = self._seen
            number = epoch if self.steps is None else 0 if self._anew else self._passes - 1
            if self._passes > 1:
                adapter.begin_anew()
            self._running = adapter.batches(number)
            last = self._drop(self._running, used)
        elif self._passes:
            adapter.begin_anew()
        if draws is not None:
            draws.settle(state["draws"])
        if last is not None and state["last"] not in (None, fingerprint(last)):
            warnings.warn(
                f"Batch {used} of the data isn't what it was before the interruption: training goes on, but doesn't end "
                "as it would have. Let the data be the same each time the program is run: draw from seeded generators, "
                "read the same files in the same order, keep nothing from one epoch to the next.",
                InexactResumeWarning,
                stacklevel=6,
            )

    def _tell(self, end: bool) -> None:
        call = self.adapter.on_epoch_end if end else self.adapter.on_epoch_begin
        if self.adapter.draws is None:
            call()
        else:
            self.adapter.draws.hook(end, call)

    def _open(self, number: int) -> None:
        self._running, self._seen = self.adapter.batches(number), 0
        self._passes += 1

    def _drop(self, batches: Iterator[Any], count: int) -> Any:
        """Have batches made again that were used, and return the last of them."""
        last = None
        for batch in itertools.islice(batches, count):
            last = batch
            if self.adapter.draws is not None:
                self.adapter.draws.use()
        return last

    def _rest(self) -> Iterator[Any]:
        yield from self._used(self._running or iter(()))
        self._end_pass()

    def _end_pass(self) -> None:
        self._running = None
        if self.adapter.draws is not None:
            self.adapter.draws.keep()

    def _used(self, batches: Iterator[Any]) -> Iterator[Any]:
        """Yield batches, made ahead perhaps, and keep count."""
        draws = self.adapter.draws
        for batch in self.adapter.ahead(batches):
            self._seen += 1
            self._taken += 1
            if draws is not None:
                draws.use()
                self._last = batch
            yield batch

    def is_over(self, epoch: int) -> bool:
        """Tell whether there are no data left for an epoch, and warn of it."""
        if not self.ran_out and not self.adapter.has_more():
            self._end(epoch, 0)
        return self.ran_out

    def _some(self, epoch: int, steps: int, done: int) -> Iterator[Any]:
        begun = self._running is not None and not (self._anew and self.adapter.is_repeatable)
        if not done and (not begun or self._seen == self.adapter.num_batches):
            self._open(0 if self._anew else self._passes)
        before = self._taken
        # None is made ahead of the epoch: what comes after it may draw from the same generators.
        yield from self._used(itertools.islice(self._running or (), steps - done))
        taken = done + self._taken - before
        if taken < steps:
            self._end_pass()
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
            stacklevel=6,
        )
