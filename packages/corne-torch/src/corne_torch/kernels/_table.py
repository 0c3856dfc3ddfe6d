"""The table of kernels, and how a kernel gets into it.

Most kernels are a short way for the usual case: tensors of one floating dtype. For all others they return
``NotImplemented``, and the operation's default body runs, which knows every rule of promotion. So a kernel is
right where it is fast, and nowhere else has to be.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

#: Operation name to the function that carries it out.
KERNELS: dict[str, Callable[..., Any]] = {}


def kernel(name: str) -> Callable[[F], F]:
    """Put a function into the table."""

    def add(function: F) -> F:
        KERNELS[name] = function
        return function

    return add
