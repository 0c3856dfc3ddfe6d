"""Systems of equations that may have no solution."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from corne import backend
from corne.backend import Array
from corne.errors import ArgumentError
from corne.operation import xp


def solved(where: str, expected: str, compute: Callable[[], Any]) -> Any:
    """Return ``compute()``; an engine's own error becomes ours."""
    try:
        return compute()
    except Exception as error:
        if "LinAlgError" not in type(error).__name__:
            raise
        raise ArgumentError(where, expected, "one that isn't", "Check it with ops.matrix_rank.") from error


def regular(x: Array) -> Array:
    """Return matrices, plus the identity while shapes are inferred from stand-ins of zeros."""
    if not backend.active().computes_stand_ins():
        return x
    return x + xp().eye(x.shape[-1], dtype=x.dtype)
