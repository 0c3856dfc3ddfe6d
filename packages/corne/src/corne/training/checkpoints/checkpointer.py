"""When checkpoints are written, and what a signal does."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

from corne.errors import StateError
from corne.training.adapters.draws import InexactResumeWarning
from corne.training.checkpoints import state as states
from corne.training.checkpoints.identity import differences, listed, program_of
from corne.training.checkpoints.store import Store
from corne.training.frequency import check_frequency
from corne.training.logs import as_numbers

_FORMAT = 2
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
        validating: Whether all batches of the epoch are done and its validation comes next.
    """

    epoch: int
    batch: int = 0
    logs: Mapping[str, Any] | None = None
    stopped: bool = False
    finished: bool = False
    validating: bool = False


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
        self._identity: dict[str, Any] = {}
        self._signal: int | None = None
        self._handlers: dict[int, Any] = {}  # what signals did before
        self._since, self._written = 0, time.monotonic()
        self._at: Position | None = None  # of the newest checkpoint
        self._validating: dict[str, Any] | None = None  # the state before the validation under way
        #: The state to go on from, or None.
        self.state: dict[str, Any] | None = None

    # -- going on ---------------------------------------------------------------------------------------
    def begin(self, epochs: int) -> None:
        """Look for a state to go on from, and set random generators as they were when its fit began.

        So all that fit does before its first batch happens again as it did.

        Args:
            epochs: The number of epochs that are asked for. More of them than a finished fit had go on from
                its last epoch.

        Raises:
            StateError: The checkpoint is of another version.
        """
        self._store.sweep()
        self._began = states.get_random_state()
        if not self._resume:
            return

        def goes_on(state: Any) -> bool:
            at = Position(**state["position"]) if state["format"] == _FORMAT else Position(0)
            return not at.finished or at.stopped or epochs <= at.epoch

        state: dict[str, Any] | None = self._store.newest(goes_on)
        if state is None:
            return
        if state["format"] != _FORMAT:
            raise StateError(
                self._where,
                f"format {_FORMAT}",
                f"format {state['format']}",
                "Choose another folder, or start over.",
            )
        if not goes_on(state):  # its last epoch's own checkpoint is lost
            state["position"]["finished"] = False
        self.state, self._began = state, state["began"]
        states.set_random_state(self._began)

    def attach(self, model: Any, train: Any, validate: Any, watchers: Any, arguments: dict[str, Any]) -> None:
        """Take what belongs to the fit, and compare it with what the checkpoint says.

        Args:
            model: What is trained.
            train: The training data as Epochs.
            validate: The validation data, or None.
            watchers: The CallbackList.
            arguments: Those of fit's arguments that a resumed fit must share.

        Raises:
            StateError: The checkpoint is of another fit.
        """
        self._parts = (model, train, validate, watchers)
        steps = getattr(model.optimizer, "iterations", None)
        trained = None if steps is None else int(steps.numpy())
        self._identity = {
            "arguments": arguments, "trained": trained,
            "data": train.adapter.describe(), "validation_data": validate and validate.adapter.describe(),
            **program_of(model),
        }  # fmt: skip
        for part, name in ((train, "training"), (validate, "validation")):
            reason = None if part is None else part.adapter.why_inexact()
            if reason is not None:
                warnings.warn(
                    f"If this fit is interrupted it can go on, but not to the same bits ({name} data): {reason}.",
                    InexactResumeWarning,
                    stacklevel=6,
                )
        if self.state is not None:
            self._identity["trained"] = self._compare(self.state, trained)

    def _compare(self, state: dict[str, Any], trained: int | None) -> int | None:
        """Raise unless a state is this fit's; return how many steps the model had made when its fit began."""
        before, now = state["identity"], dict(self._identity)
        began: int | None = before["trained"]
        at = Position(**state["position"])
        if began != trained and (at.finished or not trained):
            raise StateError(
                self._where, f"a model that had made {began} steps, as when the fit began whose checkpoints these are",
                f"one that had made {trained}",
                "A second fit of a program needs a folder of its own, or resume=False."
            )  # fmt: skip
        now["trained"] = began
        found = differences(before, now)
        if began != trained:  # a model that is trained already: its rate may have changed on the way
            found = [each for each in found if ".learning_rate=" not in each[0]]
        if found:
            expected, given = (text.replace("arguments.", "") for text in listed(found))
            raise StateError(
                self._where, expected, given,
                "Call fit as the interrupted program did, with the same data and model, or choose another folder.",
            )  # fmt: skip
        return began

    @property
    def _where(self) -> str:
        return f"fit(resume=True) from {self._store.folder}"

    def restore(self) -> Position:
        """Give model, data and callbacks the state, and return where it was taken."""
        assert self.state is not None
        model, train, validate, watchers = self._parts
        position = Position(**self.state["position"])
        if position.finished:  # the data are not read again
            train = validate = None
        states.restore(self.state, model, train, validate, watchers, position.epoch)
        self.state = None
        return position

    # -- writing ----------------------------------------------------------------------------------------
    def start(self, epoch: int) -> None:
        """Write down where a new fit begins.

        Args:
            epoch: The first epoch.
        """
        self._write(Position(epoch), begin=True)

    def after_batches(self, count: int, epoch: int, batch: int, returned: Any) -> None:
        """Write a checkpoint if it is time, and leave if a signal came.

        Args:
            count: How many batches were done since the last call.
            epoch: The present epoch.
            batch: How many of its batches are done.
            returned: What an overridden step returned for the last one, or None.
        """
        self._since += count
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

    def before_validation(self, epoch: int, logs: Mapping[str, Any]) -> None:
        """Note the state before the validation of an epoch, which a signal can interrupt.

        Args:
            epoch: The epoch.
            logs: Those of its training.
        """
        at = Position(epoch, logs=logs, stopped=self._parts[0].stop_training, validating=True)
        self._validating = self._state(at, evaluating=True)
        self.in_validation()

    def in_validation(self) -> None:
        """Leave if a signal came; the whole validation is done again later."""
        if self._signal is not None and self._validating is not None:
            self._store.write(states.completed(self._validating))
        self._leave()

    def before_end(self, epochs: int) -> None:
        """Write down the state after the last epoch, which more epochs can go on from.

        Args:
            epochs: Their number.
        """
        at = Position(epochs)
        if not self._clear and self._at != at and not self._parts[0].stop_training:
            self._write(at)

    def finish(self, epochs: int) -> None:
        """Write down that fit has ended, or remove the checkpoints if that was asked for."""
        if self._clear:
            self._store.clear()
        else:
            self._write(Position(epochs, stopped=self._parts[0].stop_training, finished=True))

    def _write(self, position: Position, begin: bool = False) -> None:
        self._store.write(self._state(position), begin)
        self._since, self._written, self._at = 0, time.monotonic(), position

    def _state(self, position: Position, evaluating: bool = False) -> dict[str, Any]:
        return {
            "format": _FORMAT,
            "position": position._asdict(),
            "identity": self._identity,
            "began": self._began,
            **states.collect(*self._parts, evaluating=evaluating),
        }

    # -- signals ----------------------------------------------------------------------------------------
    @contextmanager
    def watching_signals(self) -> Iterator[None]:
        """Meanwhile SIGTERM and Ctrl-C let the batch end; a second one acts at once, as it would have before.

        A signal that is ignored stays ignored. A handler that the program has installed is called when the
        checkpoint is written.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return

        def note(number: int, frame: Any) -> None:
            self._signal = number
            signal.signal(number, self._handlers[number])

        for number in (int(signal.SIGINT), int(signal.SIGTERM)):
            handler = signal.getsignal(number)
            if handler not in (signal.SIG_IGN, None):  # None: installed by other than Python
                self._handlers[number] = handler
                signal.signal(number, note)
        try:
            yield
        finally:
            for number, handler in self._handlers.items():
                if signal.getsignal(number) is note:
                    signal.signal(number, handler)
        self._leave()  # a signal that came while training ended

    def _leave(self) -> None:
        if self._signal is None:
            return
        number, self._signal = self._signal, None
        handler = self._handlers[number]
        if callable(handler) and handler is not signal.default_int_handler:
            handler(number, None)
        reason = (
            f"training was interrupted by {signal.Signals(number).name}; its state is in {self._store.folder}"
        )
        if number == signal.SIGINT:
            raise KeyboardInterrupt(reason)
        print(f"{reason[0].upper()}{reason[1:]}.", file=sys.stderr)
        raise SystemExit(128 + number)
