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


def get_source_inputs(tensor: Any) -> list[Any]:
    """Return the symbolic inputs that a symbolic tensor depends on, each once.

    >>> from corne import Input
    >>> x = Input((3,))
    >>> get_source_inputs(x * 2.0 + x)[0] is x
    True
    """
    found: list[Any] = []
    stack = [tensor]
    seen: set[int] = set()
    while stack:
        current = stack.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        if current.node is None or not current.node.inputs:
            found.append(current)
        else:
            stack.extend(reversed(current.node.inputs))
    return found
