"""Arithmetic, comparison and logic of two arrays."""

from __future__ import annotations

from typing import Any

from corne.backend import Array
from corne.operation import dtype_of, op, promoted, promoted_float, to, xp


@op(2, scalars=True)
def add(x1: Any, x2: Any) -> Array:
    """Return ``x1 + x2``."""
    x1, x2 = promoted(x1, x2)
    if dtype_of(x1) == "bool":
        return xp().logical_or(x1, x2)
    return xp().add(x1, x2)


@op(2, scalars=True)
def subtract(x1: Any, x2: Any) -> Array:
    """Return ``x1 - x2``."""
    x1, x2 = promoted(x1, x2)
    if dtype_of(x1) == "bool":
        x1, x2 = to(x1, "int32"), to(x2, "int32")
    return xp().subtract(x1, x2)


@op(2, scalars=True)
def multiply(x1: Any, x2: Any) -> Array:
    """Return ``x1 * x2``."""
    x1, x2 = promoted(x1, x2)
    if dtype_of(x1) == "bool":
        return xp().logical_and(x1, x2)
    return xp().multiply(x1, x2)


@op(2, scalars=True)
def power(x1: Any, x2: Any) -> Array:
    """Return ``x1`` to the power of ``x2``."""
    x1, x2 = promoted(x1, x2)
    if dtype_of(x1) == "bool":
        x1, x2 = to(x1, "int32"), to(x2, "int32")
    return xp().pow(x1, x2)


@op(2, scalars=True)
def floor_divide(x1: Any, x2: Any) -> Array:
    """Return the largest integer not above ``x1 / x2``."""
    x1, x2 = promoted(x1, x2)
    if dtype_of(x1) == "bool":
        x1, x2 = to(x1, "int32"), to(x2, "int32")
    return xp().floor_divide(x1, x2)


@op(2, scalars=True)
def mod(x1: Any, x2: Any) -> Array:
    """Return the remainder of ``x1 / x2``, of the sign of ``x2``."""
    x1, x2 = promoted(x1, x2)
    if dtype_of(x1) == "bool":
        x1, x2 = to(x1, "int32"), to(x2, "int32")
    return xp().remainder(x1, x2)


@op(2, scalars=True)
def maximum(x1: Any, x2: Any) -> Array:
    """Return the larger of the two."""
    x1, x2 = promoted(x1, x2)
    if dtype_of(x1) == "bool":
        return xp().logical_or(x1, x2)
    return xp().maximum(x1, x2)


@op(2, scalars=True)
def minimum(x1: Any, x2: Any) -> Array:
    """Return the smaller of the two."""
    x1, x2 = promoted(x1, x2)
    if dtype_of(x1) == "bool":
        return xp().logical_and(x1, x2)
    return xp().minimum(x1, x2)


@op(2, scalars=True)
def equal(x1: Any, x2: Any) -> Array:
    """Tell where the two are equal."""
    x1, x2 = promoted(x1, x2)
    return xp().equal(x1, x2)


@op(2, scalars=True)
def not_equal(x1: Any, x2: Any) -> Array:
    """Tell where the two differ."""
    x1, x2 = promoted(x1, x2)
    return xp().not_equal(x1, x2)


@op(2, scalars=True)
def less(x1: Any, x2: Any) -> Array:
    """Tell where ``x1 < x2``."""
    x1, x2 = promoted(x1, x2)
    return xp().less(x1, x2)


@op(2, scalars=True)
def less_equal(x1: Any, x2: Any) -> Array:
    """Tell where ``x1 <= x2``."""
    x1, x2 = promoted(x1, x2)
    return xp().less_equal(x1, x2)


@op(2, scalars=True)
def greater(x1: Any, x2: Any) -> Array:
    """Tell where ``x1 > x2``."""
    x1, x2 = promoted(x1, x2)
    return xp().greater(x1, x2)


@op(2, scalars=True)
def greater_equal(x1: Any, x2: Any) -> Array:
    """Tell where ``x1 >= x2``."""
    x1, x2 = promoted(x1, x2)
    return xp().greater_equal(x1, x2)


@op(2, scalars=True)
def divide(x1: Any, x2: Any) -> Array:
    """Return ``x1 / x2``, floating."""
    x1, x2 = promoted_float(x1, x2)
    return xp().divide(x1, x2)


@op(2, scalars=True)
def true_divide(x1: Any, x2: Any) -> Array:
    """Return ``x1 / x2``, floating."""
    x1, x2 = promoted_float(x1, x2)
    return xp().divide(x1, x2)


