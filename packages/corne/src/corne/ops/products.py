"""Products of matrices and tensors."""

from __future__ import annotations

import math
from typing import Any

from corne import dtypes
from corne.backend import Array
from corne.errors import ArgumentError, ShapeError
from corne.operation import axes_tuple, dtype_of, op, promoted, promoted_float, xp
from corne.ops.arithmetic import add


@op(2)
def matmul(x1: Array, x2: Array) -> Array:
    """Return the matrix product of the last two axes, broadcast over the others.

    >>> import numpy as np
    >>> matmul(np.ones((2, 3)), np.ones((3, 4))).shape[1]
    4
    """
    x1, x2 = promoted(x1, x2)
    inner = x2.shape[-2] if len(x2.shape) > 1 else x2.shape[0]
    if x1.shape[-1] != inner:
        raise ShapeError(
            "ops.matmul", f"{x1.shape[-1]} rows in the second factor", f"shapes {tuple(x1.shape)} and {tuple(x2.shape)}",
            "The last axis of the first must be as long as the last but one of the second.",
        )  # fmt: skip
    return xp().matmul(x1, x2)


@op(3)
def dense(inputs: Array, kernel: Array, bias: Array | None = None) -> Array:
    """Return ``inputs @ kernel + bias``: engines add while they write the product.

    Args:
        inputs: ``(..., features)``.
        kernel: ``(features, units)``.
        bias: ``(units,)``. Default None, nothing.

    >>> dense([[1.0, 2.0]], [[3.0], [4.0]], [5.0]).tolist()
    [[16.0]]
    """
    outputs = matmul(inputs, kernel)
    return outputs if bias is None else add(outputs, bias)


@op(2)
def dot(x1: Array, x2: Array) -> Array:
    """Sum over the last axis of ``x1`` and the last but one of ``x2``; numbers multiply."""
    x1, x2 = promoted(x1, x2)
    if not x1.shape or not x2.shape:
        return x1 * x2
    return xp().tensordot(x1, x2, axes=((-1,), (-2 if len(x2.shape) > 1 else -1,)))


@op(2)
def tensordot(x1: Array, x2: Array, axes: Any = 2) -> Array:
    """Sum over axes of both: a number of adjoining ones, or a pair of lists."""
    x1, x2 = promoted(x1, x2)
    if not isinstance(axes, int):
        axes = tuple((a,) if isinstance(a, int) else tuple(a) for a in axes)
    return xp().tensordot(x1, x2, axes=axes)


@op(2)
def outer(x1: Array, x2: Array) -> Array:
    """Return the product of every pair of elements, flattened inputs."""
    x1, x2 = promoted(x1, x2)
    return xp().reshape(x1, (-1, 1)) * xp().reshape(x2, (1, -1))


@op(2)
def inner(x1: Array, x2: Array) -> Array:
    """Sum over the last axis of both."""
    x1, x2 = promoted(x1, x2)
    return xp().tensordot(x1, x2, axes=((-1,), (-1,))) if x1.shape and x2.shape else x1 * x2


@op(2)
def vdot(x1: Array, x2: Array) -> Array:
    """Return the sum of products of the flattened arrays, the first conjugated."""
    x1, x2 = promoted(x1, x2)
    if dtype_of(x1).startswith("complex"):
        x1 = xp().conj(x1)
    return xp().sum(xp().reshape(x1, (-1,)) * xp().reshape(x2, (-1,)))


@op(2)
def cross(
    x1: Array, x2: Array, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None
) -> Array:
    """Return the cross product of vectors of three components."""
    from corne.ops.shaping import moveaxis

    x1, x2 = promoted(x1, x2)
    axisa, axisb, axisc = (axis,) * 3 if axis is not None else (axisa, axisb, axisc)
    a, b = moveaxis(x1, axisa, -1), moveaxis(x2, axisb, -1)
    if a.shape[-1] != 3 or b.shape[-1] != 3:
        raise ShapeError(
            "ops.cross",
            "vectors of 3 components",
            f"{a.shape[-1]} and {b.shape[-1]}",
            "Name their axes with axis=….",
        )
    parts = [a[..., i] * b[..., j] - a[..., j] * b[..., i] for i, j in ((1, 2), (2, 0), (0, 1))]
    return moveaxis(xp().stack(parts, axis=-1), -1, axisc)


