"""Noticing that somebody changed a setting of a layer, an optimizer, a loss or a metric.

What a recorded step does was settled when it was recorded. So it is recorded anew when this count has changed,
and a step that changes it as it runs isn't recorded at all.
"""

from __future__ import annotations

import threading
from typing import Any, ClassVar

_PLAIN = (bool, int, float, str, type(None), tuple)
_ABSENT = object()


class Settings:
    """How often a public attribute of anything watched was set to something else.

    Attributes:
        changes: In this process.
    """

    def __init__(self) -> None:
        self.changes = 0
        self._of_thread = threading.local()

    @property
    def changes_here(self) -> int:
        """The changes made in this thread."""
        return getattr(self._of_thread, "changes", 0)

    def count(self) -> None:
        """Count one."""
        self.changes += 1
        self._of_thread.changes = self.changes_here + 1


settings = Settings()


class Watched:
    """Counts changes of its public attributes, not their making. Properties count for themselves where that matters."""

    #: Public attributes that no step depends on.
    _unwatched: ClassVar[frozenset[str]] = frozenset()

    def __setattr__(self, name: str, value: Any) -> None:
        if name[0] != "_" and name not in self._unwatched:
            by_class = getattr(type(self), name, _ABSENT)
            before = self.__dict__.get(name, by_class)
            same = before is value or (
                type(value) in _PLAIN and type(before) is type(value) and before == value
            )
            is_new = before is _ABSENT and not self.__dict__.get("built")
            if not (same or is_new or isinstance(by_class, property)):
                settings.count()
        object.__setattr__(self, name, value)
