"""Activations that are smooth everywhere, and gates made of them."""

from __future__ import annotations

from corne import ops
from corne.backend import Array


def gelu(x: Array, approximate: bool = False) -> Array:
    """Return ``x * P(N <= x)`` for a standard normal ``N``: the Gaussian error linear unit.

    Args:
        x: An array.
        approximate: Whether to use ``0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x**3)))`` instead of
            the error function. Default False.

    Source: GELU, Hendrycks and Gimpel 2016, https://arxiv.org/abs/1606.08415

    >>> round(float(gelu(1.0)), 4)  # the normal distribution function at 1
    0.8413
    """
    return ops.gelu(x, approximate)


def silu(x: Array) -> Array:
    """Return ``x * sigmoid(x)``, also known as swish.

    Source: Searching for Activation Functions, Ramachandran et al. 2017, https://arxiv.org/abs/1710.05941

    >>> round(float(silu(1.0)), 4)
    0.7311
    """
    return ops.silu(x)


def softplus(x: Array) -> Array:
    """Return ``log(1 + exp(x))``, a smooth relu.

    >>> round(float(softplus(0.0)), 4)  # log 2
    0.6931
    """
    return ops.softplus(x)


def softsign(x: Array) -> Array:
    """Return ``x / (1 + abs(x))``.

    >>> softsign([-1.0, 3.0]).tolist()
    [-0.5, 0.75]
    """
    return ops.softsign(x)


def squareplus(x: Array, b: float = 4) -> Array:
    """Return ``(x + sqrt(x**2 + b)) / 2``, a smooth relu without exponentials.

    Args:
        x: An array.
        b: How wide the bend around 0 is. Default 4.

    Source: Squareplus, Barron 2021, https://arxiv.org/abs/2112.11687

    >>> float(squareplus(0.0))
    1.0
    """
    return ops.squareplus(x, b)


def mish(x: Array) -> Array:
    """Return ``x * tanh(softplus(x))``.

    Source: Mish, Misra 2019, https://arxiv.org/abs/1908.08681

    >>> round(float(mish(1.0)), 4)  # tanh(log(1 + e))
    0.8651
    """
    return ops.multiply(x, ops.tanh(ops.softplus(x)))


def exponential(x: Array) -> Array:
    """Return ``exp(x)``.

    >>> float(exponential(0.0))
    1.0
    """
    return ops.exp(x)


def tanh_shrink(x: Array) -> Array:
    """Return ``x - tanh(x)``.

    >>> float(tanh_shrink(0.0))
    0.0
    """
    return ops.tanh_shrink(x)


def glu(x: Array, axis: int = -1) -> Array:
    """Return ``a * sigmoid(b)`` for the halves ``a`` and ``b`` of ``x``: the gated linear unit.

    Args:
        x: An array with an even size along ``axis``; the result has half of it.
        axis: The axis that is halved. Default -1.

    Source: Language Modeling with Gated Convolutional Networks, Dauphin et al. 2017,
    https://arxiv.org/abs/1612.08083

    >>> glu([4.0, 0.0]).tolist()
    [2.0]
    """
    return ops.glu(x, axis)
