"""BatchSource: data as epochs of a number of batches."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Iterator
from typing import Any

from corne import config
from corne.errors import ArgumentError
from corne.training.adapters import DataAdapter


class DataRanOutWarning(UserWarning):
    """The data ended before the steps that were asked for."""


class BatchSource:
    """The batches of one adapter, epoch by epoch, ``steps`` at most in each.

    ``config.max_steps_per_epoch()`` limits ``steps``. With ``steps`` an epoch continues where the last one stopped. At the end of the data it ends with a warning; the
    next epoch starts over if the data can be read again.

    Args:
        adapter: The data.
        steps: Batches in an epoch. Default: all.
        total: Number of epochs to come. Default 1.
        restarts: Whether each epoch starts at the first batch, as validation does. Default False.

    Raises:
        ArgumentError: ``steps`` isn't a positive integer.
    """

    def __init__(
        self, adapter: DataAdapter, steps: int | None, total: int = 1, restarts: bool = False
    ) -> None:
        if steps is not None and (isinstance(steps, bool) or not isinstance(steps, int) or steps < 1):
            raise ArgumentError("steps", "a positive integer, or None", repr(steps), "")
        limit = config.max_steps_per_epoch()
        if limit is not None and (steps or adapter.num_batches or limit + 1) > limit:
            steps = limit
        self.adapter, self.steps, self._total, self._restarts = adapter, steps, total, restarts
        self._running: Iterator[Any] | None = None
        self._seen = self._passes = self._taken = 0
        self._inside = self._resumed = False  # an epoch; in the middle of one
        self.ran_out = False  # for good: the data can't be read again

    @property
    def count(self) -> int | None:
        """The number of batches in an epoch, where it is known."""
        return self.steps if self.steps is not None else self.adapter.num_batches

    def groups(self, epoch: int, size: int = 1, done: int = 0) -> Iterator[tuple[int, list[Any]]]:
        """Yield ``(index of the first batch, batches)`` for groups of batches of an epoch.

        The data are notified when the epoch begins and when it has been used up.

        Args:
            epoch: Its number.
            size: Batches in a group; the last one may have fewer. Default 1.
            done: How many batches of the epoch were used before this object was made. Default 0.
        """
        self._begin(epoch, done)
        batches: Iterator[Any] = self._running or iter(())
        if self.steps is not None:
            # None is made ahead of the epoch: what comes after it may draw from the same generators.
            batches = itertools.islice(batches, self.steps - done)
        index, before, group = done, self._taken, []
        consumed = self.adapter.recorder.consumed
        for batch in self.adapter.ahead(batches):
            self._seen += 1
            self._taken += 1
            consumed(batch)
            group.append(batch)
            if len(group) == size:
                yield index, group
                index, group = index + size, []
        if group:
            yield index, group
        taken = done + self._taken - before
        if self.steps is None:
            self._end_pass()
        elif taken < self.steps:
            self._end_pass()
            self._warn_of_end(epoch, taken)
        self._inside = False
        self._notify(end=True)

    def is_over(self, epoch: int) -> bool:
        """Return whether no data are left for an epoch, after a warning if so."""
        if not self.ran_out and not self.adapter.has_more():
            self._warn_of_end(epoch, 0)
        return self.ran_out

    def get_state(self) -> dict[str, Any]:
        """Return the position in the data, so that others like them can continue there."""
        running = self._running is not None
        return {
            "taken": self._taken, "passes": self._passes, "seen": self._seen, "inside": self._inside,
            "running": running, "adapter": self.adapter.get_state(), **self.adapter.recorder.get_state(running),
        }  # fmt: skip

    def set_state(self, state: dict[str, Any], epoch: int) -> None:
        """Continue at the position of ``state``. Data that can't start in the middle are read and dropped.

        Args:
            state: What :meth:`get_state` returned.
            epoch: The current or next epoch.
        """
        adapter, recorder = self.adapter, self.adapter.recorder
        recorder.replay(state, adapter.on_epoch_begin, adapter.on_epoch_end)
        adapter.set_state(state["adapter"])
        self._taken, self._passes, self._seen = state["taken"], state["passes"], state["seen"]
        self._inside = self._resumed = state["inside"]
        used, last = 0, None
        if not adapter.is_repeatable:
            used = self._taken
            rest = adapter.batches(0)
            last = self._drop(rest, used)
            self._running = rest if state["running"] else None
        elif state["running"] and (self._inside or not self._restarts):
            used = self._seen
            number = epoch if self.steps is None else 0 if self._restarts else self._passes - 1
            if self._passes > 1:
                adapter.end_first_pass()
            self._running = adapter.batches_from(number, used)
            if self._running is None:
                self._running = adapter.batches(number)
                last = self._drop(self._running, used)
        elif self._passes:
            adapter.end_first_pass()
        recorder.restore(state, used, last)

    def _begin(self, epoch: int, done: int) -> None:
        """Notify the data of an epoch and open the pass that it needs."""
        resumed, self._resumed = self._resumed, False
        if not resumed:  # else the data were notified, and used batches are dropped
            self._notify(end=False)
        if self.steps is None:
            if not resumed:
                self._open(epoch)
        elif not done:
            continues = self._running is not None and not (self._restarts and self.adapter.is_repeatable)
            if not continues or self._seen == self.adapter.num_batches:
                self._open(0 if self._restarts else self._passes)
        self._inside = True

    def _notify(self, end: bool) -> None:
        self.adapter.recorder.run_hook(end, self.adapter.on_epoch_end if end else self.adapter.on_epoch_begin)

    def _open(self, number: int) -> None:
        self._running, self._seen = self.adapter.batches(number), 0
        self._passes += 1

    def _end_pass(self) -> None:
        self._running = None
        self.adapter.recorder.discard()

    def _drop(self, batches: Iterator[Any], count: int) -> Any:
        """Make used batches again and return the last of them."""
        last = None
        for batch in itertools.islice(batches, count):
            last = batch
            self.adapter.recorder.consumed(batch)
        return last

    def _warn_of_end(self, epoch: int, taken: int) -> None:
        self.ran_out = not self.adapter.is_repeatable
        what = "validation" if self._restarts else "training"
        warnings.warn(
            f"Your input ran out of data in epoch {epoch + 1}, after {taken} "
            + (f"of {self.steps} steps" if self.steps else "steps")
            + (f"; {what} ends there. " if self.ran_out else ". ")
            + f"It should hold batches for all {self._total} epochs"
            + (f", {self.steps * self._total} in all" if self.steps else "")
            + ": let the generator continue, or ask for less.",
            DataRanOutWarning,
            stacklevel=7,
        )
