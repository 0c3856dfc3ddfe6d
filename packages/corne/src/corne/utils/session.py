"""Global state of a process, such as automatic names."""

from __future__ import annotations

import gc
from typing import Any


def clear_session(free_memory: bool = True) -> None:
    """Restart the numbering of automatic names and collect garbage.

    Args:
        free_memory: Whether to run Python's garbage collector. Default True.
    """
    from corne.naming import reset_names

    reset_names()
    if free_memory:
        gc.collect()


def is_keras_tensor(x: Any) -> bool:
    """Return whether ``x`` is a symbolic tensor, such as ``Input`` returns."""
    from corne.symbolic import SymbolicTensor

    return isinstance(x, SymbolicTensor)
