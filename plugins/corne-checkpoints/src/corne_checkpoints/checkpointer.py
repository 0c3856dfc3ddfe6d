"""Checkpointer: writes checkpoints of a fit, and resumes from them."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar

from corne.errors import ArgumentError, StateError
from corne.training import FitObserver, FitOptions, FitRun, Position, as_numbers, check_frequency

from corne_checkpoints import state as states
from corne_checkpoints.backup_and_restore import BackupAndRestore
from corne_checkpoints.identity import differences, listed, program_of
from corne_checkpoints.rng_recorder import InexactResumeWarning, RngRecorder
from corne_checkpoints.store import Store

_FORMAT = 2
#: Seconds between two checkpoints within an epoch, where no number of batches is given.
_INTERVAL = 60.0


class Checkpointer(FitObserver):
    """Writes the state of a fit to a folder, and restores it from there.

    Args:
        folder: The folder of the checkpoints.
        freq: "epoch": after every epoch, and once a minute within one; or a number of batches between two.
        resume: Whether to resume from a checkpoint in the folder.
        clear: Whether to remove the checkpoints when fit has ended.
        same_callbacks: Whether a resumed fit must have the callbacks of the interrupted one. Default True.

    Raises:
        ArgumentError: Another ``freq``.
    """

    handles: ClassVar[frozenset[str]] = frozenset({"checkpoint", "resume"})

    def __init__(
        self,
        folder: str | os.PathLike[str],
        freq: str | int = "epoch",
        resume: bool = False,
        clear: bool = False,
        same_callbacks: bool = True,
    ) -> None:
        check_frequency("fit(checkpoint_freq=…)", freq)
        self._store = Store(os.fspath(folder))
        self._freq, self._resume, self._clear = freq, resume, clear
        self._same_callbacks = same_callbacks
        self._identity: dict[str, Any] = {}
        self._signal: int | None = None
        self._handlers: dict[int, Any] = {}  # what signals did before
        self._since, self._written = 0, time.monotonic()
        self._at: Position | None = None  # of the newest checkpoint
        self._validating: dict[str, Any] | None = None  # the state before the current validation
        self._state_found: dict[str, Any] | None = None  # to resume from
        self._run: FitRun

    @classmethod
    def for_fit(cls, options: FitOptions) -> Checkpointer | None:
        """Return what writes checkpoints, if fit or a callback asks for them.

        Raises:
            ArgumentError: There are several folders, or none to resume from.
        """
        asking = [each for each in options.callbacks if isinstance(each, BackupAndRestore)]
        folder = options.checkpoint
        if folder is None and not asking:
            if options.resume:
                raise ArgumentError("fit(resume=True)", "checkpoint=…, the folder to resume from", "None", "")
            return None
        if len(asking) + (folder is not None) > 1:
            raise ArgumentError(
                "fit(checkpoint=…)", "one folder for checkpoints", "several",
                "Leave BackupAndRestore out, or checkpoint.",
            )  # fmt: skip
        if folder is not None:
            return cls(folder, options.checkpoint_freq, options.resume)
        (backup,) = asking
        return cls(backup.backup_dir, backup.save_freq, True, backup.delete_checkpoint, same_callbacks=False)

    # -- resuming ---------------------------------------------------------------------------------------
    def begin(self, options: FitOptions) -> None:
        """Look for a state to resume from, and set random generators as they were when its fit began.

        So all that fit does before its first batch happens again as it did. Further epochs than a finished fit had
        resume from its last epoch.

        Raises:
            StateError: The checkpoint is of another version.
        """
        epochs = options.epochs if options.epoch_numbers else 0
        self._store.sweep()
        self._began = states.get_random_state()
        if not self._resume:
            return

        def continues(state: Any) -> bool:
            at = Position(**state["position"]) if state["format"] == _FORMAT else Position(0)
            return not at.finished or at.stopped or epochs <= at.epoch

        state: dict[str, Any] | None = self._store.newest(continues)
        if state is None:
            return
        if state["format"] != _FORMAT:
            raise StateError(
                self._where, f"format {_FORMAT}", f"format {state['format']}", "Choose another folder, or start over."
            )  # fmt: skip
        if not continues(state):  # its last epoch's own checkpoint is lost
            state["position"]["finished"] = False
        self._state_found, self._began = state, state["began"]
        states.set_random_state(self._began)

    def recorder(self) -> RngRecorder:
        """Return what records random draws of one part of the data."""
        return RngRecorder()

    def attach(self, run: FitRun) -> None:
        """Take the fit, and compare it with what the checkpoint says.

        Raises:
            StateError: The checkpoint is of another fit.
        """
        self._run = run
        options, data, validation = run.options, run.data, run.validation
        freq = options.validation_freq
        arguments = {
            "initial_epoch": options.initial_epoch, "batches": data.count, "batch_size": data.adapter.batch_size,
            "samples": data.adapter.size, "steps_per_epoch": options.steps_per_epoch,
            "validation_steps": options.validation_steps,
            "validation_freq": freq if isinstance(freq, int) else sorted(freq),
            "steps_per_execution": run.model.steps_per_execution, "validation": validation is not None,
        }  # fmt: skip
        steps = getattr(run.model.optimizer, "iterations", None)
        trained = None if steps is None else int(steps.numpy())
        self._identity = {
            "arguments": arguments, "trained": trained,
            "data": data.adapter.describe(), "validation_data": validation and validation.adapter.describe(),
            **program_of(run),
        }  # fmt: skip
        for part, name in ((data, "training"), (validation, "validation")):
            reason = None if part is None else part.adapter.why_inexact()
            if reason is not None:
                warnings.warn(
                    f"If this fit is interrupted it can resume, but not to the same bits ({name} data): {reason}.",
                    InexactResumeWarning,
                    stacklevel=7,
                )
        if self._state_found is not None:
            self._identity["trained"] = self._compare(self._state_found, trained)

    def _compare(self, state: dict[str, Any], trained: int | None) -> int | None:
        """Raise unless a state is this fit's; return the model's step when the checkpointed fit began."""
        before, now = state["identity"], dict(self._identity)
        began: int | None = before["trained"]
        at = Position(**state["position"])
        if began != trained and (at.finished or not trained):
            raise StateError(
                self._where, f"a model at step {began}, where the checkpointed fit started", f"step {trained}",
                "A second fit of a program needs a folder of its own, or resume=False.",
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

    def resume_from(self) -> Position | None:
        """Return where the state was taken, if there is one."""
        return None if self._state_found is None else Position(**self._state_found["position"])

    def restore(self) -> None:
        """Give model, data and callbacks the state."""
        assert self._state_found is not None
        at = Position(**self._state_found["position"])
        states.restore(self._state_found, self._run, at, self._same_callbacks)
        self._state_found = None

    # -- writing ----------------------------------------------------------------------------------------
    def start(self, epoch: int) -> None:
        """Write where a new fit begins.

        Args:
            epoch: The first epoch.
        """
        self._write(Position(epoch), begin=True)

    def after_batches(self, epoch: int, batch: int, count: int, returned: Any) -> None:
        """Write a checkpoint if it is time, and leave if a signal arrived."""
        if self._run.model.stop_training:  # the epoch ends here, and the checkpoint after it says so
            return
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
        """Write a checkpoint after an epoch, and leave if a signal arrived."""
        if self._freq == "epoch" or self._signal is not None:
            self._write(Position(epoch + 1, stopped=self._run.model.stop_training))
        self._leave()

    def before_validation(self, epoch: int, logs: Mapping[str, Any]) -> None:
        """Note the state before the validation of an epoch, which a signal can interrupt.

        Args:
            epoch: The epoch.
            logs: Those of its training.
        """
        at = Position(epoch, logs=logs, stopped=self._run.model.stop_training, validating=True)
        self._validating = self._state(at, evaluating=True)
        self.after_validation_batch(epoch)

    def after_validation_batch(self, epoch: int) -> None:
        """Leave if a signal arrived; a resumed fit does the whole validation again."""
        if self._signal is not None and self._validating is not None:
            self._store.write(states.completed(self._validating))
        self._leave()

    def before_end(self, epochs: int) -> None:
        """Write the state after the last epoch, from which further epochs can resume.

        Args:
            epochs: Their number.
        """
        at = Position(epochs)
        if not self._clear and self._at != at and not self._run.model.stop_training:
            self._write(at)

    def finish(self, epochs: int) -> None:
        """Write that fit has ended, or remove the checkpoints if asked to."""
        if self._clear:
            self._store.clear()
        else:
            self._write(Position(epochs, stopped=self._run.model.stop_training, finished=True))

    def _write(self, position: Position, begin: bool = False) -> None:
        self._store.write(self._state(position), begin)
        self._since, self._written, self._at = 0, time.monotonic(), position

    def _state(self, position: Position, evaluating: bool = False) -> dict[str, Any]:
        return {
            "format": _FORMAT,
            "position": position._asdict(),
            "identity": self._identity,
            "began": self._began,
            **states.collect(self._run, evaluating=evaluating),
        }

    # -- signals ----------------------------------------------------------------------------------------
    @contextmanager
    def during(self) -> Iterator[None]:
        """Let SIGTERM and Ctrl-C end the batch first; a second signal acts at once, as it would have before.

        An ignored signal stays ignored. A handler of the program runs once the checkpoint is written.
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
