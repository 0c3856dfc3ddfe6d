"""Normalization by moments."""

from __future__ import annotations

import math
import weakref
from typing import Any

import torch
import torch.nn.functional as F
from corne import config

from corne_torch.abstract import is_abstract, is_for_compiler
from corne_torch.kernels._table import kernel
from corne_torch.operations import define

Axis = int | tuple[int, ...] | list[int] | None
Tensor = torch.Tensor

_FULL = (torch.float32, torch.float64)


@kernel("moments")
def moments(x: Tensor, axes: Axis, keepdims: bool = False, synchronized: bool = False) -> Any:
    """Return mean and variance in one pass; half precision and empty axes are left to the default."""
    if synchronized or x.dtype not in _FULL or axes == () or axes == []:
        return NotImplemented
    if _has_rows(x, axes):
        mean, variance = _Moments.apply(x)
        return (mean.view(_kept(x)), variance.view(_kept(x))) if keepdims else (mean, variance)
    variance, mean = torch.var_mean(x, axes, correction=0, keepdim=keepdims)
    return mean, variance


def _has_rows(x: Tensor, axes: Axis) -> bool:
    """Return whether moments are those of each column of a matrix in the processor's memory."""
    if x.device.type != "cpu" or not isinstance(axes, (tuple, list)) or is_abstract():
        return False
    last = x.ndim - 1
    return sorted(a % x.ndim for a in axes) == list(range(last)) and x.is_contiguous() and x.numel() > 0


def _kept(x: Tensor) -> tuple[int, ...]:
    return (1,) * (x.ndim - 1) + (x.shape[-1],)


