"""Linear algebra.

Each function works on stacks of matrices: the last two axes are the matrix, those before are loops. Integers
become floatx. float16 and bfloat16 are computed in float32, for which engines have no routines.
"""

from __future__ import annotations

import math
from typing import Any

from corne import dtypes
from corne.backend import Array
from corne.errors import ShapeError
from corne.operation import dtype_of, native, op, promoted_float, to, xp

from corne_numerics._own import own
from corne_numerics._solving import regular, solved


def _matrices(where: str, x: Array, square: bool = True) -> tuple[Array, str]:
    """Return matrices in a dtype that engines compute in, and the dtype of the result."""
    if len(x.shape) < 2 or (square and x.shape[-1] != x.shape[-2]):
        raise ShapeError(
            where,
            "square matrices (..., n, n)" if square else "matrices (..., m, n)",
            f"shape {tuple(x.shape)}",
        )
    (x,) = promoted_float(x)
    dtype = dtype_of(x)
    return to(x, dtypes.result_type(dtype, "float32")), dtype


def _transposed(x: Array) -> Array:
    return xp().conj(xp().matrix_transpose(x)) if "complex" in dtype_of(x) else xp().matrix_transpose(x)


@op()
def cholesky(x: Array, upper: bool = False) -> Array:
    """Return the triangular factor of positive definite matrices: ``x = L L^H``, or ``U^H U``.

    Args:
        x: Symmetric or Hermitian, positive definite.
        upper: Whether to return the upper factor. Default False.

    Shapes:
        ``(..., n, n)``; result the same.

    Raises:
        ShapeError: Matrices that aren't square.
        ArgumentError: A matrix that isn't positive definite.

    Source: Golub and Van Loan, Matrix Computations, section 4.2.

    >>> cholesky([[4.0, 2.0], [2.0, 5.0]]).tolist()
    [[2.0, 0.0], [1.0, 2.0]]
    """
    x, dtype = _matrices("ops.cholesky(x)", x)
    return to(
        solved(
            "ops.cholesky(x)",
            "a positive definite matrix",
            lambda: xp().linalg.cholesky(regular(x), upper=upper),
        ),
        dtype,
    )


@op()
def cholesky_inverse(x: Array, upper: bool = False) -> Array:
    """Return the inverse of positive definite matrices from their triangular factor.

    Args:
        x: Factor ``L`` of ``L L^H``, or ``U`` of ``U^H U``.
        upper: Which of them. Default False.

    Shapes:
        ``(..., n, n)``; result the same.

    Raises:
        ShapeError: Matrices that aren't square.
        ArgumentError: A factor with a zero on its diagonal.

    >>> cholesky_inverse([[2.0, 0.0], [0.0, 4.0]]).tolist()
    [[0.25, 0.0], [0.0, 0.0625]]
    """
    x, dtype = _matrices("ops.cholesky_inverse(x)", x)
    factor = xp().triu(x) if upper else xp().tril(x)
    inverse = solved(
        "ops.cholesky_inverse(x)", "an invertible factor", lambda: xp().linalg.inv(regular(factor))
    )
    first, second = (inverse, _transposed(inverse)) if upper else (_transposed(inverse), inverse)
    return to(xp().matmul(first, second), dtype)


@op()
def det(x: Array) -> Array:
    """Return the determinants of matrices.

    Shapes:
        ``(..., n, n)``; result ``(...)``.

    Raises:
        ShapeError: Matrices that aren't square.

    >>> det([[2.0, 0.0], [0.0, 3.0]]).tolist()
    6.0
    """
    x, dtype = _matrices("ops.det(x)", x)
    return to(xp().linalg.det(x), dtype)


@op()
def slogdet(x: Array) -> tuple[Array, Array]:
    """Return the signs of determinants and the logarithms of their magnitudes.

    Shapes:
        ``(..., n, n)``; results ``(...)``.

    Raises:
        ShapeError: Matrices that aren't square.

    >>> sign, logarithm = slogdet([[0.0, 1.0], [1.0, 0.0]])
    >>> float(sign), float(logarithm)
    (-1.0, 0.0)
    """
    x, dtype = _matrices("ops.slogdet(x)", x)
    sign, logarithm = xp().linalg.slogdet(x)
    return to(sign, dtype), to(logarithm, _real(dtype))


def _real(dtype: str) -> str:
    return {"complex64": "float32", "complex128": "float64"}.get(dtype, dtype)


@op()
def logdet(x: Array) -> Array:
    """Return the logarithms of determinants; NaN where one is negative.

    Shapes:
        ``(..., n, n)``; result ``(...)``.

    Raises:
        ShapeError: Matrices that aren't square.

    >>> round(float(logdet([[2.0, 0.0], [0.0, 3.0]])), 4)
    1.7918
    """
    x, dtype = _matrices("ops.logdet(x)", x)
    sign, logarithm = xp().linalg.slogdet(x)
    if "complex" in dtype:
        return to(xp().log(sign) + logarithm, dtype)
    return to(xp().where(sign < 0, to(math.nan, dtype_of(x)), logarithm), dtype)


@op()
def eig(x: Array) -> tuple[Array, Array]:
    """Return the eigenvalues of matrices and their eigenvectors as columns, complex.

    Shapes:
        ``(..., n, n)``; results ``(..., n)`` and ``(..., n, n)``.

    Raises:
        ShapeError: Matrices that aren't square.

    Source: Golub and Van Loan, Matrix Computations, chapter 7.

    >>> values, vectors = eig([[2.0, 0.0], [0.0, 3.0]])
    >>> values.tolist()
    [(2+0j), (3+0j)]
    """
    x, dtype = _matrices("ops.eig(x)", x)
    values, vectors = xp().linalg.eig(x)
    result = "complex128" if dtype in ("float64", "complex128") else "complex64"
    return to(values, result), to(vectors, result)


