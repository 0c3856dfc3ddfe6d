"""Systems of linear equations, least squares and distances between rows.

Each function works on stacks of matrices, as those of :mod:`corne_numerics.linalg` do.
"""

from __future__ import annotations

from corne.backend import Array
from corne.errors import ShapeError
from corne.operation import dtype_of, native, op, promoted_float, to, xp

from corne_numerics._own import own
from corne_numerics._solving import regular, solved
from corne_numerics.linalg import matrices, real_dtype


@op(2)
def solve(a: Array, b: Array) -> Array:
    """Return ``x`` with ``a @ x = b``.

    Shapes:
        a ``(..., n, n)``; b ``(..., n)`` or ``(..., n, k)``; result as b.

    Raises:
        ShapeError: Shapes that don't fit.
        ArgumentError: A singular matrix.

    >>> solve([[2.0, 0.0], [0.0, 4.0]], [2.0, 2.0]).tolist()
    [1.0, 0.5]
    """
    a, right, dtype, is_vector = _system("ops.solve", a, b)
    result = solved("ops.solve(a)", "an invertible matrix", lambda: xp().linalg.solve(regular(a), right))
    return to(result[..., 0] if is_vector else result, dtype)


@op(2)
def solve_triangular(a: Array, b: Array, lower: bool = False) -> Array:
    """Return ``x`` with ``a @ x = b`` for triangular matrices; the other triangle isn't read.

    Args:
        a: Triangular.
        b: Right sides.
        lower: Whether ``a`` is a lower triangle. Default False: an upper one.

    Shapes:
        a ``(..., n, n)``; b ``(..., n)`` or ``(..., n, k)``; result as b.

    Raises:
        ShapeError: Shapes that don't fit.

    >>> solve_triangular([[2.0, 0.0], [2.0, 4.0]], [2.0, 6.0], lower=True).tolist()
    [1.0, 1.0]
    """
    a, right, dtype, is_vector = _system("ops.solve_triangular", a, b)
    substitute = own("solve_triangular", "linalg")
    if substitute is not None:
        result = substitute(a, right, upper=not lower)
    else:
        triangle = xp().tril(a) if lower else xp().triu(a)
        result = solved(
            "ops.solve_triangular(a)",
            "a diagonal without zeros",
            lambda: xp().linalg.solve(regular(triangle), right),
        )
    return to(result[..., 0] if is_vector else result, dtype)


def _system(where: str, a: Array, b: Array) -> tuple[Array, Array, str, bool]:
    a, b = promoted_float(a, b)
    a, dtype = matrices(f"{where}(a)", a)
    is_vector = len(b.shape) == len(a.shape) - 1
    right = to(xp().expand_dims(b, axis=-1) if is_vector else b, dtype_of(a))
    if len(right.shape) < 2 or right.shape[-2] != a.shape[-1]:
        raise ShapeError(
            f"{where}(b)",
            f"{a.shape[-1]} rows, as a of shape {tuple(a.shape)} has columns",
            f"shape {tuple(b.shape)}",
        )
    return a, right, dtype, is_vector


@op(2)
def lstsq(a: Array, b: Array, rcond: float | None = None) -> Array:
    """Return the ``x`` that makes the norm of ``b - a @ x`` smallest, the shortest of several.

    Args:
        a: A matrix.
        b: Right sides.
        rcond: Singular values below this share of the largest count as 0. Default None: ``max(m, n)`` times the
            dtype's epsilon.

    Shapes:
        a ``(m, n)``; b ``(m,)`` or ``(m, k)``; result ``(n,)`` or ``(n, k)``.

    Raises:
        ShapeError: Shapes that don't fit.

    Source: Golub and Van Loan, Matrix Computations, section 5.5.

    >>> [round(v, 4) for v in lstsq([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]], [1.0, 3.0, 5.0]).tolist()]
    [1.0, 2.0]
    """
    a, b = promoted_float(a, b)
    a, dtype = matrices("ops.lstsq(a)", a, square=False)
    is_vector = len(b.shape) == len(a.shape) - 1
    right = to(xp().expand_dims(b, axis=-1) if is_vector else b, dtype_of(a))
    if right.shape[-2] != a.shape[-2]:
        raise ShapeError("ops.lstsq(b)", f"{a.shape[-2]} rows, as a has", f"shape {tuple(b.shape)}")
    share = max(a.shape[-2:]) * float(xp().finfo(a.dtype).eps) if rcond is None else rcond
    result = xp().matmul(xp().linalg.pinv(a, rtol=to(share, real_dtype(dtype_of(a)))), right)
    return to(result[..., 0] if is_vector else result, dtype)


