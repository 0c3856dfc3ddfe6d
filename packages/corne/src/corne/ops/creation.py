"""Functions that make arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corne import backend as backends
from corne import config, dtypes
from corne.backend import Array
from corne.operation import dtype_of, float_dtype, native, op, to, xp

Size = int | Sequence[int]


def _shape(shape: Size) -> tuple[int, ...]:
    return (shape,) if isinstance(shape, int) else tuple(int(size) for size in shape)


def _default(dtype: Any) -> str:
    return dtypes.standardize_dtype(dtype)


def zeros(shape: Size, dtype: str | None = None) -> Array:
    """Return zeros; ``dtype`` is floatx by default."""
    return full(shape, 0, _default(dtype))


def ones(shape: Size, dtype: str | None = None) -> Array:
    """Return ones; ``dtype`` is floatx by default."""
    return full(shape, 1, _default(dtype))


def empty(shape: Size, dtype: str | None = None) -> Array:
    """Return an array whose contents nobody relies on: zeros."""
    return zeros(shape, dtype)


@op(("fill_value",), scalars=True)
def full(shape: Size, fill_value: Any, dtype: str | None = None) -> Array:
    """Return ``fill_value`` in every place.

    Args:
        shape: Sizes.
        fill_value: A number, or an array that can be broadcast to ``shape``.
        dtype: Default floatx.

    >>> full((2, 2), [1, 2], dtype="int32").tolist()
    [[1, 2], [1, 2]]
    """
    name = _default(dtype)
    value = xp().broadcast_to(to(fill_value, name), _shape(shape))
    return xp().asarray(value, copy=True)


@op()
def zeros_like(x: Array, dtype: str | None = None) -> Array:
    """Return zeros in the shape of ``x``."""
    return xp().zeros_like(x, dtype=native(dtypes.standardize_dtype(dtype)) if dtype else None)


@op()
def ones_like(x: Array, dtype: str | None = None) -> Array:
    """Return ones in the shape of ``x``."""
    return xp().ones_like(x, dtype=native(dtypes.standardize_dtype(dtype)) if dtype else None)


@op()
def full_like(x: Array, fill_value: Any, dtype: str | None = None) -> Array:
    """Return ``fill_value`` in the shape of ``x``."""
    value = to(fill_value, dtypes.standardize_dtype(dtype) if dtype else dtype_of(x))
    return xp().broadcast_to(value, tuple(x.shape))


def empty_like(x: Array, dtype: str | None = None) -> Array:
    """Return an array in the shape of ``x`` whose contents nobody relies on: zeros."""
    return zeros_like(x, dtype)


def arange(start: Any, stop: Any = None, step: Any = None, dtype: str | None = None) -> Array:
    """Return ``start, start + step, ...`` below ``stop``; with one argument from 0 below it."""
    if stop is None:
        start, stop = 0, start
    step = 1 if step is None else step
    if dtype is None:
        dtype = config.floatx() if any(isinstance(v, float) for v in (start, stop, step)) else "int32"
    return backends.active().cast(xp().arange(start, stop, step), _default(dtype))


@op(2, scalars=True)
def linspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    retstep: bool = False,
    dtype: Any = None,
    axis: int = 0,
) -> Any:
    """Return ``num`` numbers at equal distances from ``start`` to ``stop``.

    Args:
        start: First number; or an array of them.
        stop: Last number; or an array of them.
        num: How many. Default 50.
        endpoint: Whether ``stop`` is one of them. Default True.
        retstep: Whether to return the distance too. Default False.
        dtype: Default None: floating, of the arrays' precision.
        axis: Where the new axis stands if start and stop are arrays. Default 0.
    """
    from corne.ops.shaping import moveaxis

    work = float_dtype(dtypes.result_type(dtype_of(start), dtype_of(stop)))
    name = _default(dtype) if dtype else work
    first, last = to(start, work), to(stop, work)
    divisions = max(num - 1 if endpoint else num, 1)
    step = (last - first) / divisions
    count = arange(num, dtype=work)
    count = xp().reshape(count, (num, *(1,) * len(step.shape)))
    values = first + count * step
    if endpoint and num > 1:
        values = xp().where(count == num - 1, last, values)
    values = to(moveaxis(values, 0, axis) if axis else values, name)
    return (values, step) if retstep else values


@op(2, scalars=True)
def logspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    base: float = 10,
    dtype: Any = None,
    axis: int = 0,
) -> Array:
    """Return ``num`` numbers at equal ratios, from ``base**start`` to ``base**stop``."""
    exponents = linspace(start, stop, num=num, endpoint=endpoint, axis=axis)
    powers = xp().pow(to(base, dtype_of(exponents)), exponents)
    return powers if dtype is None else to(powers, _default(dtype))


def eye(N: int, M: int | None = None, k: int = 0, dtype: str | None = None) -> Array:
    """Return ones on the ``k``-th diagonal and zeros elsewhere."""
    return backends.active().cast(xp().eye(N, M, k=k), _default(dtype))


def identity(n: int, dtype: str | None = None) -> Array:
    """Return the identity matrix."""
    return eye(n, dtype=dtype)


def tri(N: int, M: int | None = None, k: int = 0, dtype: str | None = None) -> Array:
    """Return ones on and below the ``k``-th diagonal."""
    return xp().tril(ones((N, N if M is None else M), dtype), k=k)