@op()
def eigh(x: Array) -> tuple[Array, Array]:
    """Return the eigenvalues of symmetric or Hermitian matrices, ascending, and their eigenvectors as columns.

    Shapes:
        ``(..., n, n)``, of which the lower triangle is read; results ``(..., n)`` and ``(..., n, n)``.

    Raises:
        ShapeError: Matrices that aren't square.

    Source: Golub and Van Loan, Matrix Computations, chapter 8.

    >>> values, vectors = eigh([[3.0, 0.0], [0.0, 2.0]])
    >>> values.tolist()
    [2.0, 3.0]
    """
    x, dtype = _matrices("ops.eigh(x)", x)
    values, vectors = xp().linalg.eigh(x)
    return to(values, _real(dtype)), to(vectors, dtype)


@op()
def inv(x: Array) -> Array:
    """Return the inverses of matrices.

    Shapes:
        ``(..., n, n)``; result the same.

    Raises:
        ShapeError: Matrices that aren't square.
        ArgumentError: A singular matrix.

    >>> inv([[2.0, 0.0], [0.0, 4.0]]).tolist()
    [[0.5, 0.0], [0.0, 0.25]]
    """
    x, dtype = _matrices("ops.inv(x)", x)
    return to(solved("ops.inv(x)", "an invertible matrix", lambda: xp().linalg.inv(regular(x))), dtype)


@op()
def pinv(x: Array, rcond: float | None = None) -> Array:
    """Return the pseudoinverses of matrices.

    Args:
        x: Matrices.
        rcond: Singular values below this share of the largest count as 0. Default None:
            ``max(m, n)`` times the dtype's epsilon.

    Shapes:
        ``(..., m, n)``; result ``(..., n, m)``.

    Raises:
        ShapeError: Fewer than two axes.

    Source: Penrose, A generalized inverse for matrices, 1955, https://doi.org/10.1017/S0305004100030401

    >>> [[round(v, 4) for v in row] for row in pinv([[2.0, 0.0], [0.0, 0.0]]).tolist()]
    [[0.5, 0.0], [0.0, 0.0]]
    """
    x, dtype = _matrices("ops.pinv(x)", x, square=False)
    share = max(x.shape[-2:]) * float(xp().finfo(x.dtype).eps) if rcond is None else rcond
    return to(xp().linalg.pinv(x, rtol=to(share, _real(dtype_of(x)))), dtype)


@op()
def matrix_rank(x: Array, tol: float | None = None) -> Array:
    """Return the ranks of matrices, as int32: the number of singular values above a tolerance.

    Args:
        x: Matrices.
        tol: Default None: the largest singular value times ``max(m, n)`` times the dtype's epsilon.

    Shapes:
        ``(..., m, n)``; result ``(...)``.

    Raises:
        ShapeError: Fewer than two axes.

    >>> int(matrix_rank([[1.0, 2.0], [2.0, 4.0]]))
    1
    """
    x, _ = _matrices("ops.matrix_rank(x)", x, square=False)
    values = xp().linalg.svdvals(x)
    if tol is None:
        least: Any = (
            xp().max(values, axis=-1, keepdims=True) * max(x.shape[-2:]) * float(xp().finfo(x.dtype).eps)
        )
    else:
        least = tol
    return to(xp().sum(to(values > least, "int32"), axis=-1), "int32")


@op()
def svd(x: Array, full_matrices: bool = True, compute_uv: bool = True) -> Any:
    """Return the singular value decomposition: ``x = u @ diag(s) @ vh``.

    Args:
        x: Matrices.
        full_matrices: Whether ``u`` and ``vh`` are square. Default True.
        compute_uv: Whether to return ``(u, s, vh)``, or ``s`` alone. Default True.

    Shapes:
        ``(..., m, n)``; results ``(..., m, m)``, ``(..., k)`` descending and ``(..., n, n)`` with
        ``k = min(m, n)``; ``(..., m, k)`` and ``(..., k, n)`` without ``full_matrices``.

    Raises:
        ShapeError: Fewer than two axes.

    Source: Golub and Van Loan, Matrix Computations, section 2.4.

    >>> [round(s, 4) for s in svd([[3.0, 0.0], [0.0, 4.0]], compute_uv=False).tolist()]
    [4.0, 3.0]
    """
    x, dtype = _matrices("ops.svd(x)", x, square=False)
    if not compute_uv:
        return to(xp().linalg.svdvals(x), _real(dtype))
    u, s, vh = xp().linalg.svd(x, full_matrices=full_matrices)
    return to(u, dtype), to(s, _real(dtype)), to(vh, dtype)


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
    a, dtype = _matrices(f"{where}(a)", a)
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
    a, dtype = _matrices("ops.lstsq(a)", a, square=False)
    is_vector = len(b.shape) == len(a.shape) - 1
    right = to(xp().expand_dims(b, axis=-1) if is_vector else b, dtype_of(a))
    if right.shape[-2] != a.shape[-2]:
        raise ShapeError("ops.lstsq(b)", f"{a.shape[-2]} rows, as a has", f"shape {tuple(b.shape)}")
    share = max(a.shape[-2:]) * float(xp().finfo(a.dtype).eps) if rcond is None else rcond
    result = xp().matmul(xp().linalg.pinv(a, rtol=to(share, _real(dtype_of(a)))), right)
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
    x, dtype = _matrices("ops.lu_factor(x)", x, square=False)
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
        candidates = space.where(rows < i, to(-1.0, _real(dtype_of(x))), space.abs(x[..., i]))
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
