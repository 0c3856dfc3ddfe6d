"""Functions of one or two numbers, element by element."""

from __future__ import annotations

import math
from typing import Any

from corne import config, dtypes
from corne.backend import Array
from corne.errors import DTypeError
from corne.operation import dtype_of, native, op, promoted, promoted_float, to, xp

from corne_numerics._own import own, promoted_wide


def _floating(x: Array) -> Array:
    """Return integers as floatx, other numbers as they are."""
    dtype = dtype_of(x)
    return x if dtypes.is_float(dtype) or "complex" in dtype else to(x, config.floatx())


@op()
def cbrt(x: Array) -> Array:
    """Return the real cube root.

    >>> cbrt([-8.0, 27.0]).tolist()
    [-2.0, 3.0]
    """
    (x,) = promoted_wide(x)
    root = own("cbrt")
    return root(x) if root is not None else xp().sign(x) * xp().abs(x) ** (1.0 / 3.0)


@op()
def exp2(x: Array) -> Array:
    """Return 2 to the power of ``x``, floating.

    >>> exp2([3, -1]).tolist()
    [8.0, 0.5]
    """
    x = _floating(x)
    power = own("exp2")
    return power(x) if power is not None else xp().exp(x * math.log(2.0))


@op()
def fabs(x: Array) -> Array:
    """Return the absolute value, floating.

    >>> fabs([-3, 2]).tolist()
    [3.0, 2.0]
    """
    return xp().abs(_floating(x))


@op()
def sinc(x: Array) -> Array:
    """Return ``sin(pi x) / (pi x)``, and 1 at 0.

    >>> sinc([0.0, 0.5]).tolist() == [1.0, 0.6366197466850281]
    True
    """
    (x,) = promoted_float(x)
    named = own("sinc")
    if named is not None:
        return named(x)
    one = xp().ones_like(x)
    scaled = xp().where(x == 0, one, math.pi * x)
    return xp().where(x == 0, one, xp().sin(scaled) / scaled)


@op()
def i0(x: Array) -> Array:
    """Return the modified Bessel function of the first kind and order 0.

    ``i0(x) = 1/pi * integral of exp(x cos t) over t from 0 to pi``

    Source: NIST Digital Library of Mathematical Functions, 10.32.1, https://dlmf.nist.gov/10.32.E1

    >>> round(float(i0(1.0)), 4)
    1.2661
    """
    (x,) = promoted_wide(x)
    named = own("i0")
    if named is not None and dtype_of(x) not in ("bfloat16", "float16"):
        return to(named(x), dtype_of(x))
    dtype = dtype_of(x)
    # The trapezoidal rule converges geometrically for periodic integrands: 128 points are exact to
    # float64's last digits for all x whose result is finite.
    wide = xp().abs(to(x, "float64" if dtype == "float64" else "float32"))
    angles = [math.pi * (i + 0.5) / 128 for i in range(128)]
    total = sum(xp().exp(wide * (math.cos(angle) - 1.0)) for angle in angles) / 128
    return to(total * xp().exp(wide), dtype)


@op()
def signbit(x: Array) -> Array:
    """Return whether the sign bit is set; that of -0.0 is.

    >>> signbit([-1.0, 0.0, -0.0]).tolist()
    [True, False, True]
    """
    dtype = dtype_of(x)
    if dtype == "bool" or dtype.startswith("uint"):
        return xp().zeros_like(x, dtype=native("bool"))
    return xp().signbit(x) if dtypes.is_float(dtype) else x < 0


@op()
def isposinf(x: Array) -> Array:
    """Return whether each element is positive infinity.

    >>> isposinf([float("inf"), float("-inf"), 1.0]).tolist()
    [True, False, False]
    """
    return (
        xp().isinf(x) & (x > 0) if dtypes.is_float(dtype_of(x)) else xp().zeros_like(x, dtype=native("bool"))
    )


@op()
def isneginf(x: Array) -> Array:
    """Return whether each element is negative infinity.

    >>> isneginf([float("inf"), float("-inf"), 1.0]).tolist()
    [False, True, False]
    """
    return (
        xp().isinf(x) & (x < 0) if dtypes.is_float(dtype_of(x)) else xp().zeros_like(x, dtype=native("bool"))
    )


@op()
def isreal(x: Array) -> Array:
    """Return whether the imaginary part of each element is 0; true for all but complex numbers.

    >>> isreal([1.0, 2.0]).tolist()
    [True, True]
    """
    if "complex" in dtype_of(x):
        return xp().imag(x) == 0
    return xp().ones_like(x, dtype=native("bool"))


@op(2)
def fmax(x1: Array, x2: Array) -> Array:
    """Return the larger of two elements, the other one where one is NaN.

    >>> fmax([1.0, float("nan")], [2.0, 3.0]).tolist()
    [2.0, 3.0]
    """
    x1, x2 = promoted(x1, x2)
    return _other_than_nan(x1, x2, xp().maximum)


@op(2)
def fmin(x1: Array, x2: Array) -> Array:
    """Return the smaller of two elements, the other one where one is NaN.

    >>> fmin([1.0, float("nan")], [2.0, 3.0]).tolist()
    [1.0, 3.0]
    """
    x1, x2 = promoted(x1, x2)
    return _other_than_nan(x1, x2, xp().minimum)


def _other_than_nan(x1: Array, x2: Array, choose: Any) -> Array:
    dtype = dtype_of(x1)
    if dtype == "bool":
        return x1 | x2 if choose is xp().maximum or choose == xp().maximum else x1 & x2
    if not dtypes.is_float(dtype):
        return choose(x1, x2)
    return xp().where(xp().isnan(x1), x2, xp().where(xp().isnan(x2), x1, choose(x1, x2)))


