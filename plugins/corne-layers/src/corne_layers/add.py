"""Add: the sum of several arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corne import ops
from corne.backend import Array

from corne_layers._merge import Masks, Merge


class Add(Merge):
    """Add arrays of a list.

    Args:
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        inputs: a list of ``(batch, ...)``; sizes 1 and missing axes are repeated to fit; output
        ``(batch, ...)``.

    Raises:
        ShapeError: The input is no list, or the shapes don't fit.

    >>> import numpy as np
    >>> Add()([np.array([[1.0, 8.0]]), np.array([[3.0, 4.0]])]).tolist()
    [[4.0, 12.0]]
    """

    def merge(self, inputs: list[Array], masks: Masks) -> Array:
        """Add."""
        output = inputs[0]
        for x in inputs[1:]:
            output = ops.add(output, x)
        return output


def add(inputs: Sequence[Array], **kwargs: Any) -> Array:
    """Return ``Add(**kwargs)(inputs)``.

    >>> import numpy as np
    >>> add([np.array([[1.0, 8.0]]), np.array([[3.0, 4.0]])]).tolist()
    [[4.0, 12.0]]
    """
    return Add(**kwargs)(inputs)