@op()
def lu_factor(x: Array) -> tuple[Array, Array]:
    """Return the LU decomposition with exchanged rows, in one matrix, and the exchanges.

    ``L`` has ones on its diagonal, which aren't stored. In step ``i`` row ``i`` was exchanged with row
    ``pivots[i]``.

    Shapes:
        ``(..., m, n)``; results ``(..., m, n)`` and int32 ``(..., min(m, n))``.

    Raises:
        ShapeError: Fewer than two axes.

    Source: Golub and Van Loan, Matrix Computations, section 3.4.

    >>> factors, pivots = lu_factor([[1.0, 2.0], [2.0, 2.0]])
    >>> factors.tolist(), pivots.tolist()
    ([[2.0, 2.0], [0.5, 1.0]], [1, 1])
    """
    x, dtype = matrices("ops.lu_factor(x)", x, square=False)
    named = own("lu_factor", "linalg")
    if named is not None:
        factors, pivots = named(x)
        return to(factors, dtype), to(pivots - 1, "int32")
    factors, pivots = _lu(x)
    return to(factors, dtype), pivots


def _lu(x: Array) -> tuple[Array, Array]:
    """Return the decomposition by Gaussian elimination, one column after the other."""
    space = xp()
    m, n = x.shape[-2:]
    rows = space.arange(m, dtype=native("int64"))
    columns = space.arange(n, dtype=native("int64"))
    zero, one = to(0.0, dtype_of(x)), to(1.0, dtype_of(x))
    pivots = []
    for i in range(min(m, n)):
        candidates = space.where(rows < i, to(-1.0, real_dtype(dtype_of(x))), space.abs(x[..., i]))
        pivot = space.argmax(candidates, axis=-1, keepdims=True)
        pivots.append(pivot)
        order = space.where(rows == i, pivot, space.where(rows == pivot, i, rows))
        x = space.take_along_axis(x, space.broadcast_to(order[..., None], x.shape), axis=-2)
        head = x[..., i : i + 1, i : i + 1]
        factor = space.where((rows > i)[:, None], x[..., i : i + 1] / space.where(head == 0, one, head), zero)
        reduced = x - factor * space.where(columns > i, x[..., i : i + 1, :], zero)
        x = space.where((rows > i)[:, None] & (columns == i), factor, reduced)
    return x, to(space.concat(pivots, axis=-1), "int32")


@op(2)
def cdist(x: Array, y: Array) -> Array:
    """Return the Euclidean distances between the rows of two arrays.

    Shapes:
        x ``(..., m, d)``; y ``(..., n, d)``; result ``(..., m, n)``.

    Raises:
        ShapeError: Fewer than two axes, or rows of different lengths.

    >>> cdist([[0.0, 0.0]], [[3.0, 4.0], [0.0, 1.0]]).tolist()
    [[5.0, 1.0]]
    """
    if len(x.shape) < 2 or len(y.shape) < 2 or x.shape[-1] != y.shape[-1]:
        raise ShapeError(
            "ops.cdist(x, y)", "(..., m, d) and (..., n, d)", f"shapes {tuple(x.shape)} and {tuple(y.shape)}"
        )
    x, y = promoted_float(x, y)
    difference = xp().expand_dims(x, axis=-2) - xp().expand_dims(y, axis=-3)
    return xp().sqrt(xp().sum(difference * difference, axis=-1))
