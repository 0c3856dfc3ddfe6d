"""What a process has counted and seen so far."""

from __future__ import annotations

import gc
from typing import Any


def clear_session(free_memory: bool = True) -> None:
    """Count automatic names from the start again, and collect garbage.

    Args:
        free_memory: Whether to run Python's garbage collector. Default True.
    """
    from corne.naming import reset_names

    reset_names()
    if free_memory:
        gc.collect()


def is_keras_tensor(x: Any) -> bool:
    """Tell whether ``x`` is a symbolic tensor, such as ``Input`` returns."""
    from corne.symbolic import SymbolicTensor

    return isinstance(x, SymbolicTensor)
