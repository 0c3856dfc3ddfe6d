"""Normalization by moments."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from corne import config

from corne_torch.kernels._table import default, kernel

Axis = int | tuple[int, ...] | list[int] | None
Tensor = torch.Tensor

_moments, _batch, _layer, _rms = map(
    default, ("moments", "batch_normalization", "layer_normalization", "rms_normalization")
)


@kernel("moments")
def moments(x: Tensor, axes: Axis, keepdims: bool = False, synchronized: bool = False) -> Any:
    """Return mean and variance in one pass; half precision and empty axes are left to the default."""
    if synchronized or x.dtype not in (torch.float32, torch.float64) or axes == () or axes == []:
        return _moments(x, axes, keepdims, synchronized)
    variance, mean = torch.var_mean(x, axes, correction=0, keepdim=keepdims)
    return mean, variance


@kernel("batch_normalization")
def batch_normalization(
    x: Tensor,
    mean: Tensor,
    variance: Tensor,
    axis: int,
    offset: Tensor | None = None,
    scale: Tensor | None = None,
    epsilon: float = 1e-3,
) -> Any:
    """Normalize one axis. PyTorch's own function can't differentiate by mean and variance."""
    differentiated = torch.is_grad_enabled() and (mean.requires_grad or variance.requires_grad)
    alike = all(v is None or v.dtype is x.dtype for v in (mean, variance, offset, scale))
    if differentiated or not alike or not x.is_floating_point() or x.ndim < 2:
        return _batch(x, mean, variance, axis, offset, scale, epsilon)
    moved = x.movedim(axis, 1)
    return F.batch_norm(moved, mean, variance, scale, offset, training=False, eps=epsilon).movedim(1, axis)


def _trailing(x: Tensor, axis: Axis) -> tuple[int, ...] | None:
    """Return the sizes of the axes if they are the last ones, in order; else None."""
    ndim = x.ndim
    if isinstance(axis, int):
        return (x.shape[-1],) if axis in (-1, ndim - 1) and ndim else None
    found = [a % ndim for a in (range(ndim) if axis is None else axis)]
    return tuple(x.shape[found[0] :]) if found and found == list(range(found[0], ndim)) else None


def _shaped(parameter: Tensor | None, shape: tuple[int, ...]) -> Tensor | None:
    """Return a scale or offset in a shape; None for none."""
    if parameter is None:
        return None
    return parameter if parameter.ndim == len(shape) else parameter.reshape(shape)


_FULL = (torch.float32, torch.float64)


@kernel("layer_normalization")
def layer_normalization(
    x: Tensor,
    gamma: Tensor | None = None,
    beta: Tensor | None = None,
    axis: Axis = -1,
    epsilon: float | None = None,
    rms_scaling: bool = False,
) -> Any:
    """Normalize the last axes by their mean and variance."""
    shape = _trailing(x, axis)
    dtype = x.dtype
    alike = (gamma is None or gamma.dtype is dtype) and (beta is None or beta.dtype is dtype)
    if rms_scaling or shape is None or not alike or dtype not in _FULL:
        return _layer(x, gamma, beta, axis, epsilon, rms_scaling)
    epsilon = config.epsilon() if epsilon is None else epsilon
    return torch.layer_norm(x, shape, _shaped(gamma, shape), _shaped(beta, shape), epsilon)


@kernel("rms_normalization")
def rms_normalization(
    x: Tensor, scale: Tensor | None = None, axis: Axis = -1, epsilon: float | None = None
) -> Any:
    """Divide the last axes by their root mean square."""
    shape = _trailing(x, axis)
    if shape is None or not (scale is None or scale.dtype is x.dtype) or x.dtype not in _FULL:
        return _rms(x, scale, axis, epsilon)
    epsilon = config.epsilon() if epsilon is None else epsilon
    return F.rms_norm(x, shape, _shaped(scale, shape), epsilon)
