"""One at a time: a step that changes weights, or a save that reads them."""

from __future__ import annotations

import contextlib
import threading
import weakref
from collections.abc import Callable, Iterator
from typing import Any


class Gate:
    """A lock for the state of one model and of the models in it.

    Whoever saves announces it first, so that a loop of steps, which would take a plain lock again at once,
    lets it pass. A thread may enter again what it is inside of: a step may save.
    """

    def __init__(self) -> None:
        self._state = threading.Lock()
        self._announced = threading.Lock()
        self._owner: int | None = None

    @contextlib.contextmanager
    def still(self) -> Iterator[None]:
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
        """Call ``function`` while nobody else saves or steps."""
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


_gates: weakref.WeakKeyDictionary[Any, Gate] = weakref.WeakKeyDictionary()
_making = threading.Lock()


def gate_of(model: Any) -> Gate:
    """Return the gate of a model; a model inside one that is trained shares that one's."""
    gate = _gates.get(model)
    if gate is None:
        with _making:
            gate = _gates.setdefault(model, Gate())
    return gate


class GuardedStep:
    """A step that no save in another thread sees half of. Its attributes are those of the step itself.

    Args:
        model: Whose step it is. Models inside it get its gate, for their weights change with it.
        step: The function.
    """

    def __init__(self, model: Any, step: Callable[..., Any]) -> None:
        self._model = weakref.ref(model)  # the model keeps the step
        self._step = step
        gate = gate_of(model)
        for inner in model._flatten_layers():
            if hasattr(inner, "save_weights"):
                with _making:
                    _gates[inner] = gate

    def __call__(self, *args: Any) -> Any:
        # Asked each time (0.2 µs): training another model that holds this one changes its gate.
        gate = _gates.get(self._model())
        return self._step(*args) if gate is None else gate.step(self._step, *args)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._step, name)
