"""FitObserver: watches a fit from outside its loop."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from corne.errors import MissingPluginError, StateError
from corne.plugins import hook
from corne.training.adapters.batch_recorder import BatchRecorder
from corne.training.fit_options import FitOptions

if TYPE_CHECKING:
    from corne.training.fit_run import FitRun


class Position(NamedTuple):
    """How far a fit has come.

    Attributes:
        epoch: The current or next epoch, counted from 0.
        batch: How many of its batches are done.
        logs: What an overridden step returned for the last of them, as numbers.
        stopped: Whether a callback stopped training.
        finished: Whether fit had ended.
        validating: Whether all batches of the epoch are done and its validation comes next.
    """

    epoch: int
    batch: int = 0
    logs: Mapping[str, Any] | None = None
    stopped: bool = False
    finished: bool = False
    validating: bool = False


class FitObserver:
    """Base of what packages add to a fit through ``corne_fit_observers``; each method does nothing by default.

    Unlike a callback, an observer sees the loop's own state: it starts before data are read, knows the position
    between two batches, may restore another one, and surrounds the whole loop. It may set
    ``run.model.stop_training``. What it raises ends the fit.
    """

    #: Names of fit's options that the observer carries out: any of "checkpoint" and "resume".
    handles: ClassVar[frozenset[str]] = frozenset()

    def begin(self, options: FitOptions) -> None:
        """Called first, before data are read or random numbers drawn."""

    def recorder(self) -> BatchRecorder | None:
        """Return what records how batches are made, or None. Called for the training and for the validation data."""
        return None

    def attach(self, run: FitRun) -> None:
        """Called once model, data and callbacks are ready.

        Args:
            run: All of them; it stays the same object until fit ends.
        """

    def during(self) -> contextlib.AbstractContextManager[Any]:
        """Return a context that surrounds the loop."""
        return contextlib.nullcontext()

    def resume_from(self) -> Position | None:
        """Return where fit should resume, or None. Called before ``on_train_begin``."""
        return None

    def restore(self) -> None:
        """Restore the state of the position that :meth:`resume_from` returned. Called after ``on_train_begin``."""

    def start(self, epoch: int) -> None:
        """Called after ``on_train_begin`` where fit doesn't resume.

        Args:
            epoch: The first epoch.
        """

    def after_batches(self, epoch: int, batch: int, count: int, returned: Any) -> None:
        """Called after the callbacks of each training batch, or of each execution of several.

        Args:
            epoch: The current epoch.
            batch: How many of its batches are done.
            count: How many batches were done since the last call.
            returned: What an overridden step returned for the last one, or None.
        """

    def before_validation(self, epoch: int, logs: Mapping[str, Any]) -> None:
        """Called between training and validation of an epoch.

        Args:
            epoch: The epoch.
            logs: Those of its training.
        """

    def after_validation_batch(self, epoch: int) -> None:
        """Called after the callbacks of each validation batch, or of each execution of several."""

    def after_epoch(self, epoch: int) -> None:
        """Called after the callbacks of an epoch's end."""

    def before_end(self, epochs: int) -> None:
        """Called after the last epoch, before ``on_train_end``.

        Args:
            epochs: The number of the last epoch, counted from 1.
        """

    def finish(self, epochs: int) -> None:
        """Called after ``on_train_end``.

        Args:
            epochs: The number of the last epoch, counted from 1.
        """


class FitObservers(FitObserver):
    """Several observers as one; the loop calls it without asking whether there are any.

    Args:
        observers: In the order of their calls.
    """

    def __init__(self, observers: Iterable[FitObserver] = ()) -> None:
        self._all = tuple(observers)

    @classmethod
    def of(cls, model: Any, options: FitOptions) -> FitObservers:
        """Ask installed packages for observers.

        Raises:
            MissingPluginError: ``options`` ask for checkpoints, and no observer writes them.
        """
        answers = hook.corne_fit_observers(model=model, options=options)
        observers = [observer for some in answers for observer in some]
        handled = frozenset().union(*(observer.handles for observer in observers))
        for name, is_asked in (("checkpoint", options.checkpoint is not None), ("resume", options.resume)):
            if is_asked and name not in handled:
                raise MissingPluginError(
                    f"fit({name}=…)", "corne-checkpoints", "not installed",
                    "pip install corne-checkpoints",
                )  # fmt: skip
        return cls(observers)

    def begin(self, options: FitOptions) -> None:
        for observer in self._all:
            observer.begin(options)

    def recorder(self) -> BatchRecorder:
        """Return the one recorder of the observers, or one that records nothing."""
        return self._only("recorder", [observer.recorder() for observer in self._all]) or BatchRecorder()

    def attach(self, run: FitRun) -> None:
        for observer in self._all:
            observer.attach(run)

    @contextlib.contextmanager
    def during(self) -> Any:
        with contextlib.ExitStack() as contexts:
            for observer in self._all:
                contexts.enter_context(observer.during())
            yield

    def resume_from(self) -> Position | None:
        """Return the one position of the observers, or None."""
        position: Position | None = self._only(
            "resume_from", [observer.resume_from() for observer in self._all]
        )
        return position

    def _only(self, method: str, answers: list[Any]) -> Any:
        given = [i for i, answer in enumerate(answers) if answer is not None]
        if len(given) > 1:
            names = ", ".join(type(self._all[i]).__name__ for i in given)
            raise StateError("fit(…)", f"one observer that answers {method}()", names, "Disable one of them.")
        return answers[given[0]] if given else None

    def restore(self) -> None:
        for observer in self._all:
            observer.restore()

    def start(self, epoch: int) -> None:
        for observer in self._all:
            observer.start(epoch)

    def after_batches(self, epoch: int, batch: int, count: int, returned: Any) -> None:
        for observer in self._all:
            observer.after_batches(epoch, batch, count, returned)

    def before_validation(self, epoch: int, logs: Mapping[str, Any]) -> None:
        for observer in self._all:
            observer.before_validation(epoch, logs)

    def after_validation_batch(self, epoch: int) -> None:
        for observer in self._all:
            observer.after_validation_batch(epoch)

    def after_epoch(self, epoch: int) -> None:
        for observer in self._all:
            observer.after_epoch(epoch)

    def before_end(self, epochs: int) -> None:
        for observer in self._all:
            observer.before_end(epochs)

    def finish(self, epochs: int) -> None:
        for observer in self._all:
            observer.finish(epochs)
