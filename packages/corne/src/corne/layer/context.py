"""What one outermost call of a layer shares with every call inside it."""

from __future__ import annotations

import weakref
from typing import Any


class CallContext:
    """Lives from the start to the end of an outermost layer call.

    Attributes:
        training: What inner layers see when they aren't told otherwise.
        path: Names of the layers entered so far, outermost first.
        root: Weak reference to the layer whose call it is; None where a layer is built on its own.
        losses: What the layers inside added, in order.
    """

    __slots__ = ("losses", "path", "root", "training")

    def __init__(self, root: Any = None) -> None:
        self.training: bool | None = None
        self.path: list[str] = []
        self.root = None if root is None else weakref.ref(root)
        self.losses: list[Any] = []

    def variable_path(self, name: str) -> str:
        """Return the path of a variable made here: the layers' names and its own, joined by ``/``."""
        return "/".join([*self.path, name])

    def __repr__(self) -> str:
        return f"CallContext(training={self.training}, path={'/'.join(self.path)!r})"


def describe(shape: Any) -> str:
    """Format a shape for a message: ``(None, 28, 28)``."""
    return str(tuple(shape)) if isinstance(shape, (tuple, list)) else str(shape)
