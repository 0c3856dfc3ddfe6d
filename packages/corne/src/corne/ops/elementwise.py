"""Functions of one array, element by element."""

from __future__ import annotations

import math

from corne import dtypes
from corne.backend import Array
from corne.ops._dispatch import op
from corne.ops._xp import dtype_of, promoted_float, to, xp


@op()
def exp(x: Array) -> Array:
    """Return e to the power of ``x``."""
    (x,) = promoted_float(x)
    return xp().exp(x)


@op()
def expm1(x: Array) -> Array:
    """Return ``exp(x) - 1``, exact near 0."""
    (x,) = promoted_float(x)
    return xp().expm1(x)


@op()
def log(x: Array) -> Array:
    """Return the natural logarithm."""
    (x,) = promoted_float(x)
    return xp().log(x)


@op()
def log1p(x: Array) -> Array:
    """Return ``log(1 + x)``, exact near 0."""
    (x,) = promoted_float(x)
    return xp().log1p(x)


@op()
def log2(x: Array) -> Array:
    """Return the logarithm to base 2."""
    (x,) = promoted_float(x)
    return xp().log2(x)


@op()
def log10(x: Array) -> Array:
    """Return the logarithm to base 10."""
    (x,) = promoted_float(x)
    return xp().log10(x)


@op()
def sqrt(x: Array) -> Array:
    """Return the square root."""
    (x,) = promoted_float(x)
    return xp().sqrt(x)


@op()
def sin(x: Array) -> Array:
    """Return the sine of an angle in radians."""
    (x,) = promoted_float(x)
    return xp().sin(x)


@op()
def cos(x: Array) -> Array:
    """Return the cosine of an angle in radians."""
    (x,) = promoted_float(x)
    return xp().cos(x)


@op()
def tan(x: Array) -> Array:
    """Return the tangent of an angle in radians."""
    (x,) = promoted_float(x)
    return xp().tan(x)


@op()
def arcsin(x: Array) -> Array:
    """Return the angle in radians whose sine is ``x``."""
    (x,) = promoted_float(x)
    return xp().asin(x)


@op()
def arccos(x: Array) -> Array:
    """Return the angle in radians whose cosine is ``x``."""
    (x,) = promoted_float(x)
    return xp().acos(x)


@op()
def arctan(x: Array) -> Array:
    """Return the angle in radians whose tangent is ``x``."""
    (x,) = promoted_float(x)
    return xp().atan(x)


@op()
def sinh(x: Array) -> Array:
    """Return the hyperbolic sine."""
    (x,) = promoted_float(x)
    return xp().sinh(x)


@op()
def cosh(x: Array) -> Array:
    """Return the hyperbolic cosine."""
    (x,) = promoted_float(x)
    return xp().cosh(x)


@op()
def tanh(x: Array) -> Array:
    """Return the hyperbolic tangent."""
    (x,) = promoted_float(x)
    return xp().tanh(x)


@op()
def arcsinh(x: Array) -> Array:
    """Return the inverse hyperbolic sine."""
    (x,) = promoted_float(x)
    return xp().asinh(x)


@op()
def arccosh(x: Array) -> Array:
    """Return the inverse hyperbolic cosine."""
    (x,) = promoted_float(x)
    return xp().acosh(x)


@op()
def arctanh(x: Array) -> Array:
    """Return the inverse hyperbolic tangent."""
    (x,) = promoted_float(x)
    return xp().atanh(x)


@op()
def absolute(x: Array) -> Array:
    """Return the absolute value."""
    return xp().abs(x)


@op()
def negative(x: Array) -> Array:
    """Return ``-x``."""
    return xp().negative(x)


@op()
def square(x: Array) -> Array:
    """Return ``x * x``."""
    x = to(x, "int32") if dtype_of(x) == "bool" else x
    return xp().square(x)


@op()
def sign(x: Array) -> Array:
    """Return -1, 0 or 1, by the sign."""
    x = to(x, "int32") if dtype_of(x) == "bool" else x
    return xp().sign(x)


@op()
def abs(x: Array) -> Array:
    """Return the absolute value."""
    return xp().abs(x)


@op()
def rsqrt(x: Array) -> Array:
    """Return ``1 / sqrt(x)``."""
    (x,) = promoted_float(x)
    return 1 / xp().sqrt(x)


@op()
def reciprocal(x: Array) -> Array:
    """Return ``1 / x``."""
    (x,) = promoted_float(x)
    return 1 / x


@op()
def floor(x: Array) -> Array:
    """Return the largest integer not above, as a float."""
    (x,) = promoted_float(x)
    return xp().floor(x)


@op()
def ceil(x: Array) -> Array:
    """Return the smallest integer not below, as a float."""
    (x,) = promoted_float(x)
    return xp().ceil(x)


