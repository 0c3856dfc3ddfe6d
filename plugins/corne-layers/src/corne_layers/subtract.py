"""Subtract: the difference of two arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corne import ops
from corne.backend import Array, Shape
from corne.errors import ShapeError

from corne_layers._merge import Masks, Merge


class Subtract(Merge):
    """Subtract the second array of a list from the first.

    Args:
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        inputs: a list of ``(batch, ...)``; sizes 1 and missing axes are repeated to fit; output
        ``(batch, ...)``.

    Raises:
        ShapeError: The input is no list, or the shapes don't fit.

    >>> import numpy as np
    >>> Subtract()([np.array([[1.0, 8.0]]), np.array([[3.0, 4.0]])]).tolist()
    [[-2.0, 4.0]]
    """

    def compute_output_shape(self, input_shape: Sequence[Shape]) -> Shape:
        """Return the shape that the two inputs broadcast to."""
        shape = super().compute_output_shape(input_shape)
        if len(input_shape) != 2:
            raise ShapeError(self.name, "exactly 2 inputs", f"{len(input_shape)}", "Pass [a, b] for a - b.")
        return shape

    def merge(self, inputs: list[Array], masks: Masks) -> Array:
        """Subtract."""
        first, second = inputs
        return ops.subtract(first, second)


def subtract(inputs: Sequence[Array], **kwargs: Any) -> Array:
    """Return ``Subtract(**kwargs)(inputs)``.

    >>> import numpy as np
    >>> subtract([np.array([[1.0, 8.0]]), np.array([[3.0, 4.0]])]).tolist()
    [[-2.0, 4.0]]
    """
    return Subtract(**kwargs)(inputs)
