"""Notice changes of attributes of layers, optimizers, losses and metrics.

A recorded step holds the settings it was recorded with. It is recorded again after a change of an object that it
read, and a step that changes such an object as it runs isn't recorded at all.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

_PLAIN = (bool, int, float, str, type(None))
_ABSENT = object()


class AttributeChanges:
    """Counts changes of public attributes: of each object in its ``_attribute_changes``, and all together.

    Attributes:
        count: The number of changes in this process. While it stays, no object has changed.
    """

    def __init__(self) -> None:
        self.count = 0
        self._of_thread = threading.local()
        self._lock = threading.Lock()
        self._readers: list[dict[int, ChangeTracked]] = []

    @property
    def count_here(self) -> int:
        """The number of changes made in this thread."""
        return getattr(self._of_thread, "count", 0)

    def note(self, owner: ChangeTracked) -> None:
        """Count a change of an object."""
        self.count += 1
        self._of_thread.count = self.count_here + 1
        object.__setattr__(owner, "_attribute_changes", owner._attribute_changes + 1)

    @contextmanager
    def reads(self) -> Iterator[dict[int, ChangeTracked]]:
        """Collect, by id, the objects of which any attribute is read in a ``with`` block, in whatever thread.

        Reading goes through Python meanwhile, at 0.3 µs an attribute; outside such a block it costs nothing.
        """
        seen: dict[int, ChangeTracked] = {}
        with self._lock:
            self._readers.append(seen)
            ChangeTracked.__getattribute__ = self._read  # type: ignore[method-assign]
        try:
            yield seen
        finally:
            with self._lock:
                self._readers = [reader for reader in self._readers if reader is not seen]
                if not self._readers:
                    del ChangeTracked.__getattribute__

    @property
    def _read(self) -> Any:
        def read(owner: ChangeTracked, name: str) -> Any:
            for seen in self._readers:
                seen[id(owner)] = owner
            return super(ChangeTracked, owner).__getattribute__(name)

        return read


attribute_changes = AttributeChanges()


class ChangeTracked:
    """Counts changes of its public attributes, not their first assignment. Properties count themselves if needed."""

    #: Public attributes that no step depends on.
    _unwatched: ClassVar[frozenset[str]] = frozenset()

    _attribute_changes: int = 0

    def __setattr__(self, name: str, value: Any) -> None:
        if name[0] != "_" and name not in self._unwatched:
            by_class = getattr(type(self), name, _ABSENT)
            before = self.__dict__.get(name, by_class)
            same = before is value or (type(before) is type(value) and _are_equal(before, value))
            is_new = before is _ABSENT and not self.__dict__.get("built")
            if not (same or is_new or isinstance(by_class, property)):
                attribute_changes.note(self)
        object.__setattr__(self, name, value)


def _are_equal(before: Any, value: Any) -> bool:
    """Return whether two values of a type are plain and equal; tuples may hold arrays, which have no one answer."""
    if type(value) is not tuple:
        return type(value) in _PLAIN and bool(before == value)
    return len(before) == len(value) and all(
        a is b or (type(a) is type(b) and _are_equal(a, b)) for a, b in zip(before, value, strict=True)
    )
