"""Multiply: the product of several arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corne import ops
from corne.backend import Array

from corne_layers._merge import Masks, Merge, full_masks


class Multiply(Merge):
    """Multiply the arrays of a list.

    Where an input is padding it counts as 1; where all are, the result is 0.

    Args:
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        inputs: a list of ``(batch, ...)``; sizes 1 and missing axes are repeated to fit; output
        ``(batch, ...)``.

    Raises:
        ShapeError: The input is no list, or the shapes don't fit.

    >>> import numpy as np
    >>> Multiply()([np.array([[1.0, 8.0]]), np.array([[3.0, 4.0]])]).tolist()
    [[3.0, 32.0]]
    """

    def merge(self, inputs: list[Array], masks: Masks) -> Array:
        """Multiply."""
        full = full_masks(inputs, masks)
        output: Array = None
        for x, mask in zip(inputs, full, strict=True):
            factor = x if mask is None else ops.where(mask, x, ops.ones_like(x))
            output = factor if output is None else ops.multiply(output, factor)
        if any(mask is None for mask in full):
            return output
        real = full[0]
        for mask in full[1:]:
            real = ops.logical_or(real, mask)
        return ops.where(real, output, ops.zeros_like(output))


def multiply(inputs: Sequence[Array], **kwargs: Any) -> Array:
    """Return ``Multiply(**kwargs)(inputs)``.

    >>> import numpy as np
    >>> multiply([np.array([[1.0, 8.0]]), np.array([[3.0, 4.0]])]).tolist()
    [[3.0, 32.0]]
    """
    return Multiply(**kwargs)(inputs)
