"""Initializer: the start value of a weight."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

from corne.backend import Array


class Initializer:
    """Base of initializers. A subclass writes ``__call__(shape, dtype)`` and ``get_config``."""

    def __call__(self, shape: Sequence[int], dtype: Any = None, **kwargs: Any) -> Array:
        """Return an array of ``shape``; ``dtype`` None means floatx."""
        raise NotImplementedError(f"{type(self).__name__} has no __call__(shape, dtype); write one.")

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Return an initializer with the configuration of :meth:`get_config`."""
        return cls(**config)

    def clone(self) -> Self:
        """Return an initializer with the same arguments."""
        return type(self).from_config(self.get_config())