@op(("operands",))
def einsum(subscripts: str, *operands: Array, **kwargs: Any) -> Array:
    """Sum products over indices, in Einstein's notation: ``einsum("ij,jk->ik", a, b)`` is ``a @ b``.

    Args:
        subscripts: Letters for the axes of each operand; ``...`` stands for any others.
        *operands: Arrays.
        **kwargs: Accepted for NumPy's signature and without effect on the result: the order of products.

    Raises:
        ShapeError: The letters don't fit the operands.

    >>> einsum("ij,kj->ik", [[1.0, 2.0]], [[3.0, 4.0], [5.0, 6.0]]).tolist()
    [[11.0, 17.0]]
    """
    factors = list(promoted(*operands))
    left, arrow, right = subscripts.replace(" ", "").partition("->")
    terms = left.split(",")
    if len(terms) != len(factors):
        raise ShapeError(
            "ops.einsum",
            f"{len(terms)} operands for {subscripts!r}",
            str(len(factors)),
            "Add or remove one.",
        )
    spare = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    width = max(
        (len(x.shape) - len(t.replace("...", "")) for t, x in zip(terms, factors, strict=True) if "..." in t),
        default=0,
    )
    letters = spare[:width]
    full = []
    for term, x in zip(terms, factors, strict=True):
        own = len(x.shape) - len(term.replace("...", ""))
        full.append(term.replace("...", letters[width - own :]))
        if len(full[-1]) != len(x.shape):
            raise ShapeError(
                "ops.einsum",
                f"{len(full[-1])} axes for {term!r}",
                f"shape {tuple(x.shape)}",
                "Correct the subscripts.",
            )
    if arrow:
        out = right.replace("...", letters)
    else:
        every = "".join(full)
        out = letters + "".join(sorted(c for c in set(every) if every.count(c) == 1 and c not in letters))
    result, labels = factors[0], full[0]
    result, labels = _diagonals(result, labels)
    for index, (x, term) in enumerate(zip(factors[1:], full[1:], strict=True), start=1):
        x, term = _diagonals(x, term)
        later = set(out).union(*full[index + 1 :])
        result, labels = _contract(result, labels, x, term, later)
    extra = [i for i, c in enumerate(labels) if c not in out]
    if extra:
        result = xp().sum(result, axis=tuple(extra))
        labels = "".join(c for c in labels if c in out)
    return xp().permute_dims(result, tuple(labels.index(c) for c in out))


def _diagonals(x: Array, labels: str) -> tuple[Array, str]:
    """Take the diagonal of axes that share a letter."""
    for letter in dict.fromkeys(labels):
        while labels.count(letter) > 1:
            i = labels.index(letter)
            j = labels.index(letter, i + 1)
            size = x.shape[i]
            order = [a for a in range(len(labels)) if a not in (i, j)]
            x = xp().permute_dims(x, (*order, i, j))
            picked = xp().reshape(x, (*x.shape[:-2], size * size))[..., :: size + 1]
            x, labels = picked, "".join(labels[a] for a in order) + letter
    return x, labels


def _contract(a: Array, la: str, b: Array, lb: str, later: set[str]) -> tuple[Array, str]:
    """Multiply two operands and sum over the letters that nobody needs later, as one matmul."""
    batch = [c for c in la if c in lb and c in later]
    summed = [c for c in la if c in lb and c not in later]
    rows, columns = [c for c in la if c not in lb], [c for c in lb if c not in la]
    sizes = {
        **dict(zip(lb, b.shape, strict=True)),
        **{c: s for c, s in zip(la, a.shape, strict=True) if s != 1 or c not in lb},
    }
    a = xp().permute_dims(a, tuple(la.index(c) for c in (*batch, *rows, *summed)))
    b = xp().permute_dims(b, tuple(lb.index(c) for c in (*batch, *summed, *columns)))

    def merged(letters: list[str]) -> int:
        product = 1
        for c in letters:
            product *= sizes[c]
        return product

    a = xp().broadcast_to(a, tuple(sizes[c] for c in (*batch, *rows, *summed)))
    b = xp().broadcast_to(b, tuple(sizes[c] for c in (*batch, *summed, *columns)))
    lead = tuple(sizes[c] for c in batch)
    product = xp().matmul(
        xp().reshape(a, (*lead, merged(rows), merged(summed))),
        xp().reshape(b, (*lead, merged(summed), merged(columns))),
    )
    kept = [*batch, *rows, *columns]
    return xp().reshape(product, tuple(sizes[c] for c in kept)), "".join(kept)


