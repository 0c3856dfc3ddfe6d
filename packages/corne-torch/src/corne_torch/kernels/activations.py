"""Activations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
import torch.nn.functional as F

from corne_torch.kernels._table import KERNELS, kernel

_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "relu": torch.relu,
    "relu6": F.relu6,
    "sigmoid": torch.sigmoid,
    "softsign": F.softsign,
    "silu": F.silu,
    "log_sigmoid": F.logsigmoid,
    "hard_sigmoid": F.hardsigmoid,
    "hard_silu": F.hardswish,
    "hard_tanh": F.hardtanh,
    "selu": F.selu,
    "tanh_shrink": F.tanhshrink,
}


def _activation(name: str, function: Callable[[torch.Tensor], torch.Tensor]) -> Callable[..., Any]:

    def kernel(x: torch.Tensor) -> Any:
        return function(x) if x.is_floating_point() else NotImplemented

    return kernel


KERNELS.update({name: _activation(name, function) for name, function in _FUNCTIONS.items()})


@kernel("softplus")
def softplus(x: torch.Tensor) -> Any:
    """Return ``log(1 + exp(x))``; from 40 on exactly ``x``, where float64 can't tell them apart."""
    return F.softplus(x, threshold=40) if x.is_floating_point() else NotImplemented


@kernel("leaky_relu")
def leaky_relu(x: torch.Tensor, negative_slope: float = 0.2) -> Any:
    """Return ``x`` where positive, else ``negative_slope * x``."""
    return F.leaky_relu(x, negative_slope) if x.is_floating_point() else NotImplemented


@kernel("elu")
def elu(x: torch.Tensor, alpha: float = 1.0) -> Any:
    """Return ``x`` where positive, else ``alpha * (exp(x) - 1)``."""
    return F.elu(x, alpha) if x.is_floating_point() else NotImplemented


@kernel("celu")
def celu(x: torch.Tensor, alpha: float = 1.0) -> Any:
    """Return ``max(x, 0) + min(alpha * (exp(x / alpha) - 1), 0)``."""
    return F.celu(x, alpha) if x.is_floating_point() else NotImplemented


@kernel("gelu")
def gelu(x: torch.Tensor, approximate: bool = True) -> Any:
    """Return ``x`` times the normal distribution's mass below it."""
    if not x.is_floating_point():
        return NotImplemented
    return F.gelu(x, approximate="tanh" if approximate else "none")


@kernel("hard_shrink")
def hard_shrink(x: torch.Tensor, threshold: float = 0.5) -> Any:
    """Return ``x`` where ``|x| > threshold``, else 0."""
    return F.hardshrink(x, threshold) if x.is_floating_point() else NotImplemented


@kernel("soft_shrink")
def soft_shrink(x: torch.Tensor, threshold: float = 0.5) -> Any:
    """Return ``x`` moved towards 0 by ``threshold``."""
    return F.softshrink(x, threshold) if x.is_floating_point() else NotImplemented


@kernel("threshold")
def threshold(x: torch.Tensor, threshold: float, default_value: float) -> Any:
    """Return ``x`` where it is above ``threshold``, else ``default_value``."""
    if not x.is_floating_point():
        return NotImplemented
    return F.threshold(x, threshold, default_value)


@kernel("softmax")
def softmax(x: torch.Tensor, axis: int | Sequence[int] | None = -1) -> Any:
    """Return ``exp(x)`` divided by its sum over an axis."""
    return torch.softmax(x, axis) if isinstance(axis, int) and x.is_floating_point() else NotImplemented


@kernel("log_softmax")
def log_softmax(x: torch.Tensor, axis: int | Sequence[int] | None = -1) -> Any:
    """Return the logarithm of softmax."""
    if isinstance(axis, int) and x.is_floating_point():
        return torch.log_softmax(x, axis)
    return NotImplemented


@kernel("glu")
def glu(x: torch.Tensor, axis: int = -1) -> Any:
    """Return the first half of an axis times the sigmoid of the second."""
    return NotImplemented if x.shape[axis] % 2 or not x.is_floating_point() else F.glu(x, axis)
