"""What engines have beyond the array API standard, and dtypes that Keras treats apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from corne import config, dtypes
from corne.backend import Array
from corne.errors import ArgumentError
from corne.operation import dtype_of, to, xp


def own(name: str, module: str = "") -> Callable[..., Any] | None:
    """Return the namespace's function of a name that the standard lacks; None where it has none.

    Args:
        name: NumPy's name, under which PyTorch has it too.
        module: "linalg" for what stands there. Default: the namespace itself.
    """
    space = getattr(xp(), module) if module else xp()
    found: Callable[..., Any] | None = getattr(space, name, None)
    return found


def promoted_wide(*values: Any) -> tuple[Array, ...]:
    """Return the values in their common floating dtype: int64 becomes float64, other integers floatx."""
    dtype = dtypes.result_type(*(dtype_of(value) for value in values))
    if not (dtypes.is_float(dtype) or dtype.startswith("complex")):
        dtype = "float64" if dtype == "int64" else config.floatx()
    return tuple(to(value, dtype) for value in values)


def real_axis(where: str, axis: int, rank: int) -> int:
    """Return an axis counted from the front, after checking that it exists."""
    if isinstance(axis, bool) or not isinstance(axis, int) or not -rank <= axis < rank:
        raise ArgumentError(where, f"an axis from {-rank} to {rank - 1}", repr(axis))
    return axis % rank


def cut(x: Array, axis: int, start: int | None, stop: int | None, step: int | None = None) -> Array:
    """Return ``x[..., start:stop:step, ...]`` on one axis counted from the front."""
    return x[(*(slice(None),) * axis, slice(start, stop, step), ...)]


def margins(x: Array, axis: int, before: int, after: int, value: float = 0) -> Array:
    """Return ``x`` with a constant before and behind it on one axis counted from the front."""
    space = xp()
    blocks = [
        space.full((*x.shape[:axis], n, *x.shape[axis + 1 :]), value, dtype=x.dtype) for n in (before, after)
    ]
    return space.concat([blocks[0], x, blocks[1]], axis=axis)


def pair(where: str, value: int | Sequence[int], least: int) -> tuple[int, int]:
    """Return one integer twice, or two integers, after checking them."""
    from corne.kernels.windows import as_sizes

    first, second = as_sizes(where, value, 2, least)
    return first, second