@op()
def diag(x: Array, k: int = 0) -> Array:
    """Return a matrix with ``x`` on its ``k``-th diagonal, or the diagonal of a matrix."""
    if len(x.shape) == 2:
        return diagonal(x, offset=k)
    size = x.shape[0] + abs(k)
    rows = xp().arange(size)[:, None]
    columns = xp().arange(size)[None, :]
    source = xp().clip(xp().minimum(rows, columns), 0, x.shape[0] - 1)
    spread = xp().reshape(xp().take(x, xp().reshape(source, (-1,)), axis=0), (size, size))
    return xp().where(columns - rows == k, spread, xp().zeros_like(spread))


@op()
def diagonal(x: Array, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Array:
    """Return the diagonal of two axes, as the last axis."""
    from corne.ops.shaping import moveaxis

    x = moveaxis(x, (axis1, axis2), (-2, -1))
    rows, columns = x.shape[-2:]
    start_row, start_column = max(-offset, 0), max(offset, 0)
    length = max(0, min(rows - start_row, columns - start_column))
    flat = xp().reshape(x, (*x.shape[:-2], rows * columns))
    first = start_row * columns + start_column
    return flat[..., first : first + max(length - 1, 0) * (columns + 1) + (length > 0) : columns + 1]


@op()
def trace(x: Array, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Array:
    """Return the sum of a diagonal."""
    from corne.ops.reduction import sum

    return sum(diagonal(x, offset, axis1, axis2), axis=-1)


@op()
def tril(x: Array, k: int = 0) -> Array:
    """Return ``x`` with zeros above the ``k``-th diagonal."""
    return xp().tril(x, k=k)


@op()
def triu(x: Array, k: int = 0) -> Array:
    """Return ``x`` with zeros below the ``k``-th diagonal."""
    return xp().triu(x, k=k)


@op()
def norm(x: Array, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Array:
    """Return norms of vectors or matrices.

    Args:
        x: Numbers.
        ord: For vectors the order: a number or infinity. For matrices "fro" (Frobenius), "nuc" (sum of the
            singular values), 1 or -1 (largest or smallest sum of a column's magnitudes), inf or -inf (of a
            row's), 2 or -2 (largest or smallest singular value). Default None: the root of the sum of squares.
        axis: The axis of the vectors, or the two of the matrices. Default None: all.
        keepdims: Whether to keep reduced axes with size 1. Default False.

    Raises:
        ArgumentError: An order that does not exist, or more than two axes with one.

    >>> norm([[3.0, 4.0], [0.0, 0.0]]).tolist(), norm([[3.0, 4.0], [0.0, -9.0]], ord=float("inf"), axis=1).tolist()
    (5.0, [4.0, 9.0])
    """
    (x,) = promoted_float(x)
    axes = axes_tuple(axis, len(x.shape))
    known = (None, "fro", "nuc", 1, -1, 2, -2, math.inf, -math.inf)
    if (len(axes) > 2 and not (ord is None and axis is None)) or (
        ord not in known if len(axes) == 2 else isinstance(ord, str)
    ):
        raise ArgumentError(
            "ops.norm(ord=…, axis=…)", "an order of vectors (a number) for one axis or of matrices for two",
            f"ord={ord!r} for {len(axes)} axes", "Name the axis of the vectors or the two of the matrices.",
        )  # fmt: skip
    if len(axes) == 2 and ord not in (None, "fro"):
        kept = tuple(a for a in range(len(x.shape)) if a not in axes)
        result = xp().linalg.matrix_norm(xp().permute_dims(x, (*kept, *axes)), ord=ord)
    else:
        result = xp().linalg.vector_norm(x, axis=axes, ord=2 if ord in (None, "fro") else ord)
    return xp().reshape(result, _kept_shape(x, axes)) if keepdims else result


def _kept_shape(x: Array, axes: tuple[int, ...]) -> tuple[int, ...]:
    """Return the shape after a reduction that keeps its axes with size 1."""
    return tuple(1 if a in axes else size for a, size in enumerate(x.shape))


@op()
def qr(x: Array, mode: str = "reduced") -> tuple[Array, Array]:
    """Return an orthonormal and an upper triangular factor whose product is ``x``."""
    result = xp().linalg.qr(x, mode=mode)
    return result[0], result[1]


def result_type(*values: Any) -> str:
    """Return the dtype name that an operation on these arrays, dtypes or Python numbers has."""
    return dtypes.result_type(*(v if isinstance(v, (str, type)) else dtype_of(v) for v in values))