class _Moments(torch.autograd.Function):
    """``apply(x) -> (mean, variance)`` over all axes but the last.

    ``torch.var_mean`` reads such columns with large strides. What batch normalization collects its
    statistics with does not, but adds one number after the other, which for 65,536 rows costs two digits;
    so up to 64 rows are taken as one, and their columns' moments are combined. (64 images of 32 by 32
    with 16 channels, one thread: 0.8 ms against 7.7.)
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> tuple[Tensor, Tensor]:
        channels = x.shape[-1]
        together = math.gcd(x.numel() // channels, 64)
        rows = x.reshape(1, -1, 1, together * channels).permute(0, 3, 1, 2)
        means, variances = torch.batch_norm_update_stats(rows, None, None, 0.0)
        means, variances = means.view(together, channels), variances.view(together, channels)
        mean = means.mean(0)
        ctx.save_for_backward(x, mean)
        ctx.measured, ctx.version = weakref.ref(x), x._version
        return mean, torch.addcmul(variances, means - mean, means - mean).mean(0)

    @staticmethod
    def backward(ctx: Any, dmean: Tensor, dvariance: Tensor) -> Tensor:
        x, mean = ctx.saved_tensors
        share = x.shape[-1] / x.numel()
        slope = dvariance * (2 * share)
        return torch.addcmul(dmean * share - slope * mean, x, slope)


class _Normalized(torch.autograd.Function):
    """``apply(x, mean, variance, scale, offset, epsilon)``: by the moments of ``x`` itself, channels in axis 1.

    The moments are taken as constants, and the gradient of ``x`` includes what goes through them.
    """

    @staticmethod
    def forward(
        ctx: Any,
        x: Tensor,
        mean: Tensor,
        variance: Tensor,
        scale: Tensor | None,
        offset: Tensor | None,
        epsilon: float,
    ) -> Tensor:
        ctx.save_for_backward(x, mean, variance, scale)
        ctx.epsilon = epsilon
        return F.batch_norm(x, mean, variance, scale, offset, training=False, eps=epsilon)

    @staticmethod
    def backward(ctx: Any, dy: Tensor) -> Any:
        x, mean, variance, scale = ctx.saved_tensors
        if torch.is_grad_enabled():  # this gradient is to be differentiated in turn, by x in the moments too
            axes = [axis for axis in range(x.ndim) if axis != 1]
            variance, mean = torch.var_mean(x, axes, correction=0, keepdim=True)
            inverse = torch.rsqrt(variance + ctx.epsilon)
            normal = (x - mean) * inverse
            dscale, doffset = (dy * normal).sum(axes), dy.sum(axes)
            through = dy - dy.mean(axes, keepdim=True) - normal * (dy * normal).mean(axes, keepdim=True)
            dx = through * inverse * (1 if scale is None else scale.view(inverse.shape))
        else:
            inverse = torch.rsqrt(variance + ctx.epsilon)
            run = BATCH_NORM_BACKWARD if is_for_compiler() else _normalized_backward
            dx, dscale, doffset = run(dy, x, scale, mean, inverse, ctx.epsilon)
        has_scale, has_offset = ctx.needs_input_grad[3:5]
        return dx, None, None, dscale if has_scale else None, doffset if has_offset else None, None


def _normalized_backward(
    dy: Tensor, x: Tensor, scale: Tensor | None, mean: Tensor, inverse: Tensor, epsilon: float
) -> tuple[Tensor, Tensor, Tensor]:
    """Return the gradients with respect to ``x``, scale and offset."""
    dx, dscale, doffset = torch.ops.aten.native_batch_norm_backward(
        dy, x, scale, None, None, mean, inverse, True, epsilon, [True] * 3
    )
    return dx, dscale, doffset


def _normalized_backward_specs(
    dy: Tensor, x: Tensor, scale: Tensor | None, mean: Tensor, inverse: Tensor, epsilon: float
) -> tuple[Tensor, Tensor, Tensor]:
    return torch.empty_like(x), torch.empty_like(mean), torch.empty_like(mean)


# In a graph it is one operation, which the compiler calls as it is: it makes slower code of its parts.
BATCH_NORM_BACKWARD = define(
    "batch_norm_backward(Tensor dy, Tensor x, Tensor? scale, Tensor mean, Tensor inverse, float epsilon)"
    " -> (Tensor, Tensor, Tensor)",
    _normalized_backward,
    _normalized_backward_specs,
)


def _are_moments_of(x: Tensor, mean: Tensor, variance: Tensor) -> bool:
    """Return whether the tape says that these are the moments of this very tensor, over all axes but the last."""
    made = mean.grad_fn
    if made is None or made is not variance.grad_fn or made.name() != "_MomentsBackward":
        return False
    of: Any = made
    is_this = of.measured() is x and of.version == x._version
    return is_this and mean.ndim == 1 and mean.output_nr == 0 and variance.output_nr == 1


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
    """Normalize one axis."""
    differentiated = torch.is_grad_enabled() and (mean.requires_grad or variance.requires_grad)
    by_own_moments = differentiated and axis in (-1, x.ndim - 1) and _are_moments_of(x, mean, variance)
    tensors = [v for v in (x, mean, variance, offset, scale) if v is not None]
    alike = all(v.dtype is x.dtype for v in tensors) and x.is_floating_point() and x.ndim >= 2
    # In a graph of inference, what the default multiplies by can become part of a convolution before it.
    is_inference = is_for_compiler() and not any(v.requires_grad for v in tensors)
    if (differentiated and not by_own_moments) or not alike or is_inference:
        return NotImplemented
    moved = x.movedim(axis, 1)
    if by_own_moments:
        out: Tensor = _Normalized.apply(moved, mean.detach(), variance.detach(), scale, offset, epsilon)
    else:
        out = F.batch_norm(moved, mean, variance, scale, offset, training=False, eps=epsilon)
    return out.movedim(1, axis)


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
        return NotImplemented
    epsilon = config.epsilon() if epsilon is None else epsilon
    return torch.layer_norm(x, shape, _shaped(gamma, shape), _shaped(beta, shape), epsilon)


@kernel("rms_normalization")
def rms_normalization(
    x: Tensor, scale: Tensor | None = None, axis: Axis = -1, epsilon: float | None = None
) -> Any:
    """Divide the last axes by their root mean square."""
    shape = _trailing(x, axis)
    if shape is None or not (scale is None or scale.dtype is x.dtype) or x.dtype not in _FULL:
        return NotImplemented
    epsilon = config.epsilon() if epsilon is None else epsilon
    return F.rms_norm(x, shape, _shaped(scale, shape), epsilon)
