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
from corne.operation import dtype_of, op, promoted_float, to, xp

from corne_numerics._solving import regular, solved


def matrices(where: str, x: Array, square: bool = True) -> tuple[Array, str]:
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
    x, dtype = matrices("ops.cholesky(x)", x)
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
    x, dtype = matrices("ops.cholesky_inverse(x)", x)
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
    x, dtype = matrices("ops.det(x)", x)
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
    x, dtype = matrices("ops.slogdet(x)", x)
    sign, logarithm = xp().linalg.slogdet(x)
    return to(sign, dtype), to(logarithm, real_dtype(dtype))


def real_dtype(dtype: str) -> str:
    """Return the dtype of the parts of complex numbers; other dtypes as they are."""
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
    x, dtype = matrices("ops.logdet(x)", x)
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
    x, dtype = matrices("ops.eig(x)", x)
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
    x, dtype = matrices("ops.eigh(x)", x)
    values, vectors = xp().linalg.eigh(x)
    return to(values, real_dtype(dtype)), to(vectors, dtype)


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
    x, dtype = matrices("ops.inv(x)", x)
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
    x, dtype = matrices("ops.pinv(x)", x, square=False)
    share = max(x.shape[-2:]) * float(xp().finfo(x.dtype).eps) if rcond is None else rcond
    return to(xp().linalg.pinv(x, rtol=to(share, real_dtype(dtype_of(x)))), dtype)


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
    x, _ = matrices("ops.matrix_rank(x)", x, square=False)
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
    x, dtype = matrices("ops.svd(x)", x, square=False)
    if not compute_uv:
        return to(xp().linalg.svdvals(x), real_dtype(dtype))
    u, s, vh = xp().linalg.svd(x, full_matrices=full_matrices)
    return to(u, dtype), to(s, real_dtype(dtype)), to(vh, dtype)
