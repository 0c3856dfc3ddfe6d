"""Products of matrices and tensors."""

from __future__ import annotations

from typing import Any

import torch
from corne.operation import promoted

from corne_torch.abstract import is_for_compiler
from corne_torch.kernels._product import product
from corne_torch.kernels._table import kernel

Tensor = torch.Tensor


@kernel("matmul")
def matmul(x1: Tensor, x2: Tensor) -> Any:
    """Multiply matrices of one floating dtype; the default body says what is wrong with the shapes."""
    if x1.dtype is not x2.dtype or not x1.is_floating_point() or x1.ndim < 2 or x2.ndim < 2:
        return NotImplemented
    if x1.shape[-1] != x2.shape[-2]:
        return NotImplemented
    return _by_rows(x1, x2, None) if x2.ndim == 2 else torch.matmul(x1, x2)


@kernel("dense")
def dense(inputs: Tensor, kernel: Tensor, bias: Tensor | None = None) -> Any:
    """Multiply by a matrix and add a row, at once except in graphs, where what comes next is fused with adding."""
    alike = inputs.dtype is kernel.dtype and (bias is None or bias.dtype is kernel.dtype)
    if not alike or not inputs.is_floating_point() or inputs.ndim < 2 or kernel.ndim != 2:
        return NotImplemented
    if inputs.shape[-1] != kernel.shape[0] or (bias is not None and bias.shape != kernel.shape[1:]):
        return NotImplemented
    if bias is None or not is_for_compiler():
        return _by_rows(inputs, kernel, bias)
    return _by_rows(inputs, kernel, None) + bias


def _by_rows(x: Tensor, kernel: Tensor, bias: Tensor | None) -> Tensor:
    """Return the product of each row of an array, and of a matrix with one."""
    if x.ndim == 2:
        return product(x, kernel, bias)
    return product(x.flatten(0, -2), kernel, bias).view(*x.shape[:-1], kernel.shape[1])


@kernel("einsum")
def einsum(subscripts: str, *operands: Tensor, **kwargs: Any) -> Any:
    """Sum products over indices."""
    return torch.einsum(subscripts, *promoted(*operands))
