"""Crossentropies."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from corne import config

from corne_torch.abstract import is_for_compiler
from corne_torch.kernels._table import kernel

Tensor = torch.Tensor

#: So many classes at most are looked through one by one in a graph: unlike a gather, whose gradient is a scatter,
#: that fuses with what is around it.
_FEW = 1024


def _log_probabilities(output: Tensor, from_logits: bool, axis: int) -> Tensor:
    if from_logits:
        return torch.log_softmax(output, axis)
    output = output / torch.sum(output, axis, keepdim=True)
    return torch.log(torch.clamp(output, config.epsilon(), 1 - config.epsilon()))


@kernel("binary_crossentropy")
def binary_crossentropy(target: Tensor, output: Tensor, from_logits: bool = False) -> Any:
    """Return ``-t log(p) - (1 - t) log(1 - p)``."""
    if target.dtype is not output.dtype or target.shape != output.shape or not output.is_floating_point():
        return NotImplemented
    if from_logits:
        return F.binary_cross_entropy_with_logits(output, target, reduction="none")
    output = torch.clamp(output, config.epsilon(), 1 - config.epsilon())
    return F.binary_cross_entropy(output, target, reduction="none")


@kernel("categorical_crossentropy")
def categorical_crossentropy(
    target: Tensor, output: Tensor, from_logits: bool = False, axis: int = -1
) -> Any:
    """Return ``-sum(t log(p))`` over an axis."""
    fits = target.dtype is output.dtype and target.shape == output.shape and output.ndim > 0
    if not fits or not output.is_floating_point():
        return NotImplemented
    return -torch.sum(target * _log_probabilities(output, from_logits, axis), axis)


@kernel("sparse_categorical_crossentropy")
def sparse_categorical_crossentropy(
    target: Tensor, output: Tensor, from_logits: bool = False, axis: int = -1
) -> Any:
    """Return ``-log(p)`` of the target class; classes out of range give 0, as their one-hot rows would."""
    if not output.is_floating_point() or output.ndim == 0:
        return NotImplemented
    axis %= output.ndim
    index = target if target.ndim == output.ndim else target.unsqueeze(axis)
    expected = (*output.shape[:axis], 1, *output.shape[axis + 1 :])
    if tuple(index.shape) != expected:
        return NotImplemented
    index = index.to(torch.int64)
    classes = output.shape[axis]
    if is_for_compiler() and classes <= _FEW:
        shape = [classes if i == axis else 1 for i in range(output.ndim)]
        chosen = torch.arange(classes, device=output.device).view(shape) == index
        return -torch.where(chosen, _log_probabilities(output, from_logits, axis), 0.0).sum(axis)
    if is_for_compiler() or not output.requires_grad:
        return _pick(output, index, from_logits, axis)[0]
    return _Picked.apply(output, index, from_logits, axis)


def _pick(output: Tensor, index: Tensor, from_logits: bool, axis: int) -> tuple[Tensor, ...]:
    """Return ``-log(p)`` of the classes, 0 for those out of range, and what the gradient is made of.

    That is the classes within the range, which they are, the sums of all, and the share of the class in them.
    """
    near = index.clamp(0, output.shape[axis] - 1)
    known = near == index
    if from_logits:
        total = torch.logsumexp(output, axis, True)
        share = output.gather(axis, near)
        loss = total - share
    else:
        total = output.sum(axis, True)
        share = output.gather(axis, near) / total
        loss = share.clamp(config.epsilon(), 1 - config.epsilon()).log().neg()
    return (loss * known).squeeze(axis), near, known, total, share


class _Picked(torch.autograd.Function):
    """:func:`_pick` with its gradient in few operations: for a small model each one is felt."""

    @staticmethod
    def forward(ctx: Any, output: Tensor, index: Tensor, from_logits: bool, axis: int) -> Tensor:
        loss, *ctx.found = _pick(output, index, from_logits, axis)
        ctx.save_for_backward(output, index)
        ctx.arguments = from_logits, axis
        return loss

    @staticmethod
    def backward(ctx: Any, upstream: Tensor) -> Any:
        output, index = ctx.saved_tensors
        from_logits, axis = ctx.arguments
        if torch.is_grad_enabled():  # the gradient is to have one itself
            loss = _pick(output, index, from_logits, axis)[0]
            (gradient,) = torch.autograd.grad(loss, output, upstream, create_graph=True)
            return gradient, None, None, None
        near, known, total, share = ctx.found
        upstream = upstream.unsqueeze(axis) * known
        if from_logits:
            gradient = (output - total).exp_().mul_(upstream)
            return gradient.scatter_add_(axis, near, upstream.neg()), None, None, None
        within = share.clamp(config.epsilon(), 1 - config.epsilon())
        rate = upstream / total * (within == share)
        gradient = rate.expand_as(output).clone()
        return gradient.scatter_add_(axis, near, -rate / within), None, None, None
