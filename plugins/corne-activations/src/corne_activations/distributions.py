"""Activations whose values along an axis are probabilities that sum to 1, or their logarithms."""

from __future__ import annotations

from corne import ops
from corne.backend import Array


def softmax(x: Array, axis: int = -1) -> Array:
    """Return ``exp(x) / sum(exp(x))``: probabilities that sum to 1 along ``axis``.

    Args:
        x: Logits.
        axis: Default -1.

    >>> softmax([0.0, 0.0]).tolist()
    [0.5, 0.5]
    """
    return ops.softmax(x, axis)


def log_softmax(x: Array, axis: int = -1) -> Array:
    """Return ``x - log(sum(exp(x)))``: the logarithm of :func:`softmax`.

    Args:
        x: Logits.
        axis: Default -1.

    >>> round(float(log_softmax([0.0, 0.0])[0]), 4)  # log(1 / 2)
    -0.6931
    """
    return ops.log_softmax(x, axis)


def sparsemax(x: Array, axis: int = -1) -> Array:
    """Return the nearest point to ``x`` among the probability distributions; small values become 0.

    Args:
        x: Logits.
        axis: Default -1.

    Source: From Softmax to Sparsemax, Martins and Astudillo 2016, https://arxiv.org/abs/1602.02068

    >>> sparsemax([2.0, 0.0]).tolist()
    [1.0, 0.0]
    """
    return ops.sparsemax(x, axis)
