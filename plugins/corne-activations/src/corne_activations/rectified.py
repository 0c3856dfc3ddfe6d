"""Activations that pass positive values and bend or cut negative ones."""

from __future__ import annotations

from corne import ops
from corne.backend import Array
from corne.errors import ArgumentError


def relu(
    x: Array, negative_slope: float = 0.0, max_value: float | None = None, threshold: float = 0.0
) -> Array:
    """Return ``x`` where it is positive, else 0: the rectified linear unit.

    With all arguments: ``max_value`` where ``x >= max_value``, ``x`` where ``x > threshold``, and
    ``negative_slope * (x - threshold)`` below that.

    Args:
        x: An array.
        negative_slope: Slope below the threshold. Default 0.
        max_value: Largest value returned; None for no limit. Default None.
        threshold: Where the positive part begins. Default 0.

    Raises:
        ArgumentError: ``max_value`` is negative.

    >>> relu([-2.0, 1.0, 9.0], negative_slope=0.5, max_value=6).tolist()
    [-1.0, 1.0, 6.0]
    """
    if max_value is not None and max_value < 0:
        raise ArgumentError("relu(max_value=…)", "None or a number >= 0", repr(max_value), "Use 6 for ReLU6.")
    if threshold == 0:
        if max_value is None:
            return ops.leaky_relu(x, negative_slope) if negative_slope else ops.relu(x)
        positive = ops.relu6(x) if max_value == 6 else ops.clip(x, 0, max_value)
    else:
        positive = ops.where(ops.greater(x, threshold), x, ops.zeros_like(x))
        if max_value is not None:
            positive = ops.clip(positive, 0, max_value)
    if not negative_slope:
        return positive
    below = ops.relu(ops.subtract(threshold, x))
    return ops.subtract(
        positive, ops.multiply(below, negative_slope)
    )  # operators would widen bfloat16 on NumPy


def relu6(x: Array) -> Array:
    """Return ``x`` limited to the interval from 0 to 6.

    Source: Convolutional Deep Belief Networks on CIFAR-10, Krizhevsky 2010,
    https://www.cs.utoronto.ca/~kriz/conv-cifar10-aug2010.pdf

    >>> relu6([-2.0, 1.0, 9.0]).tolist()
    [0.0, 1.0, 6.0]
    """
    return ops.relu6(x)


def leaky_relu(x: Array, negative_slope: float = 0.2) -> Array:
    """Return ``x`` where it is positive, else ``negative_slope * x``.

    Args:
        x: An array.
        negative_slope: Slope of the negative part. Default 0.2.

    >>> leaky_relu([-2.0, 1.0], negative_slope=0.5).tolist()
    [-1.0, 1.0]
    """
    return ops.leaky_relu(x, negative_slope)


def elu(x: Array, alpha: float = 1.0) -> Array:
    """Return ``x`` where it is positive, else ``alpha * (exp(x) - 1)``: the exponential linear unit.

    Args:
        x: An array.
        alpha: The value ``-alpha`` is approached for very negative ``x``. Default 1.

    Source: ELU, Clevert et al. 2016, https://arxiv.org/abs/1511.07289

    >>> elu([0.0, 3.0]).tolist()
    [0.0, 3.0]
    """
    return ops.elu(x, alpha)


def selu(x: Array) -> Array:
    """Return ``scale * elu(x, alpha)`` with the constants that keep mean 0 and variance 1 through layers.

    ``alpha`` is about 1.6733 and ``scale`` about 1.0507. Goes with the initializer LecunNormal and the
    layer AlphaDropout.

    Source: Self-Normalizing Neural Networks, Klambauer et al. 2017, https://arxiv.org/abs/1706.02515

    >>> round(float(selu(1.0)), 4)
    1.0507
    """
    return ops.selu(x)


def celu(x: Array, alpha: float = 1.0) -> Array:
    """Return ``x`` where it is positive, else ``alpha * (exp(x / alpha) - 1)``: ELU with a smooth bend.

    Args:
        x: An array.
        alpha: The value ``-alpha`` is approached for very negative ``x``. Default 1.

    Source: CELU, Barron 2017, https://arxiv.org/abs/1704.07483

    >>> celu([0.0, 3.0], alpha=2.0).tolist()
    [0.0, 3.0]
    """
    return ops.celu(x, alpha)


def threshold(x: Array, threshold: float, default_value: float) -> Array:
    """Return ``x`` where it is above ``threshold``, else ``default_value``.

    Args:
        x: An array.
        threshold: Values at or below it are replaced.
        default_value: What they are replaced with.

    >>> threshold([0.5, 2.0], 1.0, -1.0).tolist()
    [-1.0, 2.0]
    """
    return ops.threshold(x, threshold, default_value)
