"""When checkpoints are written, and what a signal does."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

from corne.errors import StateError
from corne.training.checkpoints import state as states
from corne.training.checkpoints.store import Store
from corne.training.frequency import check_frequency
from corne.training.logs import as_numbers

_FORMAT = 1
#: Seconds between two checkpoints within an epoch, where nobody says how many batches.
_INTERVAL = 60.0


class Position(NamedTuple):
    """How far a fit has come.

    Attributes:
        epoch: The epoch that goes on or comes next.
        batch: How many of its batches are done.
        logs: What an overridden step returned for the last of them, as numbers.
        stopped: Whether a callback asked for the end.
        finished: Whether fit had ended.
    """

    epoch: int
    batch: int = 0
    logs: Mapping[str, Any] | None = None
    stopped: bool = False
    finished: bool = False


class Checkpointer:
    """Writes the state of a fit to a folder, and finds it there again.

    Args:
        folder: Where checkpoints are.
        freq: "epoch": after every epoch, and once a minute within one; or a number of batches between two.
        resume: Whether to go on from a checkpoint that is there.
        clear: Whether to remove the checkpoints when fit has ended.

    Raises:
        ArgumentError: Another ``freq``.
    """

    def __init__(
        self,
        folder: str | os.PathLike[str],
        freq: str | int = "epoch",
        resume: bool = False,
        clear: bool = False,
    ) -> None:
        check_frequency("fit(checkpoint_freq=…)", freq)
        self._store = Store(os.fspath(folder))
        self._freq, self._resume, self._clear = freq, resume, clear
        self._parts: tuple[Any, ...] = ()
        self._arguments: dict[str, Any] = {}
        self._signal: int | None = None
        self._since, self._written = 0, time.monotonic()

    def attach(self, model: Any, train: Any, validate: Any, watchers: Any, arguments: dict[str, Any]) -> None:
        """Take what belongs to the fit.

        Args:
            model: What is trained.
            train: The training data as Epochs.
            validate: The validation data, or None.
            watchers: The CallbackList.
            arguments: Those of fit's arguments that a resumed fit must share.
        """
        self._parts = (model, train, validate, watchers)
        self._arguments = arguments

    # -- going on ---------------------------------------------------------------------------------------
    def find(self, epochs: int) -> dict[str, Any] | None:
        """Return the state to go on from, or None to begin.

        Args:
            epochs: The number of epochs that are asked for. More of them than the finished fit had go on from
                its last epoch.

        Raises:
            StateError: The checkpoint is of another fit.
        """
        self._store.sweep()
        if not self._resume:
            self._store.clear()
            return None

        def usable(state: Any) -> bool:
            at = Position(**state["position"])
            return not at.finished or at.stopped or epochs <= at.epoch

        state: dict[str, Any] | None = self._store.newest(usable)
        if state is None:
            return None
        given, now = state["arguments"], self._arguments
        differing = [name for name in now if given.get(name) != now[name]]
        if state["format"] != _FORMAT or differing:
            raise StateError(
                f"fit(resume=True) from {self._store.folder}",
                ", ".join(f"{name}={given.get(name)!r}" for name in differing) or f"format {_FORMAT}",
                ", ".join(f"{name}={now[name]!r}" for name in differing) or f"format {state['format']}",
                "Call fit as the interrupted program did, or choose another folder.",
            )  # fmt: skip
        return state

    def restore(self, state: dict[str, Any]) -> Position:
        """Give model, data and callbacks a state, and return where it was taken."""
        model, train, validate, watchers = self._parts
        position = Position(**state["position"])
        if position.finished:  # the data are not read again
            train = validate = None
        states.restore(state, model, train, validate, watchers)
        return position

    # -- writing ----------------------------------------------------------------------------------------
    def after_batch(self, epoch: int, batch: int, returned: Any) -> None:
        """Write a checkpoint if it is time, and leave if a signal came.

        Args:
            epoch: The present epoch.
            batch: How many of its batches are done.
            returned: What an overridden step returned for the last one, or None.
        """
        self._since += 1
        if isinstance(self._freq, int):
            due = self._since >= self._freq
        else:
            due = time.monotonic() - self._written >= _INTERVAL
        if due or self._signal is not None:
            logs = None if returned is None else as_numbers(returned)
            self._write(Position(epoch, batch, logs))
        self._leave()

    def after_epoch(self, epoch: int) -> None:
        """Write a checkpoint after an epoch, and leave if a signal came."""
        if self._freq == "epoch" or self._signal is not None:
            self._write(Position(epoch + 1, stopped=self._parts[0].stop_training))
        self._leave()

    def finish(self, epochs: int) -> None:
        """Write down that fit has ended, or remove the checkpoints if that was asked for."""
        if self._clear:
            self._store.clear()
        else:
            self._write(Position(epochs, stopped=self._parts[0].stop_training, finished=True))

    def _write(self, position: Position) -> None:
        state = {
            "format": _FORMAT,
            "position": position._asdict(),
            "arguments": self._arguments,
            **states.collect(*self._parts),
        }
        self._store.write(state)
        self._since, self._written = 0, time.monotonic()

    # -- signals ----------------------------------------------------------------------------------------
    @contextmanager
    def watching_signals(self) -> Iterator[None]:
        """Meanwhile SIGTERM and Ctrl-C let the batch end; a second one acts at once."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

        def note(number: int, frame: Any) -> None:
            self._signal = number
            signal.signal(number, before[signal.Signals(number)])

        for number in before:
            signal.signal(number, note)
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
        self._leave()  # a signal that came while training ended

    def _leave(self) -> None:
        if self._signal is None:
            return
        number, self._signal = self._signal, None
        reason = (
            f"training was interrupted by {signal.Signals(number).name}; its state is in {self._store.folder}"
        )
        if number == signal.SIGINT:
            raise KeyboardInterrupt(reason)
        print(f"{reason[0].upper()}{reason[1:]}.", file=sys.stderr)
        raise SystemExit(128 + number)
