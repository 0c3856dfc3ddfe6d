"""Complex numbers and their parts."""

from __future__ import annotations

from corne import dtypes, ops
from corne.backend import Array
from corne.errors import DTypeError, ShapeError
from corne.operation import dtype_of, op, promoted_float, to, xp


def conj(x: Array) -> Array:
    """Return the complex conjugate; real numbers stay as they are.

    >>> conj([1 + 2j]).tolist()
    [(1-2j)]
    """
    return ops.conjugate(x)


def as_complex(real: Array, imaginary: Array) -> Array:
    """Return the complex numbers of two parts of one floating dtype."""
    dtype = "complex128" if dtype_of(real) == "float64" else "complex64"
    return to(real, dtype) + to(1j, dtype) * to(imaginary, dtype)


@op(2)
def polar(abs_: Array, angle: Array) -> Array:
    """Return the complex numbers of magnitudes and angles: ``abs * (cos(angle) + i sin(angle))``.

    Args:
        abs_: Magnitudes.
        angle: In radians.

    >>> polar([2.0], [0.0]).tolist()
    [(2+0j)]
    """
    abs_, angle = promoted_float(abs_, angle)
    return as_complex(abs_ * xp().cos(angle), abs_ * xp().sin(angle))


@op()
def view_as_complex(x: Array) -> Array:
    """Return complex numbers from pairs of real and imaginary part along the last axis.

    Shapes:
        ``(..., 2)``; result ``(...)``.

    Raises:
        ShapeError: A last axis of another size.
        DTypeError: Other than floating numbers.

    >>> view_as_complex([[1.0, 2.0]]).tolist()
    [(1+2j)]
    """
    if not x.shape or x.shape[-1] != 2:
        raise ShapeError("ops.view_as_complex(x)", "a last axis of size 2", f"shape {tuple(x.shape)}")
    if not dtypes.is_float(dtype_of(x)):
        raise DTypeError("ops.view_as_complex(x)", "a floating dtype", dtype_of(x))
    return as_complex(x[..., 0], x[..., 1])


@op()
def view_as_real(x: Array) -> Array:
    """Return real and imaginary part of complex numbers along a new last axis.

    Shapes:
        ``(...)``; result ``(..., 2)``.

    Raises:
        DTypeError: Other than complex numbers.

    >>> view_as_real([1 + 2j]).tolist()
    [[1.0, 2.0]]
    """
    if "complex" not in dtype_of(x):
        raise DTypeError("ops.view_as_real(x)", "a complex dtype", dtype_of(x))
    return xp().stack([xp().real(x), xp().imag(x)], axis=-1)
