"""Products of matrices, by the faster of PyTorch's two libraries.

PyTorch multiplies with MKL, which runs its code for older processors on AMD's; oneDNN asks the processor what
it can do. (128 x 784 by 784 x 512 on two cores of an EPYC 9005: 0.57 ms against 0.27.)
"""

from __future__ import annotations

import functools
import platform
from pathlib import Path
from typing import Any

import torch

from corne_torch.abstract import is_for_compiler
from corne_torch.operations import define

Tensor = torch.Tensor

#: Multiplications from which on oneDNN's start, some ten microseconds, is made up for; and where a side is narrow,
#: which is what MKL is slowest with.
_MANY, _MANY_NARROW, _NARROW = 1 << 21, 1 << 19, 16
#: Multiplications that make up for copying a number.
_PER_COPY = 96


def product(x: Tensor, kernel: Tensor, bias: Tensor | None = None) -> Tensor:
    """Return ``x @ kernel + bias`` of two matrices and a row, all of one floating dtype."""
    if not _is_for_onednn(x, kernel):
        return torch.mm(x, kernel) if bias is None else torch.addmm(bias, x, kernel)
    if torch.is_grad_enabled() and any(v is not None and v.requires_grad for v in (x, kernel, bias)):
        result: Tensor = _Product.apply(x, kernel, bias)
        return result
    return _multiply(x, kernel, bias)


class _Product(torch.autograd.Function):
    """``apply(x, kernel, bias)``: the product by oneDNN, with gradients that are such products too."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, kernel: Tensor, bias: Tensor | None) -> Tensor:
        ctx.save_for_backward(x, kernel)
        return _multiply(x, kernel, bias)

    @staticmethod
    def backward(ctx: Any, dy: Tensor) -> Any:
        x, kernel = ctx.saved_tensors
        for_x, for_kernel, for_bias = ctx.needs_input_grad
        dx = product(dy, kernel.t()) if for_x else None
        return dx, product(x.t(), dy) if for_kernel else None, dy.sum(0) if for_bias else None


def _multiply(x: Tensor, kernel: Tensor, bias: Tensor | None) -> Tensor:
    if is_for_compiler():
        result: Tensor = _WHOLE(x, kernel)
        return result if bias is None else result + bias
    return _by_onednn(x, kernel, bias)


def _by_onednn(x: Tensor, kernel: Tensor, bias: Tensor | None = None) -> Tensor:
    """Return ``x @ kernel + bias``, worked out the other way round where fewer numbers have to be copied for that."""
    straight, turned = _copied(x, kernel)
    if bias is None and turned < straight:
        return _linear(kernel.t(), _without_gaps(x), None).t().contiguous()
    return _linear(x, _without_gaps(kernel).t(), bias)


def _copied(x: Tensor, kernel: Tensor) -> tuple[int, int]:
    """Return how many numbers are copied for a product, and for the same the other way round.

    The first factor's rows, and those of the result, are to lie one after the other in memory; the second's rows or
    columns are, as oneDNN has no fast code for anything else.
    """
    left = 0 if x.is_contiguous() else x.numel()
    right = 0 if kernel.t().is_contiguous() else kernel.numel()
    straight = left + (0 if _has_no_gaps(kernel) else kernel.numel())
    turned = right + (0 if _has_no_gaps(x) else x.numel()) + x.shape[0] * kernel.shape[1]
    return straight, turned


def _has_no_gaps(x: Tensor) -> bool:
    return x.is_contiguous() or x.t().is_contiguous()


def _without_gaps(x: Tensor) -> Tensor:
    return x if _has_no_gaps(x) else x.contiguous()


def _linear(x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    result: Tensor = torch.ops.mkldnn._linear_pointwise.default(x, weight, bias, "none", [], "")
    return result


# In a graph it is one operation: Inductor takes oneDNN's with constant factors only.
_WHOLE = define(
    "product(Tensor x, Tensor kernel) -> Tensor",
    _by_onednn,
    lambda x, kernel: x.new_empty((x.shape[0], kernel.shape[1])),
)


def _is_for_onednn(x: Tensor, kernel: Tensor) -> bool:
    (rows, inner), columns = x.shape, kernel.shape[1]
    narrowest, all_products = min(rows, columns), rows * inner * columns
    return (
        all_products >= (_MANY_NARROW if narrowest <= _NARROW else _MANY)
        and narrowest > 1
        and x.dtype is torch.float32
        and x.device.type == "cpu"
        and _is_onednn_faster()
        and torch._C._get_mkldnn_enabled()
        and all_products >= _PER_COPY * min(_copied(x, kernel))
    )


@functools.cache
def _is_onednn_faster() -> bool:
    """Return whether PyTorch multiplies with MKL on a processor of AMD's that has more than MKL uses there."""
    return (
        torch.backends.mkldnn.is_available()
        and torch.backends.mkl.is_available()
        and torch.backends.cpu.get_cpu_capability() == "AVX512"
        and "AuthenticAMD" in _processor()
    )


def _processor() -> str:
    """Return what the system says of the processor, its maker's name included."""
    description = Path("/proc/cpuinfo")
    return description.read_text() if description.exists() else platform.processor()
