"""Crossentropies."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from corne import config

from corne_torch.abstract import is_traced
from corne_torch.kernels._table import default, kernel

Tensor = torch.Tensor

#: So many classes at most are looked through one by one in a graph: unlike a gather, whose gradient is a scatter,
#: that fuses with what is around it.
_FEW = 1024

_binary, _categorical, _sparse = map(
    default, ("binary_crossentropy", "categorical_crossentropy", "sparse_categorical_crossentropy")
)


def _log_probabilities(output: Tensor, from_logits: bool, axis: int) -> Tensor:
    if from_logits:
        return torch.log_softmax(output, axis)
    output = output / torch.sum(output, axis, keepdim=True)
    return torch.log(torch.clamp(output, config.epsilon(), 1 - config.epsilon()))


@kernel("binary_crossentropy")
def binary_crossentropy(target: Tensor, output: Tensor, from_logits: bool = False) -> Any:
    """Return ``-t log(p) - (1 - t) log(1 - p)``."""
    if target.dtype is not output.dtype or target.shape != output.shape or not output.is_floating_point():
        return _binary(target, output, from_logits)
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
        return _categorical(target, output, from_logits, axis)
    return -torch.sum(target * _log_probabilities(output, from_logits, axis), axis)


@kernel("sparse_categorical_crossentropy")
def sparse_categorical_crossentropy(
    target: Tensor, output: Tensor, from_logits: bool = False, axis: int = -1
) -> Any:
    """Return ``-log(p)`` of the target class; classes out of range give 0, as their one-hot rows would."""
    if not output.is_floating_point() or output.ndim == 0:
        return _sparse(target, output, from_logits, axis)
    axis %= output.ndim
    index = target if target.ndim == output.ndim else target.unsqueeze(axis)
    expected = (*output.shape[:axis], 1, *output.shape[axis + 1 :])
    if tuple(index.shape) != expected:
        return _sparse(target, output, from_logits, axis)
    index = index.to(torch.int64)
    classes = output.shape[axis]
    if is_traced() and classes <= _FEW:
        shape = [classes if i == axis else 1 for i in range(output.ndim)]
        chosen = torch.arange(classes, device=output.device).view(shape) == index
        return -torch.where(chosen, _log_probabilities(output, from_logits, axis), 0.0).sum(axis)
    known = (index >= 0) & (index < classes)
    logs = _log_probabilities(output, from_logits, axis)
    picked = logs.gather(axis, torch.where(known, index, 0))
    return -torch.where(known, picked, 0.0).squeeze(axis)
