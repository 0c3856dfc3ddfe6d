"""Activations and normalization."""

from __future__ import annotations

import math
from collections.abc import Sequence

from corne import config, dtypes
from corne.backend import Array
from corne.errors import ArgumentError, ShapeError
from corne.operation import axes_tuple, dtype_of, op, promoted_float, to, xp

Axis = int | Sequence[int] | None


# -- activations ----------------------------------------------------------------------------------------
@op()
def relu(x: Array) -> Array:
    """Return ``max(x, 0)``."""
    return xp().maximum(x, xp().zeros_like(x))


@op()
def relu6(x: Array) -> Array:
    """Return ``min(max(x, 0), 6)``."""
    return xp().minimum(relu(x), to(6, dtype_of(x)))


@op()
def sigmoid(x: Array) -> Array:
    """Return ``1 / (1 + exp(-x))``."""
    (x,) = promoted_float(x)
    small = xp().exp(-xp().abs(x))  # at most 1: no overflow
    return xp().where(x >= 0, 1 / (1 + small), small / (1 + small))


@op()
def sparse_sigmoid(x: Array) -> Array:
    """Return ``(x + 1) / 2`` limited to [0, 1]."""
    (x,) = promoted_float(x)
    return xp().clip(0.5 * (x + 1), 0, 1)


@op()
def softplus(x: Array) -> Array:
    """Return ``log(1 + exp(x))``."""
    (x,) = promoted_float(x)
    return xp().logaddexp(x, xp().zeros_like(x))


@op()
def softsign(x: Array) -> Array:
    """Return ``x / (1 + |x|)``."""
    (x,) = promoted_float(x)
    return x / (1 + xp().abs(x))


@op()
def silu(x: Array) -> Array:
    """Return ``x * sigmoid(x)``. Source: Elfwing et al. 2017, https://arxiv.org/abs/1702.03118"""
    (x,) = promoted_float(x)
    return x * sigmoid(x)


def swish(x: Array) -> Array:
    """Return :func:`silu` under its other name."""
    return silu(x)


@op()
def log_sigmoid(x: Array) -> Array:
    """Return ``log(sigmoid(x))``."""
    (x,) = promoted_float(x)
    return -softplus(-x)


@op()
def leaky_relu(x: Array, negative_slope: float = 0.2) -> Array:
    """Return ``x`` where positive, else ``negative_slope * x``."""
    (x,) = promoted_float(x)
    return xp().where(x > 0, x, negative_slope * x)


@op()
def hard_sigmoid(x: Array) -> Array:
    """Return ``x / 6 + 1/2`` limited to [0, 1]."""
    (x,) = promoted_float(x)
    return xp().clip(x / 6 + 0.5, 0, 1)


@op()
def hard_silu(x: Array) -> Array:
    """Return ``x * hard_sigmoid(x)``. Source: Howard et al. 2019, https://arxiv.org/abs/1905.02244"""
    (x,) = promoted_float(x)
    return x * hard_sigmoid(x)


def hard_swish(x: Array) -> Array:
    """Return :func:`hard_silu` under its other name."""
    return hard_silu(x)


@op()
def hard_tanh(x: Array) -> Array:
    """Return ``x`` limited to [-1, 1]."""
    return xp().clip(x, -1, 1)


@op()
def hard_shrink(x: Array, threshold: float = 0.5) -> Array:
    """Return ``x`` where ``|x| > threshold``, else 0."""
    (x,) = promoted_float(x)
    return xp().where(xp().abs(x) > threshold, x, xp().zeros_like(x))


@op()
def soft_shrink(x: Array, threshold: float = 0.5) -> Array:
    """Return ``x`` moved towards 0 by ``threshold``."""
    (x,) = promoted_float(x)
    return xp().sign(x) * relu(xp().abs(x) - threshold)


@op()
def tanh_shrink(x: Array) -> Array:
    """Return ``x - tanh(x)``."""
    (x,) = promoted_float(x)
    return x - xp().tanh(x)


@op()
def threshold(x: Array, threshold: float, default_value: float) -> Array:
    """Return ``x`` where it is above ``threshold``, else ``default_value``."""
    (x,) = promoted_float(x)
    return xp().where(x > threshold, x, to(default_value, dtype_of(x)))


@op()
def elu(x: Array, alpha: float = 1.0) -> Array:
    """Return ``x`` where positive, else ``alpha * (exp(x) - 1)``. Source: https://arxiv.org/abs/1511.07289"""
    (x,) = promoted_float(x)
    return xp().where(x > 0, x, alpha * xp().expm1(xp().minimum(x, xp().zeros_like(x))))


