"""Operations on the bits of integers, by the names that Keras has for them beside the core's."""

from __future__ import annotations

from corne.backend import Array
from corne.errors import DTypeError
from corne.operation import dtype_of, op, xp


@op()
def bitwise_not(x: Array) -> Array:
    """Return integers with every bit changed; truth values negated.

    Raises:
        DTypeError: Floating numbers.

    >>> bitwise_not([0, 5]).tolist()
    [-1, -6]
    """
    return _inverted("ops.bitwise_not", x)


@op()
def bitwise_invert(x: Array) -> Array:
    """Return integers with every bit changed; truth values negated.

    Raises:
        DTypeError: Floating numbers.

    >>> bitwise_invert([True, False]).tolist()
    [False, True]
    """
    return _inverted("ops.bitwise_invert", x)


def _inverted(where: str, x: Array) -> Array:
    dtype = dtype_of(x)
    if dtype != "bool" and "int" not in dtype:
        raise DTypeError(where, "integers or truth values", dtype, "Convert with ops.cast(x, 'int32').")
    return xp().logical_not(x) if dtype == "bool" else xp().bitwise_invert(x)


def bitwise_left_shift(x: Array, y: Array) -> Array:
    """Return ``x * 2**y`` by moving bits.

    >>> bitwise_left_shift([1, 3], [2, 1]).tolist()
    [4, 6]
    """
    from corne import ops

    return ops.left_shift(x, y)


def bitwise_right_shift(x: Array, y: Array) -> Array:
    """Return ``x / 2**y`` rounded down, by moving bits.

    >>> bitwise_right_shift([8, 3], [2, 1]).tolist()
    [2, 1]
    """
    from corne import ops

    return ops.right_shift(x, y)