@op(2, scalars=True)
def arctan2(x1: Any, x2: Any) -> Array:
    """Return the angle of the point (x2, x1), in radians."""
    x1, x2 = promoted_float(x1, x2)
    return xp().atan2(x1, x2)


@op(2, scalars=True)
def logaddexp(x1: Any, x2: Any) -> Array:
    """Return ``log(exp(x1) + exp(x2))`` without overflow."""
    x1, x2 = promoted_float(x1, x2)
    return xp().logaddexp(x1, x2)


@op(2, scalars=True)
def hypot(x1: Any, x2: Any) -> Array:
    """Return ``sqrt(x1**2 + x2**2)``."""
    x1, x2 = promoted_float(x1, x2)
    return xp().hypot(x1, x2)


@op(2)
def logical_and(x1: Array, x2: Array) -> Array:
    """Return ``x1 and x2`` of truth values; numbers other than zero are true."""
    return xp().logical_and(to(x1, "bool"), to(x2, "bool"))


@op(2)
def logical_or(x1: Array, x2: Array) -> Array:
    """Return ``x1 or x2`` of truth values; numbers other than zero are true."""
    return xp().logical_or(to(x1, "bool"), to(x2, "bool"))


@op(2)
def logical_xor(x1: Array, x2: Array) -> Array:
    """Return ``x1 xor x2`` of truth values; numbers other than zero are true."""
    return xp().logical_xor(to(x1, "bool"), to(x2, "bool"))


@op(2, scalars=True)
def bitwise_and(x: Any, y: Any) -> Array:
    """Return the bitwise and of integers."""
    x, y = promoted(x, y)
    return xp().bitwise_and(x, y)


@op(2, scalars=True)
def bitwise_or(x: Any, y: Any) -> Array:
    """Return the bitwise or of integers."""
    x, y = promoted(x, y)
    return xp().bitwise_or(x, y)


@op(2, scalars=True)
def bitwise_xor(x: Any, y: Any) -> Array:
    """Return the bitwise xor of integers."""
    x, y = promoted(x, y)
    return xp().bitwise_xor(x, y)


@op(2, scalars=True)
def left_shift(x: Any, y: Any) -> Array:
    """Return the left shift of integers."""
    x, y = promoted(x, y)
    return xp().bitwise_left_shift(x, y)


@op(2, scalars=True)
def right_shift(x: Any, y: Any) -> Array:
    """Return the right shift of integers."""
    x, y = promoted(x, y)
    return xp().bitwise_right_shift(x, y)


@op(2, scalars=True)
def divide_no_nan(x1: Any, x2: Any) -> Array:
    """Return ``x1 / x2``, and 0 where ``x2`` is 0."""
    x1, x2 = promoted_float(x1, x2)
    zero = x2 == 0
    safe = xp().where(zero, xp().ones_like(x2), x2)
    return xp().where(zero, xp().zeros_like(x1 / safe), x1 / safe)


@op(2, scalars=True)
def squared_difference(x1: Any, x2: Any) -> Array:
    """Return ``(x1 - x2) ** 2``."""
    x1, x2 = promoted(x1, x2)
    return xp().square(x1 - x2)


@op(3, scalars=True)
def where(condition: Any, x1: Any = None, x2: Any = None) -> Any:
    """Return ``x1`` where the condition is true, else ``x2``; with the condition alone, its indices."""
    if x1 is None and x2 is None:
        return tuple(to(index, "int32") for index in xp().nonzero(to(condition, "bool")))
    x1, x2 = promoted(x1, x2)
    return xp().where(to(condition, "bool"), x1, x2)


@op(3, scalars=True)
def clip(x: Any, x_min: Any, x_max: Any) -> Array:
    """Return ``x`` limited to ``[x_min, x_max]``; None is no limit."""
    dtype = dtype_of(x)
    if dtype == "bool":
        x, dtype = to(x, "int32"), "int32"
    if x_min is not None:
        x = xp().maximum(x, to(x_min, dtype))
    return x if x_max is None else xp().minimum(x, to(x_max, dtype))


@op(2, scalars=True)
def isclose(x1: Any, x2: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> Array:
    """Tell where ``|x1 - x2| <= atol + rtol * |x2|``."""
    x1, x2 = promoted_float(x1, x2)
    near = (xp().abs(x1 - x2) <= atol + rtol * xp().abs(x2)) & xp().isfinite(x1) & xp().isfinite(x2)
    near = near | (x1 == x2)
    return near | (xp().isnan(x1) & xp().isnan(x2)) if equal_nan else near
