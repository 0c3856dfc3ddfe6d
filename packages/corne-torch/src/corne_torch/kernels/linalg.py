"""Products of matrices and tensors."""

from __future__ import annotations

from typing import Any

import torch
from corne.ops._xp import promoted

from corne_torch.kernels._table import default, kernel

_matmul = default("matmul")


@kernel("matmul")
def matmul(x1: torch.Tensor, x2: torch.Tensor) -> Any:
    """Multiply matrices of one floating dtype; the default body says what is wrong with the shapes."""
    if x1.dtype is not x2.dtype or not x1.is_floating_point() or x1.ndim < 2 or x2.ndim < 2:
        return _matmul(x1, x2)
    if x1.shape[-1] != x2.shape[-2]:
        return _matmul(x1, x2)
    return torch.matmul(x1, x2)


@kernel("einsum")
def einsum(subscripts: str, *operands: torch.Tensor, **kwargs: Any) -> Any:
    """Sum products over indices."""
    return torch.einsum(subscripts, *promoted(*operands))