@op()
def celu(x: Array, alpha: float = 1.0) -> Array:
    """Return ``max(x, 0) + min(alpha * (exp(x / alpha) - 1), 0)``. Source: https://arxiv.org/abs/1704.07483"""
    (x,) = promoted_float(x)
    zero = xp().zeros_like(x)
    return xp().maximum(x, zero) + alpha * xp().expm1(xp().minimum(x, zero) / alpha)


_SELU_ALPHA, _SELU_SCALE = 1.6732632423543772, 1.0507009873554805


@op()
def selu(x: Array) -> Array:
    """Return the self-normalizing ``scale * elu(x, alpha)``. Source: https://arxiv.org/abs/1706.02515"""
    return _SELU_SCALE * elu(x, _SELU_ALPHA)


@op()
def gelu(x: Array, approximate: bool = True) -> Array:
    """Return ``x`` times the normal distribution's mass below it, or the tanh approximation of that.

    Source: Hendrycks and Gimpel 2016, https://arxiv.org/abs/1606.08415
    """
    from corne.ops.elementwise import erf

    (x,) = promoted_float(x)
    if approximate:
        return 0.5 * x * (1 + xp().tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x * x * x)))
    return 0.5 * x * (1 + erf(x / math.sqrt(2)))


@op()
def glu(x: Array, axis: int = -1) -> Array:
    """Return the first half of an axis times the sigmoid of the second."""
    if x.shape[axis] % 2:
        raise ShapeError(
            "ops.glu", f"an even size on axis {axis}", f"shape {tuple(x.shape)}", "It is cut in halves."
        )
    from corne.ops.shaping import split

    first, second = split(x, 2, axis)
    return first * sigmoid(second)


@op()
def squareplus(x: Array, b: float = 4) -> Array:
    """Return ``(x + sqrt(x**2 + b)) / 2``. Source: https://arxiv.org/abs/2112.11687"""
    (x,) = promoted_float(x)
    return (x + xp().sqrt(x * x + b)) / 2


@op()
def sparse_plus(x: Array) -> Array:
    """Return 0 up to -1, ``(x + 1)**2 / 4`` up to 1, then ``x``."""
    (x,) = promoted_float(x)
    return xp().where(x <= -1, xp().zeros_like(x), xp().where(x < 1, 0.25 * (x + 1) * (x + 1), x))


@op()
def softmax(x: Array, axis: Axis = -1) -> Array:
    """Return ``exp(x)`` divided by its sum over axes; None means all."""
    (x,) = promoted_float(x)
    axes = axes_tuple(axis, len(x.shape))
    raised = xp().exp(x - xp().max(x, axis=axes, keepdims=True))
    return raised / xp().sum(raised, axis=axes, keepdims=True)


@op()
def log_softmax(x: Array, axis: Axis = -1) -> Array:
    """Return the logarithm of :func:`softmax`."""
    (x,) = promoted_float(x)
    axes = axes_tuple(axis, len(x.shape))
    moved = x - xp().max(x, axis=axes, keepdims=True)
    return moved - xp().log(xp().sum(xp().exp(moved), axis=axes, keepdims=True))


@op()
def sparsemax(x: Array, axis: int = -1) -> Array:
    """Return the nearest point of the probability simplex. Source: https://arxiv.org/abs/1602.02068"""
    from corne.ops.shaping import moveaxis

    (x,) = promoted_float(x)
    x = moveaxis(x, axis, -1)
    ordered = xp().flip(xp().sort(x, axis=-1), axis=-1)
    count = to(xp().arange(1, x.shape[-1] + 1), dtype_of(x))
    sums = xp().cumulative_sum(ordered, axis=-1)
    support = to(1 + count * ordered > sums, dtype_of(x))
    size = xp().sum(support, axis=-1, keepdims=True)
    tau = (xp().sum(support * ordered, axis=-1, keepdims=True) - 1) / size
    return moveaxis(relu(x - tau), -1, axis)


# -- normalization --------------------------------------------------------------------------------------
@op()
def normalize(x: Array, axis: Axis = -1, order: int = 2, epsilon: float | None = None) -> Array:
    """Return ``x`` divided by its norm of an order along an axis, or by ``epsilon`` if that is larger.

    float16 is computed as float32, whose range holds the squares of small and large numbers.
    """
    (x,) = promoted_float(x)
    if dtype_of(x) == "float16":
        return to(normalize(to(x, "float32"), axis, order, epsilon), "float16")
    axis = axes_tuple(axis, len(x.shape))
    epsilon = config.epsilon() if epsilon is None else epsilon
    if order == 2:
        squares = xp().sum(x * x, axis=axis, keepdims=True)
        return x / xp().sqrt(xp().maximum(squares, to(epsilon**2, dtype_of(x))))
    norm = xp().sum(xp().abs(x) ** order, axis=axis, keepdims=True) ** (1 / order)
    return x / xp().maximum(norm, to(epsilon, dtype_of(x)))


