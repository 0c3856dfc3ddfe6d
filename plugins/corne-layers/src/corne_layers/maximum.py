"""Maximum: the largest of several values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corne import ops
from corne.backend import Array

from corne_layers._merge import Masks, Merge, merge_real


class Maximum(Merge):
    """Take the largest value of the arrays of a list, place by place.

    Where only some inputs are real and the others padding, the real ones count.

    Args:
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        inputs: a list of ``(batch, ...)``; sizes 1 and missing axes are repeated to fit; output
        ``(batch, ...)``.

    Raises:
        ShapeError: The input is no list, or the shapes don't fit.

    >>> import numpy as np
    >>> Maximum()([np.array([[1.0, 8.0]]), np.array([[3.0, 4.0]])]).tolist()
    [[3.0, 8.0]]
    """

    def merge(self, inputs: list[Array], masks: Masks) -> Array:
        """Take the largest."""
        return merge_real(ops.maximum, inputs, masks)


def maximum(inputs: Sequence[Array], **kwargs: Any) -> Array:
    """Return ``Maximum(**kwargs)(inputs)``.

    >>> import numpy as np
    >>> maximum([np.array([[1.0, 8.0]]), np.array([[3.0, 4.0]])]).tolist()
    [[3.0, 8.0]]
    """
    return Maximum(**kwargs)(inputs)
