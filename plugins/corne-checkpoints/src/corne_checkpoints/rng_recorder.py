"""RngRecorder: random states from before batches were made, so that the same batches can be made again."""

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
from corne.training import BatchRecorder, fingerprint

from corne_checkpoints.generators import generators_in, global_generators, parts_of

#: Where numbers are looked for in data: in themselves, and in parts of a loader.
_HOLDERS = ("", ".dataset", ".sampler", ".batch_sampler", ".batch_sampler.sampler")
_States = dict[str, Any]  # of generators, by their names


class InexactResumeWarning(UserWarning):
    """An interrupted training can resume, but not to the same bits."""


class _Record:
    """States that don't follow from the draws just before, by the number of the action that started from them."""

    def __init__(self) -> None:
        self.entries: dict[int, _States] = {}
        self.after: _States = {}  # what generators were when the last action was done

    def note(self, index: int, before: _States, after: _States) -> _States:
        """Note one action; return the states before it of those generators that it drew from."""
        changed = {name: state for name, state in before.items() if after[name] != state}
        unexplained = {name: state for name, state in changed.items() if self.after.get(name) != state}
        if unexplained:
            self.entries[index] = unexplained
        self.after.update({name: after[name] for name in changed})
        return changed


class RngRecorder(BatchRecorder):
    """Records the random draws of one adapter's batches.

    Data often draw from generators that the whole program shares, and a thread makes batches ahead of their
    use. So the state to resume from is not the current one: it is a generator's state before the first batch that was made
    and not used. Used batches are made again from the states noted here.
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
        self._called = ""  # "b" and "e" for each epoch's begin and end that the data were notified of
        self._again: dict[int, _States] = {}  # for batches to make again
        self._raced: str | None = None  # a generator that others drew from at the same time
        self._warned = False
        self._last: Any = None  # the batch used last

    def watch(self, owner: object) -> None:
        """Note the generators, orders and counters that the data hold; passes may change them."""
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

    def discard(self) -> None:
        """Drop recorded states: a resumed run won't need to replay these draws.

        So at the end of a pass, and for the first batch, which is made before training starts or resumes.
        """
        self._waiting.clear()

    def consumed(self, batch: Any) -> None:
        """Note that the next of the batches is used now."""
        self._used += 1
        self._last = batch
        while self._waiting and self._waiting[0][0] < self._used:
            self._waiting.popleft()
        if self._raced is not None and not self._warned:
            self._warned = True
            warnings.warn(
                f"Batches that are made ahead and the rest of the program draw random numbers from the same "
                f"generator ({self._raced}) at once, so their order is chance and training can't be repeated, interrupted "
                "or not. Let the data draw from a generator of their own.",
                InexactResumeWarning,
                stacklevel=3,
            )

    def run_hook(self, end: bool, call: Callable[[], None]) -> None:
        """Notify the data that an epoch begins or ends."""
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
                changed = record.note(index, before, self._read())
                if record is self._batches:
                    if changed:
                        self._waiting.append((index, changed))
                    maker, self._maker = self._maker, threading.current_thread()
                    if maker is self._maker is not self._home:
                        unexplained = (
                            name for name in changed if known.get(name, before[name]) != before[name]
                        )
                        self._raced = self._raced or next(unexplained, None)

    # -- resuming -----------------------------------------------------------------------------------------
    def before_unused(self) -> _States:
        """Return what generators were before the first batch that drew from them and isn't used yet."""
        states: _States = {}
        for index, before in self._waiting:
            if index >= self._used:
                states = {**before, **states}
        return states

    def get_state(self, running: bool) -> dict[str, Any]:
        """Return what is needed to make the used batches of the pass again, and to continue.

        Args:
            running: Whether a pass is running.
        """
        if not running:
            self._find()
        own = {**self._read(self._own), **self.before_unused()}
        draws = {
            "batches": list(self._batches.entries.items()), "hooks": list(self._hooks.entries.items()),
            "called": self._called, "own": {name: own[name] for name in self._own},
            "held": self._held if running else self._changed(),
        }  # fmt: skip
        return {"draws": draws, "last": None if self._last is None else fingerprint(self._last)}

    def replay(self, state: dict[str, Any], begin: Callable[[], None], end: Callable[[], None]) -> None:
        """Notify the data of past epochs again, and prepare to make the pass's batches again.

        Args:
            state: What :meth:`get_state` returned.
            begin: Notifies the data that an epoch begins.
            end: Notifies them that it ends.
        """
        self._find()
        state = state["draws"]
        entries = dict(state["hooks"])
        for index, kind in enumerate(state["called"]):
            self._set(entries.get(index, {}))
            self.run_hook(kind == "e", end if kind == "e" else begin)
        for path, _, put in list(_held_by(self._owner)):
            if path in state["held"]:
                put(state["held"][path])
        self._again = dict(state["batches"])

    def restore(self, state: dict[str, Any], count: int, last: Any) -> None:
        """Set the data's own generators, and warn if the last batch made again differs from what it was."""
        self._again = {}
        self._find()
        self._set(state["draws"]["own"])
        if last is not None and state["last"] not in (None, fingerprint(last)):
            warnings.warn(
                f"Batch {count} of the data isn't what it was before the interruption: training resumes, but its result "
                "will differ. Let the data be the same in each run of the program: draw from seeded generators, read "
                "the same files in the same order, keep nothing from one epoch to the next.",
                InexactResumeWarning,
                stacklevel=8,
            )

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
