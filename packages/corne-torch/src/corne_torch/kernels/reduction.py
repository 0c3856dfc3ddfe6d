"""Functions that reduce axes or sort along one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from corne_torch.kernels._table import KERNELS, kernel

Axis = int | tuple[int, ...] | list[int] | None


def _reduction(name: str, function: Callable[..., Any]) -> Callable[..., Any]:

    def kernel(x: torch.Tensor, axis: Axis = None, keepdims: bool = False) -> Any:
        # PyTorch takes no axes for all of them, the standard for none.
        if not x.is_floating_point() or axis == () or axis == []:
            return NotImplemented
        if axis is None:
            if not keepdims:
                return function(x)
            axis = tuple(range(x.ndim))
        return function(x, axis, keepdims)

    return kernel


def _amax(x: torch.Tensor, *args: Any) -> torch.Tensor:
    return torch.amax(x, *args) if args else torch.max(x)


def _amin(x: torch.Tensor, *args: Any) -> torch.Tensor:
    return torch.amin(x, *args) if args else torch.min(x)


def _logsumexp(x: torch.Tensor, axis: Any = None, keepdims: bool = False) -> torch.Tensor:
    return torch.logsumexp(x, tuple(range(x.ndim)) if axis is None else axis, keepdims)


_FUNCTIONS: dict[str, Callable[..., Any]] = {"sum": torch.sum, "mean": torch.mean, "logsumexp": _logsumexp}
KERNELS.update({name: _reduction(name, function) for name, function in _FUNCTIONS.items()})

_max, _min = _reduction("max", _amax), _reduction("min", _amin)


@kernel("max")
def max(x: torch.Tensor, axis: Axis = None, keepdims: bool = False, initial: Any = None) -> Any:
    """Return the largest element; several of them share the gradient."""
    if initial is not None:
        return NotImplemented
    return _max(x, axis, keepdims)


@kernel("min")
def min(x: torch.Tensor, axis: Axis = None, keepdims: bool = False, initial: Any = None) -> Any:
    """Return the smallest element; several of them share the gradient."""
    if initial is not None:
        return NotImplemented
    return _min(x, axis, keepdims)


@kernel("var")
def var(x: torch.Tensor, axis: Axis = None, keepdims: bool = False) -> Any:
    """Return the variance in one pass."""
    if not x.is_floating_point() or axis == () or axis == []:
        return NotImplemented
    return torch.var(x, axis, correction=0, keepdim=keepdims)


@kernel("argmax")
def argmax(x: torch.Tensor, axis: int | None = None, keepdims: bool = False) -> Any:
    """Return the index of the largest element."""
    x = x.to(torch.int32) if x.dtype is torch.bool else x
    return torch.argmax(x, axis, keepdims).to(torch.int32)


@kernel("argmin")
def argmin(x: torch.Tensor, axis: int | None = None, keepdims: bool = False) -> Any:
    """Return the index of the smallest element."""
    x = x.to(torch.int32) if x.dtype is torch.bool else x
    return torch.argmin(x, axis, keepdims).to(torch.int32)


@kernel("top_k")
def top_k(x: torch.Tensor, k: int, sorted: bool = True) -> Any:
    """Return the largest elements and their indices, the first of equals first.

    torch.topk takes any of equals, so it serves where there are none to tell apart: this sorts, stably,
    unless k is 1.
    """
    if k == 1:
        index = torch.argmax(x, -1, True)
        return x.gather(-1, index), index.to(torch.int32)
    values, order = torch.sort(x, dim=-1, descending=True, stable=True)
    return values[..., :k], order[..., :k].to(torch.int32)


@kernel("count_nonzero")
def count_nonzero(x: torch.Tensor, axis: Axis = None) -> Any:
    """Count the elements that are not zero."""
    return (torch.sum(x != 0) if axis is None else torch.sum(x != 0, axis)).to(torch.int32)
