"""Fourier transforms. Complex numbers are pairs of real and imaginary part."""

from __future__ import annotations

from typing import Any

from corne import dtypes
from corne.backend import Array
from corne.errors import ArgumentError, DTypeError, ShapeError
from corne.operation import dtype_of, op, to, xp

from corne_numerics.complex_views import as_complex

Parts = tuple[Array, Array]


def from_parts(where: str, x: Any, rank: int) -> tuple[Array, str]:
    """Return the complex array of a pair, in a dtype that engines transform, and the parts' dtype."""
    length = len(x) if isinstance(x, (tuple, list)) else x.shape[0]
    if length != 2:
        raise ArgumentError(where, "a pair of real and imaginary part", f"{length} parts")
    real, imaginary = x[0], x[1]
    if tuple(real.shape) != tuple(imaginary.shape) or len(real.shape) < rank:
        raise ShapeError(
            where, f"two parts of one shape, of at least {rank} axes",
            f"shapes {tuple(real.shape)} and {tuple(imaginary.shape)}",
        )  # fmt: skip
    dtype = dtypes.result_type(dtype_of(real), dtype_of(imaginary))
    if not dtypes.is_float(dtype):
        raise DTypeError(where, "floating parts", dtype, "Convert with ops.cast(x, 'float32').")
    wide = dtypes.result_type(dtype, "float32")
    return as_complex(to(real, wide), to(imaginary, wide)), dtype


def to_parts(x: Array, dtype: str) -> Parts:
    """Return real and imaginary part in a dtype."""
    return to(xp().real(x), dtype), to(xp().imag(x), dtype)


@op()
def fft(x: Parts) -> Parts:
    """Return the discrete Fourier transform along the last axis.

    ``y[k] = sum over n of x[n] exp(-2 pi i k n / N)``

    Args:
        x: Pair of real and imaginary part, floating, of one shape.

    Shapes:
        ``(..., n)`` each; results the same.

    Raises:
        ArgumentError, ShapeError, DTypeError: Not such a pair.

    Source: Cooley and Tukey 1965, https://doi.org/10.1090/S0025-5718-1965-0178586-1

    >>> real, imaginary = fft(([1.0, 1.0], [0.0, 0.0]))
    >>> real.tolist(), imaginary.tolist()
    ([2.0, 0.0], [0.0, 0.0])
    """
    values, dtype = from_parts("ops.fft(x)", x, 1)
    return to_parts(xp().fft.fft(values), dtype)


@op()
def fft2(x: Parts) -> Parts:
    """Return the discrete Fourier transform along the last two axes.

    Args:
        x: Pair of real and imaginary part, floating, of one shape.

    Shapes:
        ``(..., m, n)`` each; results the same.

    Raises:
        ArgumentError, ShapeError, DTypeError: Not such a pair.

    >>> real, imaginary = fft2(([[1.0, 1.0], [1.0, 1.0]], [[0.0, 0.0], [0.0, 0.0]]))
    >>> real.tolist()
    [[4.0, 0.0], [0.0, 0.0]]
    """
    values, dtype = from_parts("ops.fft2(x)", x, 2)
    return to_parts(xp().fft.fftn(values, axes=(-2, -1)), dtype)


@op()
def ifft2(x: Parts) -> Parts:
    """Return the inverse of :func:`fft2`.

    Args:
        x: Pair of real and imaginary part, floating, of one shape.

    Shapes:
        ``(..., m, n)`` each; results the same.

    Raises:
        ArgumentError, ShapeError, DTypeError: Not such a pair.

    >>> real, imaginary = ifft2(([[4.0, 0.0], [0.0, 0.0]], [[0.0, 0.0], [0.0, 0.0]]))
    >>> real.tolist()
    [[1.0, 1.0], [1.0, 1.0]]
    """
    values, dtype = from_parts("ops.ifft2(x)", x, 2)
    return to_parts(xp().fft.ifftn(values, axes=(-2, -1)), dtype)


@op()
def rfft(x: Array, fft_length: int | None = None) -> Parts:
    """Return the half of the Fourier transform of real numbers that says all, along the last axis.

    Args:
        x: Real numbers.
        fft_length: Length to cut the axis to, or to fill it up to with zeros. Default None: as it is.

    Shapes:
        ``(..., n)``; results ``(..., fft_length // 2 + 1)``.

    Raises:
        ArgumentError: ``fft_length`` below 1.

    >>> real, imaginary = rfft([1.0, 0.0, 0.0])
    >>> real.tolist()
    [1.0, 1.0]
    """
    _check_length("ops.rfft", fft_length)
    dtype = dtypes.result_type(dtype_of(x), float)
    return to_parts(xp().fft.rfft(to(x, dtypes.result_type(dtype, "float32")), n=fft_length), dtype)


@op()
def irfft(x: Parts, fft_length: int | None = None) -> Array:
    """Return the inverse of :func:`rfft`.

    Args:
        x: Pair of real and imaginary part, floating, of one shape.
        fft_length: Length of the result. Default None: ``2 * (n - 1)``.

    Shapes:
        ``(..., n)`` each; result ``(..., fft_length)``.

    Raises:
        ArgumentError, ShapeError, DTypeError: Not such a pair, or ``fft_length`` below 1.

    >>> irfft(([1.0, 1.0], [0.0, 0.0]), 3).tolist()
    [1.0, 0.0, 0.0]
    """
    _check_length("ops.irfft", fft_length)
    values, dtype = from_parts("ops.irfft(x)", x, 1)
    length = 2 * (values.shape[-1] - 1) if fft_length is None else fft_length
    return to(xp().fft.irfft(values, n=length), dtype)


def _check_length(where: str, fft_length: int | None) -> None:
    if fft_length is not None and (not isinstance(fft_length, int) or fft_length < 1):
        raise ArgumentError(f"{where}(fft_length=…)", "an integer >= 1", repr(fft_length))
