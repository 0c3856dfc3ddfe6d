"""Functions of one array, element by element."""

from __future__ import annotations

import math

from corne import dtypes
from corne.backend import Array
from corne.operation import dtype_of, op, promoted_float, to, xp


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
    return x if dtype_of(x) == "bool" else xp().abs(x)


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
    return x if dtype_of(x) == "bool" else xp().sign(x)


@op()
def abs(x: Array) -> Array:
    """Return the absolute value."""
    return x if dtype_of(x) == "bool" else xp().abs(x)


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
    low, high = dtypes.limits(dtype_of(x))
    infinite = xp().isinf(x)
    x = xp().where(xp().isnan(x), to(nan, dtype_of(x)), x)
    top = to(high if posinf is None else posinf, dtype_of(x))
    bottom = to(low if neginf is None else neginf, dtype_of(x))
    return xp().where(infinite & (x > 0), top, xp().where(infinite & (x < 0), bottom, x))


# Cody's rational approximations, highest power first: of erf(x) / x in x**2, of erfc(x) exp(x**2) in x up to 4,
# and beyond of its difference from 1 / (x sqrt(pi)) in x**-2.
_ERF = (
    (1.85777706184603153e-1, 3.16112374387056560, 1.13864154151050156e2, 3.77485237685302021e2,
     3.20937758913846947e3),
    (1.0, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3),
)  # fmt: skip
_ERFC_NEAR = (
    (2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594, 6.61191906371416295e1,
     2.98635138197400131e2, 8.81952221241769090e2, 1.71204761263407058e3, 2.05107837782607147e3,
     1.23033935479799725e3),
    (1.0, 1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2, 1.62138957456669019e3,
     3.29079923573345963e3, 4.36261909014324716e3, 3.43936767414372164e3, 1.23033935480374942e3),
)  # fmt: skip
_ERFC_FAR = (
    (1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1, 1.25781726111229246e-1,
     1.60837851487422766e-2, 6.58749161529837803e-4),
    (1.0, 2.56852019228982242, 1.87295284992346725, 5.27905102951428412e-1, 6.05183413124413191e-2,
     2.33520497626869185e-3),
)  # fmt: skip


def _erf_and_erfc(x: Array) -> tuple[Array, Array]:
    """Return erf and its complement, each to its dtype's precision."""
    size = xp().abs(x)
    one = xp().ones_like(x)
    inner = xp().minimum(size, one)  # branches not taken must stay finite for gradients
    small = x * _ratio(_ERF, xp().where(size < 1, inner * inner, one))
    middle = xp().clip(size, 0.46875, 4)
    near = _ratio(_ERFC_NEAR, middle)
    large = xp().maximum(size, one * 4)
    inverse = 1 / (large * large)
    far = (1 / math.sqrt(math.pi) - inverse * _ratio(_ERFC_FAR, inverse)) / large
    bounded = xp().minimum(size, one * 30)
    tail = xp().exp(-bounded * bounded) * xp().where(size <= 4, near, far)
    is_small = size <= 0.46875
    complement = xp().where(is_small, 1 - small, xp().where(x < 0, 2 - tail, tail))
    return xp().where(is_small, small, xp().sign(x) * (1 - tail)), complement


def _ratio(coefficients: tuple[tuple[float, ...], tuple[float, ...]], x: Array) -> Array:
    return _polynomial(x, coefficients[0]) / _polynomial(x, coefficients[1])


@op()
def erf(x: Array) -> Array:
    """Return the error function, ``2 / sqrt(pi)`` times the integral of ``exp(-t**2)`` from 0 to ``x``.

    Source: Cody 1969, "Rational Chebyshev approximation for the error function", https://doi.org/10.2307/2004390

    >>> erf([0.0, 6.0]).tolist()
    [0.0, 1.0]
    """
    (x,) = promoted_float(x)
    return _erf_and_erfc(x)[0]


@op()
def erfc(x: Array) -> Array:
    """Return ``1 - erf(x)``, exact where that is small.

    >>> erfc([0.0, 30.0]).tolist()
    [1.0, 0.0]
    """
    (x,) = promoted_float(x)
    return _erf_and_erfc(x)[1]


@op()
def erfinv(x: Array) -> Array:
    """Return the number whose error function is ``x``; infinite at -1 and 1.

    Source: Giles 2012, "Approximating the erfinv function", GPU Computing Gems; and Newton's method.

    >>> erfinv([0.0, 1.0]).tolist()
    [0.0, inf]
    """
    (x,) = promoted_float(x)
    inside = xp().abs(x) < 1
    x_in = xp().where(inside, x, xp().zeros_like(x))
    w = -xp().log1p(-x_in * x_in)
    near = _polynomial(xp().minimum(w, to(5, dtype_of(x))) - 2.5, (
        2.81022636e-08, 3.43273939e-07, -3.5233877e-06, -4.39150654e-06, 0.00021858087, -0.00125372503,
        -0.00417768164, 0.246640727, 1.50140941))  # fmt: skip
    far = _polynomial(xp().sqrt(xp().maximum(w, to(5, dtype_of(x)))) - 3, (
        -0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844, 0.00573950773, -0.0076224613,
        0.00943887047, 1.00167406, 2.83297682))  # fmt: skip
    y = xp().where(w < 5, near, far) * x_in
    for _ in range(3 if dtype_of(x) == "float64" else 1):
        size = xp().abs(y)
        error, complement = _erf_and_erfc(size)
        # Where erf is almost 1 the distance is taken between the complements, which keep their digits.
        distance = xp().where(size < 1, error - xp().abs(x_in), (1 - xp().abs(x_in)) - complement)
        y = y - xp().sign(y) * distance * xp().exp(y * y) * (math.sqrt(math.pi) / 2)
    edge = xp().where(x == 1, to(math.inf, dtype_of(x)), to(math.nan, dtype_of(x)))
    return xp().where(inside, y, xp().where(x == -1, to(-math.inf, dtype_of(x)), edge))


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
