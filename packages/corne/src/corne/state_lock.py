"""One at a time: a step that changes weights, or a save that reads them."""

from __future__ import annotations

import contextlib
import threading
import weakref
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from corne.backend import Step


class StepLock:
    """A lock for the state of one model and of the models in it.

    A save announces itself first, so that a loop of steps, which would take a plain lock again at once,
    lets it pass. The lock is reentrant: a step may save.
    """

    def __init__(self) -> None:
        self._state = threading.Lock()
        self._announced = threading.Lock()
        self._owner: int | None = None

    @contextlib.contextmanager
    def pause(self) -> Iterator[None]:
        """Keep steps of other threads out for the length of a ``with`` block."""
        me = threading.get_ident()
        if self._owner == me:
            yield
            return
        with self._announced, self._state:
            self._owner = me
            try:
                yield
            finally:
                self._owner = None

    def step(self, function: Callable[..., Any], *args: Any) -> Any:
        """Call ``function`` while no other thread saves or steps."""
        me = threading.get_ident()
        if self._owner == me:
            return function(*args)
        if self._announced.locked():
            with self._announced:
                pass
        with self._state:
            self._owner = me
            try:
                return function(*args)
            finally:
                self._owner = None


_locks: weakref.WeakKeyDictionary[Any, StepLock] = weakref.WeakKeyDictionary()
_making = threading.Lock()


def lock_of(model: Any) -> StepLock:
    """Return the lock of a model; a model inside a trained one shares that one's."""
    lock = _locks.get(model)
    if lock is None:
        with _making:
            lock = _locks.setdefault(model, StepLock())
    return lock


class LockedStep:
    """A step that a save in another thread sees either before or after, never half done.

    Args:
        model: The model that the step belongs to. Models inside it share its lock, as their weights change with it.
        step: The step.
    """

    def __init__(self, model: Any, step: Step) -> None:
        self._model = weakref.ref(model)  # the model keeps the step
        self._step = step
        lock = lock_of(model)
        for inner in model._flatten_layers():
            if hasattr(inner, "save_weights"):
                with _making:
                    _locks[inner] = lock

    def __call__(self, batch: Any) -> Any:
        # Looked up each time (0.2 µs): training another model that holds this one changes its lock.
        lock = _locks.get(self._model())
        return self._step(batch) if lock is None else lock.step(self._step, batch)

    @property
    def decision(self) -> str:
        """How the step runs and why."""
        return self._step.decision

    def expect(
        self,
        calls: int | None,
        notify: Callable[[str], None] | None = None,
        first_report_after: int | None = None,
    ) -> None:
        """Prepare the step for a number of calls."""
        self._step.expect(calls, notify, first_report_after)

    def get_state(self) -> dict[str, Any]:
        """Return the step's state."""
        return self._step.get_state()

    def set_state(self, state: dict[str, Any]) -> None:
        """Set the step's state."""
        self._step.set_state(state)
