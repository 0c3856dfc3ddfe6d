"""squared_relu: the square of what is above zero."""

from __future__ import annotations

from corne import ops
from corne.backend import Array


def squared_relu(x: Array) -> Array:
    """Return ``max(x, 0) ** 2``.

    Args:
        x: Numbers of any shape.

    Source: So et al. 2021, section 3.1, https://arxiv.org/abs/2109.08668

    >>> float(squared_relu(-2.0)), float(squared_relu(3.0))
    (0.0, 9.0)
    """
    return ops.square(ops.relu(x))