@op(2)
def fmod(x1: Array, x2: Array) -> Array:
    """Return the remainder of a division rounded towards 0; it has the sign of ``x1``.

    >>> fmod([-5.0, 5.0], [3.0, -3.0]).tolist()
    [-2.0, 2.0]
    """
    x1, x2 = promoted(x1, x2)
    if dtype_of(x1) == "bool":
        x1, x2 = to(x1, "int32"), to(x2, "int32")
    named = own("fmod")
    if named is not None:
        return named(x1, x2)
    rest = xp().abs(x1) % xp().abs(x2)
    return xp().where(x1 < 0, -rest, rest)


@op(2)
def heaviside(x1: Array, x2: Array) -> Array:
    """Return 0 where ``x1`` is negative, 1 where it is positive, and ``x2`` where it is 0.

    >>> heaviside([-1.0, 0.0, 2.0], 0.5).tolist()
    [0.0, 0.5, 1.0]
    """
    x1, x2 = promoted(x1, x2)
    if dtype_of(x1) == "bool":
        return x1
    x1, x2 = promoted_wide(x1, x2)
    step = xp().where(x1 == 0, x2, to(x1 > 0, dtype_of(x1)))
    return xp().where(xp().isnan(x1), x1, step)


@op(2)
def logaddexp2(x1: Array, x2: Array) -> Array:
    """Return ``log2(2**x1 + 2**x2)`` without overflow.

    >>> logaddexp2(3.0, 3.0).tolist()
    4.0
    """
    x1, x2 = promoted_float(x1, x2)
    ln2 = math.log(2.0)
    return xp().logaddexp(x1 * ln2, x2 * ln2) / ln2


@op(2)
def ldexp(x1: Array, x2: Array) -> Array:
    """Return ``x1 * 2**x2``.

    Raises:
        DTypeError: ``x2`` does not hold integers.

    >>> ldexp([0.5, 3.0], [1, 2]).tolist()
    [1.0, 12.0]
    """
    exponent = dtype_of(x2)
    if "int" not in exponent:
        raise DTypeError(
            "ops.ldexp(x2)", "an integer dtype", exponent, "Use x1 * 2 ** x2 for other exponents."
        )
    dtype = dtypes.result_type(dtype_of(x1), exponent, float)
    return to(x1, dtype) * xp().pow(to(2.0, dtype), to(x2, dtype))


@op(2)
def nextafter(x1: Array, x2: Array) -> Array:
    """Return the next number after ``x1`` that its dtype can hold, towards ``x2``.

    >>> float(nextafter(1.0, 2.0)) == 1.0 + 2.0**-23
    True
    """
    x1, x2 = promoted_float(x1, x2)
    return xp().nextafter(x1, x2)


@op(2)
def gcd(x1: Array, x2: Array) -> Array:
    """Return the greatest common divisor of integers, not negative.

    Raises:
        DTypeError: Other numbers than integers.

    >>> gcd([12, 0], [18, 5]).tolist()
    [6, 5]
    """
    x1, x2 = _integers("ops.gcd", x1, x2)
    named = own("gcd")
    return named(x1, x2) if named is not None else _gcd(x1, x2)


@op(2)
def lcm(x1: Array, x2: Array) -> Array:
    """Return the least common multiple of integers, not negative.

    Raises:
        DTypeError: Other numbers than integers.

    >>> lcm([4, 0], [6, 5]).tolist()
    [12, 0]
    """
    x1, x2 = _integers("ops.lcm", x1, x2)
    named = own("lcm")
    if named is not None:
        return named(x1, x2)
    common = _gcd(x1, x2)
    one = xp().ones_like(common)
    return xp().abs(x1 // xp().where(common == 0, one, common) * x2)


def _gcd(a: Array, b: Array) -> Array:
    """Return the greatest common divisor by Euclid's algorithm."""
    a, b = xp().abs(a), xp().abs(b)
    a, b = xp().broadcast_arrays(a, b)
    # Each two steps halve the number: log_phi(2) = 1.44 steps for each bit.
    for _ in range(int(1.45 * 8 * dtypes.itemsize(dtype_of(a))) + 2):
        done = b == 0
        a, b = xp().where(done, a, b), xp().where(done, b, a % xp().where(done, xp().ones_like(b), b))
    return a


def _integers(where: str, *values: Array) -> tuple[Array, ...]:
    for value in values:
        if "int" not in dtype_of(value):
            raise DTypeError(where, "integers", dtype_of(value), "Convert with ops.cast(x, 'int32').")
    return promoted(*values)


@op(2)
def allclose(
    x1: Array, x2: Array, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False
) -> Array:
    """Return whether all elements are equal within a tolerance.

    ``|x1 - x2| <= atol + rtol * |x2|``; numbers other than floating ones must be equal.

    Args:
        x1: Numbers.
        x2: Numbers that broadcast with them.
        rtol: Relative tolerance. Default 1e-5.
        atol: Absolute tolerance. Default 1e-8.
        equal_nan: Whether NaN equals NaN. Default False.

    >>> bool(allclose([1.0, 2.0], [1.0, 2.00001]))
    True
    """
    x1, x2 = promoted(x1, x2)
    if not dtypes.is_float(dtype_of(x1)):
        return xp().all(x1 == x2)
    space = xp()
    close = (x1 == x2) | (space.isfinite(x1 - x2) & (space.abs(x1 - x2) <= atol + rtol * space.abs(x2)))
    close = close | (space.isnan(x1) & space.isnan(x2)) if equal_nan else close
    return space.all(close)
