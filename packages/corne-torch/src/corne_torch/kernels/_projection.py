"""Products of inputs that have a dropout mask for each gate."""

from __future__ import annotations

from typing import Any

import torch
from torch.autograd.function import once_differentiable

Tensor = torch.Tensor


class ByGate(torch.autograd.Function):
    """``apply(x, kernel, bias, masks) -> (steps, batch, gates * units)``, the products of ``x * mask`` by gate.

    ``masks``, ``(gates, batch, features)``, gets no gradient. Results are written where they belong, and the
    masked inputs, which are small beside them, are made again for the backward pass.
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor, kernel: Tensor, bias: Tensor | None, masks: Tensor) -> Tensor:
        z = x.new_empty((*x.shape[:2], kernel.shape[1]))  # no view, so that it may be changed in place
        masked = torch.empty_like(x, memory_format=torch.contiguous_format)
        count = len(masks)
        biases = [None] * count if bias is None else bias.chunk(count)
        for mask, part, add, out in zip(
            masks.unbind(0), kernel.chunk(count, 1), biases, z.flatten(0, 1).chunk(count, 1), strict=True
        ):
            torch.mul(x, mask, out=masked)
            if add is None:
                torch.mm(masked.flatten(0, 1), part, out=out)
            else:
                torch.addmm(add, masked.flatten(0, 1), part, out=out)
        ctx.save_for_backward(x, kernel, masks)
        ctx.has_bias = bias is not None
        return z

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, dz: Tensor) -> Any:
        x, kernel, masks = ctx.saved_tensors
        dz = dz.flatten(0, 1)
        dx, dkernel, count = None, torch.empty_like(kernel), len(masks)
        masked = torch.empty_like(x, memory_format=torch.contiguous_format)
        for mask, part, given, out in zip(
            masks.unbind(0), kernel.chunk(count, 1), dz.chunk(count, 1), dkernel.chunk(count, 1), strict=True
        ):
            torch.mul(x, mask, out=masked)
            torch.mm(masked.flatten(0, 1).t(), given, out=out)
            if ctx.needs_input_grad[0]:
                back = torch.mm(given, part.t()).view(x.shape)
                dx = back.mul_(mask) if dx is None else dx.addcmul_(back, mask)
        return dx, dkernel, dz.sum(0) if ctx.has_bias else None, None
