"""Average: the mean of several arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corne import dtypes, ops
from corne.backend import Array
from corne.symbolic import SymbolicTensor

from corne_layers._merge import Masks, Merge


class Average(Merge):
    """Take the mean of the arrays of a list.

    Args:
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        inputs: a list of ``(batch, ...)``; sizes 1 and missing axes are repeated to fit; output
        ``(batch, ...)``.

    Raises:
        ShapeError: The input is no list, or the shapes don't fit.

    >>> import numpy as np
    >>> Average()([np.array([[1.0, 8.0]]), np.array([[3.0, 4.0]])]).tolist()
    [[2.0, 6.0]]
    """

    def merge(self, inputs: list[Array], masks: Masks) -> Array:
        """Add and divide."""
        output = inputs[0]
        for x in inputs[1:]:
            output = ops.add(output, x)
        return output / len(inputs)

    def compute_output_spec(self, inputs: Sequence[SymbolicTensor], mask: Any = None) -> SymbolicTensor:
        """Return the combined shape; the mean of integers is no integer."""
        spec = super().compute_output_spec(inputs, mask)
        return spec if dtypes.is_float(spec.dtype) else SymbolicTensor(spec.shape, self.compute_dtype)


def average(inputs: Sequence[Array], **kwargs: Any) -> Array:
    """Return ``Average(**kwargs)(inputs)``.

    >>> import numpy as np
    >>> average([np.array([[1.0, 8.0]]), np.array([[3.0, 4.0]])]).tolist()
    [[2.0, 6.0]]
    """
    return Average(**kwargs)(inputs)