@op()
def moments(x: Array, axes: Axis, keepdims: bool = False, synchronized: bool = False) -> tuple[Array, Array]:
    """Return mean and variance over axes; float16 is computed as float32.

    Args:
        x: Numbers.
        axes: Axes to reduce.
        keepdims: Whether to keep them with size 1. Default False.
        synchronized: Only False: there are no replicas to agree with.
    """
    if synchronized:
        raise ArgumentError(
            "ops.moments(synchronized=…)", "False", "True", "Corne runs on one replica; leave it out."
        )
    dtype = dtype_of(x)
    wide = to(x, "float32") if dtype == "float16" else x
    axes_ = axes_tuple(axes, len(x.shape))
    mean = xp().mean(wide, axis=axes_, keepdims=True)
    variance = xp().mean(xp().square(wide - mean), axis=axes_, keepdims=keepdims)
    mean = mean if keepdims else xp().squeeze(mean, axis=axes_)
    if dtype == "float16":
        mean, variance = (xp().clip(v, *dtypes.limits(dtype)) for v in (mean, variance))
    return to(mean, dtype), to(variance, dtype)


@op(("x", "mean", "variance", "offset", "scale"))
def batch_normalization(
    x: Array,
    mean: Array,
    variance: Array,
    axis: int,
    offset: Array = None,
    scale: Array = None,
    epsilon: float = 1e-3,
) -> Array:
    """Return ``(x - mean) / sqrt(variance + epsilon) * scale + offset``, all of them along one axis."""
    shape = tuple(x.shape[axis] if i == axis % len(x.shape) else 1 for i in range(len(x.shape)))
    factor = 1 / xp().sqrt(xp().reshape(variance, shape) + epsilon)
    if scale is not None:
        factor = factor * xp().reshape(scale, shape)
    shift = -xp().reshape(mean, shape) * factor
    if offset is not None:
        shift = shift + xp().reshape(offset, shape)
    return x * factor + shift


@op(3)
def layer_normalization(
    x: Array,
    gamma: Array = None,
    beta: Array = None,
    axis: Axis = -1,
    epsilon: float | None = None,
    rms_scaling: bool = False,
) -> Array:
    """Return ``x`` with mean 0 and variance 1 over axes, times ``gamma`` plus ``beta``.

    Source: Ba et al. 2016, https://arxiv.org/abs/1607.06450. With ``rms_scaling`` the mean is left and
    the result multiplied by ``gamma`` alone.
    """
    epsilon = config.epsilon() if epsilon is None else epsilon
    dtype = dtype_of(x)
    wide = to(x, "float32") if dtype in ("float16", "bfloat16") else x
    axes = axes_tuple(axis, len(x.shape))
    shape = tuple(s if i in axes else 1 for i, s in enumerate(x.shape))
    if rms_scaling:
        variance = xp().var(wide, axis=axes, keepdims=True)
        result = wide / xp().sqrt(variance + epsilon)
        return to(result if gamma is None else result * xp().reshape(gamma, shape), dtype)
    mean = xp().mean(wide, axis=axes, keepdims=True)
    variance = xp().mean(xp().square(wide - mean), axis=axes, keepdims=True)
    result = (wide - mean) / xp().sqrt(variance + epsilon)
    if gamma is not None:
        result = result * xp().reshape(gamma, shape)
    if beta is not None:
        result = result + xp().reshape(beta, shape)
    return to(result, dtype)


@op(2)
def rms_normalization(x: Array, scale: Array = None, axis: Axis = -1, epsilon: float | None = None) -> Array:
    """Return ``x`` divided by its root mean square over axes, times ``scale``.

    Source: Zhang and Sennrich 2019, https://arxiv.org/abs/1910.07467
    """
    epsilon = config.epsilon() if epsilon is None else epsilon
    dtype = dtype_of(x)
    wide = to(x, "float32") if dtype in ("float16", "bfloat16") else x
    axes = axes_tuple(axis, len(x.shape))
    result = wide / xp().sqrt(xp().mean(xp().square(wide), axis=axes, keepdims=True) + epsilon)
    if scale is not None:
        result = result * xp().reshape(scale, tuple(s if i in axes else 1 for i, s in enumerate(x.shape)))
    return to(result, dtype)
