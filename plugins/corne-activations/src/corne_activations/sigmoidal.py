"""Activations with the shape of an S, and their logarithm."""

from __future__ import annotations

from corne import ops
from corne.backend import Array


def sigmoid(x: Array) -> Array:
    """Return ``1 / (1 + exp(-x))``: a number between 0 and 1.

    >>> float(sigmoid(0.0))
    0.5
    """
    return ops.sigmoid(x)


def log_sigmoid(x: Array) -> Array:
    """Return ``log(1 / (1 + exp(-x)))`` without loss of precision for very negative ``x``.

    >>> round(float(log_sigmoid(-100.0)), 4)
    -100.0
    """
    return ops.log_sigmoid(x)


def tanh(x: Array) -> Array:
    """Return the hyperbolic tangent: a number between -1 and 1.

    >>> float(tanh(0.0))
    0.0
    """
    return ops.tanh(x)
