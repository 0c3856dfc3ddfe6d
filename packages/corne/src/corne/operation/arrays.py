"""What default operation bodies are composed from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corne import backend as backends
from corne import dtypes
from corne._state import state
from corne.backend import Array

_PYTHON_NUMBERS = (bool, int, float, complex)


def xp() -> Any:
    """Return the active backend's array-API namespace."""
    return (state.backend or backends.active()).xp


def dtype_of(x: Any) -> Any:
    """Return an array's dtype name, or a Python number's type, which counts as weak."""
    if isinstance(x, _PYTHON_NUMBERS):
        return type(x)
    return (state.backend or backends.active()).dtype_name(x)


def to(x: Any, dtype: str) -> Array:
    """Return an array or a number as an array of a dtype."""
    backend = state.backend or backends.active()
    return backend.cast(x, dtype) if backend.is_array(x) else backend.asarray(x, dtype)


def native(dtype: str) -> Any:
    """Return the namespace's own dtype object."""
    return getattr(xp(), dtype)


def promoted(*values: Any) -> tuple[Array, ...]:
    """Return the values as arrays of their common dtype."""
    dtype = dtypes.result_type(*(dtype_of(value) for value in values))
    return tuple(to(value, dtype) for value in values)


def promoted_float(*values: Any) -> tuple[Array, ...]:
    """Return the values as arrays of their common dtype, a floating one (integers become floatx)."""
    dtype = float_dtype(dtypes.result_type(*(dtype_of(value) for value in values)))
    return tuple(to(value, dtype) for value in values)


def float_dtype(dtype: str) -> str:
    """Return ``dtype`` if it is floating or complex, else what it becomes beside a Python float."""
    if dtypes.is_float(dtype) or dtype.startswith("complex"):
        return dtype
    return dtypes.result_type(dtype, float)


def axes_tuple(axis: int | Sequence[int] | None, ndim: int) -> tuple[int, ...]:
    """Return axes as non-negative integers; None means all.

    Raises:
        IndexError: An axis is out of range. Inside an operation it becomes an ArgumentError that names the argument.
    """
    if axis is None:
        return tuple(range(ndim))
    axes = (axis,) if isinstance(axis, int) else tuple(axis)
    if any(not -ndim <= a < ndim for a in axes) and ndim:
        raise IndexError(f"axis {axis} of an array with {ndim} axes")
    return tuple(a % ndim if ndim else a for a in axes)