@op()
def trunc(x: Array) -> Array:
    """Return the integer towards zero; integers stay as they are."""
    return xp().trunc(x) if dtypes.is_float(dtype_of(x)) else x


@op()
def round(x: Array, decimals: int = 0) -> Array:
    """Round halves to even, to a number of decimals."""
    if not decimals or dtype_of(x).startswith(("int", "uint")):
        return xp().round(x)
    return xp().round(x * 10.0**decimals) / 10.0**decimals


@op()
def isnan(x: Array) -> Array:
    """Tell where ``x`` is not a number."""
    (x,) = promoted_float(x)
    return xp().isnan(x)


@op()
def isfinite(x: Array) -> Array:
    """Tell where ``x`` is neither infinite nor NaN."""
    (x,) = promoted_float(x)
    return xp().isfinite(x)


@op()
def isinf(x: Array) -> Array:
    """Tell where ``x`` is infinite."""
    (x,) = promoted_float(x)
    return xp().isinf(x)


@op()
def logical_not(x: Array) -> Array:
    """Return True where ``x`` is zero or False."""
    return xp().logical_not(to(x, "bool"))


@op()
def deg2rad(x: Array) -> Array:
    """Return degrees as radians."""
    (x,) = promoted_float(x)
    return x * (math.pi / 180)


@op()
def rad2deg(x: Array) -> Array:
    """Return radians as degrees."""
    (x,) = promoted_float(x)
    return x * (180 / math.pi)


@op()
def nan_to_num(x: Array, nan: float = 0.0, posinf: float | None = None, neginf: float | None = None) -> Array:
    """Replace NaN and infinities by numbers; None means the dtype's largest and smallest."""
    if not dtypes.is_float(dtype_of(x)):
        return x
    limits = xp().finfo(x.dtype)
    x = xp().where(xp().isnan(x), to(nan, dtype_of(x)), x)
    infinite = xp().isinf(x)
    top = to(float(limits.max) if posinf is None else posinf, dtype_of(x))
    bottom = to(float(limits.min) if neginf is None else neginf, dtype_of(x))
    return xp().where(infinite & (x > 0), top, xp().where(infinite & (x < 0), bottom, x))


_ERF_TERMS = (0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429)


@op()
def erf(x: Array) -> Array:
    """Return the error function, with an absolute error below 1.5e-7.

    Source: Abramowitz and Stegun 1964, Handbook of Mathematical Functions, formula 7.1.26.
    """
    (x,) = promoted_float(x)
    t = 1 / (1 + 0.3275911 * xp().abs(x))
    series = t * 0
    for term in reversed(_ERF_TERMS):
        series = (series + term) * t
    return xp().sign(x) * (1 - series * xp().exp(-x * x))


@op()
def erfinv(x: Array) -> Array:
    """Return the inverse of the error function on (-1, 1): Newton's method on Giles's approximation.

    Source: Giles 2012, "Approximating the erfinv function", GPU Computing Gems, single precision branch.
    """
    (x,) = promoted_float(x)
    w = -xp().log((1 - x) * (1 + x))
    small, large = w - 2.5, xp().sqrt(xp().where(w < 5, w * 0 + 5, w)) - 3
    near = _polynomial(small, (2.81022636e-08, 3.43273939e-07, -3.5233877e-06, -4.39150654e-06, 0.00021858087,
                               -0.00125372503, -0.00417768164, 0.246640727, 1.50140941))  # fmt: skip
    far = _polynomial(large, (-0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844, 0.00573950773,
                              -0.0076224613, 0.00943887047, 1.00167406, 2.83297682))  # fmt: skip
    inside = xp().where(w < 5, near, far) * x
    edge = xp().where(xp().abs(x) == 1, x * float("inf"), x * float("nan"))
    return xp().where(xp().abs(x) < 1, inside, edge)


def _polynomial(x: Array, coefficients: tuple[float, ...]) -> Array:
    total = x * 0 + coefficients[0]
    for coefficient in coefficients[1:]:
        total = total * x + coefficient
    return total


@op()
def angle(x: Array) -> Array:
    """Return the argument of a complex number, in radians."""
    (x,) = promoted_float(x)
    if not dtype_of(x).startswith("complex"):
        return xp().atan2(xp().zeros_like(x), x)
    return xp().atan2(xp().imag(x), xp().real(x))


@op()
def real(x: Array) -> Array:
    """Return the real part."""
    return xp().real(x) if dtype_of(x).startswith("complex") else x


@op()
def imag(x: Array) -> Array:
    """Return the imaginary part."""
    return xp().imag(x) if dtype_of(x).startswith("complex") else xp().zeros_like(x)


@op()
def conjugate(x: Array) -> Array:
    """Return the complex conjugate."""
    return xp().conj(x) if dtype_of(x).startswith("complex") else x
