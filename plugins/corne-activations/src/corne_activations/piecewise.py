"""Activations made of straight lines or parabolas."""

from __future__ import annotations

from corne import ops
from corne.backend import Array


def linear(x: Array) -> Array:
    """Return ``x`` itself.

    >>> linear(3.0)
    3.0
    """
    return x


def hard_sigmoid(x: Array) -> Array:
    """Return ``x / 6 + 0.5`` limited to the interval from 0 to 1.

    >>> hard_sigmoid([-4.0, 0.0, 4.0]).tolist()
    [0.0, 0.5, 1.0]
    """
    return ops.hard_sigmoid(x)


def hard_silu(x: Array) -> Array:
    """Return ``x * hard_sigmoid(x)``, also known as hard swish.

    Source: Searching for MobileNetV3, Howard et al. 2019, section 5.2, https://arxiv.org/abs/1905.02244

    >>> hard_silu([0.0, 4.0]).tolist()
    [0.0, 4.0]
    """
    return ops.hard_silu(x)


def hard_tanh(x: Array) -> Array:
    """Return ``x`` limited to the interval from -1 to 1.

    >>> hard_tanh([-4.0, 0.5, 4.0]).tolist()
    [-1.0, 0.5, 1.0]
    """
    return ops.hard_tanh(x)


def hard_shrink(x: Array, threshold: float = 0.5) -> Array:
    """Return ``x`` where its size is above ``threshold``, else 0.

    Args:
        x: An array.
        threshold: Default 0.5.

    >>> hard_shrink([-2.0, 0.25, 0.75]).tolist()
    [-2.0, 0.0, 0.75]
    """
    return ops.hard_shrink(x, threshold)


def soft_shrink(x: Array, threshold: float = 0.5) -> Array:
    """Return ``x`` moved towards 0 by ``threshold``, and 0 where that would cross it.

    Args:
        x: An array.
        threshold: Default 0.5.

    >>> soft_shrink([-2.0, 0.25, 0.75]).tolist()
    [-1.5, 0.0, 0.25]
    """
    return ops.soft_shrink(x, threshold)


def sparse_plus(x: Array) -> Array:
    """Return 0 below -1, ``x`` above 1 and the parabola ``(x + 1)**2 / 4`` between.

    >>> sparse_plus([-2.0, 0.0, 2.0]).tolist()
    [0.0, 0.25, 2.0]
    """
    return ops.sparse_plus(x)


def sparse_sigmoid(x: Array) -> Array:
    """Return ``(x + 1) / 2`` limited to the interval from 0 to 1.

    >>> sparse_sigmoid([-2.0, 0.0, 2.0]).tolist()
    [0.0, 0.5, 1.0]
    """
    return ops.sparse_sigmoid(x)
