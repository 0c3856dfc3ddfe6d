"""What random generators were when batches were made, so that the same batches can be made again."""

from __future__ import annotations

import collections
import copy
import functools
import hashlib
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from corne.random.generators import generators_in, global_generators, parts_of

#: Where numbers are looked for in data: in themselves, and in parts of a loader.
_HOLDERS = ("", ".dataset", ".sampler", ".batch_sampler", ".batch_sampler.sampler")
_States = dict[str, Any]  # of generators, by their names


class InexactResumeWarning(UserWarning):
    """Training that is interrupted can go on, but not to the same bits."""


class _Record:
    """Where draws began that don't follow from what was drawn just before, by the number of the action."""

    def __init__(self) -> None:
        self.entries: dict[int, _States] = {}
        self.after: _States = {}  # what generators were when the last action was done

    def note(self, index: int, before: _States, after: _States) -> _States:
        """Note one action; return the states before it of those generators that it drew from."""
        drew = {name: state for name, state in before.items() if after[name] != state}
        strange = {name: state for name, state in drew.items() if self.after.get(name) != state}
        if strange:
            self.entries[index] = strange
        self.after.update({name: after[name] for name in drew})
        return drew


class Draws:
    """Watches the making of one adapter's batches.

    Data often draw from generators that the whole program shares, and a thread makes batches ahead of their
    use. So the state to go on from is not that of the moment: it is what a generator was before the first batch
    that was made and not used. Batches that were used are made again from the states noted here.
    """

    def __init__(self) -> None:
        self._owner: object = None
        self._before: dict[str, bytes] = {}  # digests of what the data held when fit began
        self._held: dict[str, Any] = {}  # at the beginning of the pass, if they were changed
        self.lock = threading.Lock()  # held while a batch is made
        self._generators = global_generators()
        self._own: list[str] = []
        self._home = self._maker = threading.current_thread()
        self._batches, self._hooks = _Record(), _Record()
        self._waiting: collections.deque[tuple[int, _States]] = collections.deque()  # made, drew, not used
        self._used = 0
        self._called = ""  # "b" and "e" for each beginning and end of an epoch that the data were told of
        self._again: dict[int, _States] = {}  # for batches that are made again
        self._raced: str | None = None  # a generator that others drew from at the same time
        self._told = False

    def watch(self, owner: object) -> None:
        """Watch the generators that the data hold, and the orders and counters, which passes may change."""
        self._owner = owner
        self._before.update({path: _digest(value) for path, value, _ in _held_by(owner)})
        self._find()

    def _find(self) -> None:
        """Find the generators that data hold; some make theirs with the first batch."""
        found = generators_in(self._owner)
        self._generators.update(found)
        self._own = list(found)

    # -- while training -----------------------------------------------------------------------------------
    def batches(self, begin: Callable[[], Iterable[Any]]) -> Iterator[Any]:
        """Yield the batches of a pass.

        Args:
            begin: Returns the user's batches.
        """
        self._batches = _Record()
        self._waiting.clear()
        self._find()
        self._held = self._changed()
        self._used = index = 0
        source: Iterator[Any] | None = None
        try:
            while True:
                with self._noted(self._batches, index, self._again):
                    if source is None:
                        source = iter(begin())
                    try:
                        batch = next(source)
                    except StopIteration:
                        return
                yield batch
                index += 1
        finally:
            close = getattr(source, "close", None)
            if close is not None:
                close()

    def keep(self) -> None:
        """Hear that what was drawn so far won't be drawn again by one who goes on.

        That is so when a pass has ended, and of the first batch, which is made before training begins or goes on.
        """
        self._waiting.clear()

    def use(self) -> None:
        """Hear that the next of the batches is used now."""
        self._used += 1
        while self._waiting and self._waiting[0][0] < self._used:
            self._waiting.popleft()
        if self._raced is not None and not self._told:
            self._told = True
            warnings.warn(
                f"Batches that are made ahead and the rest of the program draw random numbers from the same "
                f"generator ({self._raced}) at once, so their order is chance and training can't be repeated, interrupted "
                "or not. Let the data draw from a generator of their own.",
                InexactResumeWarning,
                stacklevel=3,
            )

    def hook(self, end: bool, call: Callable[[], None]) -> None:
        """Tell the data that an epoch begins or ends."""
        with self._noted(self._hooks, len(self._called), {}):
            call()
        self._called += "e" if end else "b"

    def drawn_by(self, make: Callable[[], Any]) -> tuple[Any, list[str]]:
        """Call a function and return its result with the names of the generators it drew from."""
        with self.lock:
            before = self._read()
            result = make()
            after = self._read()
        return result, [name for name in before if before[name] != after[name]]

    @contextmanager
    def _noted(self, record: _Record, index: int, again: dict[int, _States]) -> Iterator[None]:
        with self.lock:
            self._set(again.get(index, {}))
            before = self._read()
            try:
                yield
            finally:
                known = dict(record.after)
                drew = record.note(index, before, self._read())
                if record is self._batches:
                    if drew:
                        self._waiting.append((index, drew))
                    maker, self._maker = self._maker, threading.current_thread()
                    if maker is self._maker is not self._home:
                        strange = (name for name in drew if known.get(name, before[name]) != before[name])
                        self._raced = self._raced or next(strange, None)

    # -- going on -----------------------------------------------------------------------------------------
    def before_unused(self) -> _States:
        """Return what generators were before the first batch that drew from them and isn't used yet."""
        states: _States = {}
        for index, before in self._waiting:
            if index >= self._used:
                states = {**before, **states}
        return states

    def get_state(self, running: bool) -> dict[str, Any]:
        """Return what is needed to make the used batches of the pass again, and to go on.

        Args:
            running: Whether a pass is under way.
        """
        if not running:
            self._find()
        own = {**self._read(self._own), **self.before_unused()}
        return {
            "batches": list(self._batches.entries.items()), "hooks": list(self._hooks.entries.items()),
            "called": self._called, "own": {name: own[name] for name in self._own},
            "held": self._held if running else self._changed(),
        }  # fmt: skip

    def replay(self, state: dict[str, Any], begin: Callable[[], None], end: Callable[[], None]) -> None:
        """Tell the data of the epochs again, and prepare to make the pass's batches again.

        Args:
            state: What :meth:`get_state` returned.
            begin: Tells the data that an epoch begins.
            end: Tells them that it ends.
        """
        self._find()
        entries = dict(state["hooks"])
        for index, kind in enumerate(state["called"]):
            self._set(entries.get(index, {}))
            self.hook(kind == "e", end if kind == "e" else begin)
        for path, _, put in list(_held_by(self._owner)):
            if path in state["held"]:
                put(state["held"][path])
        self._again = dict(state["batches"])

    def settle(self, state: dict[str, Any]) -> None:
        """Set the data's own generators, when all that was used has been made again."""
        self._again = {}
        self._find()
        self._set(state["own"])

    def _read(self, names: Iterable[str] | None = None) -> _States:
        return {
            name: self._generators[name].read() for name in (self._generators if names is None else names)
        }

    def _changed(self) -> dict[str, Any]:
        """Return copies of what the data hold that isn't as it was when fit began."""
        return {
            path: copy.copy(value)
            for path, value, _ in _held_by(self._owner)
            if self._before.get(path) != _digest(value)
        }

    def _set(self, states: _States) -> None:
        for name, state in states.items():
            if name in self._generators:
                self._generators[name].set(state)


def _held_by(owner: object) -> Iterator[tuple[str, Any, Callable[[Any], None]]]:
    """Yield what data often change from pass to pass, and how to set it: orders, and numbers in attributes.

    Orders are lists and arrays of integers, anywhere in the owner. Numbers are looked for in the owner itself and in
    a loader's data set and samplers, for deeper down they may be anybody's.
    """
    for path, value in parts_of(owner):
        if isinstance(value, np.ndarray):
            is_order = value.ndim == 1 and value.dtype.kind in "iu" and value.flags.writeable
        else:
            is_order = type(value) is list and len(value) > 1 and all(type(item) is int for item in value)
        if is_order:
            yield path, value, functools.partial(_fill, value)
        elif path in _HOLDERS and not type(value).__module__.startswith(("torch.", "corne.")):
            for name, number in list(getattr(value, "__dict__", {}).items()):
                if type(number) in (int, float):
                    yield f"{path}.{name}", number, functools.partial(setattr, value, name)


def _fill(order: Any, values: Any) -> None:
    if len(order) == len(values):
        order[:] = values


def _digest(value: Any) -> bytes:
    return hashlib.blake2b(np.asarray(value).tobytes(), digest_size=8).digest()
