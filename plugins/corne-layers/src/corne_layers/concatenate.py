"""Concatenate: several arrays side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corne import ops
from corne.backend import Array, Shape
from corne.errors import ShapeError

from corne_layers._merge import Masks, Merge


class Concatenate(Merge):
    """Put the arrays of a list side by side along ``axis``.

    Args:
        axis: The axis whose sizes are added. Default -1.
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        inputs: a list of ``(batch, ...)`` that are equal but for ``axis``; output ``(batch, ...)`` with the
        sum of the sizes there.

    Raises:
        ShapeError: The input is no list, or the shapes differ along another axis.

    >>> import numpy as np
    >>> tuple(Concatenate()([np.ones((2, 3)), np.ones((2, 4))]).shape)
    (2, 7)
    """

    config_kinds = {}

    def __init__(self, axis: int = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = axis

    def call(self, inputs: Sequence[Array], mask: Masks | None = None) -> Array:
        """Concatenate."""
        self._check_list([tuple(x.shape) for x in inputs] if isinstance(inputs, (list, tuple)) else inputs)
        return ops.concatenate(inputs, axis=self.axis)

    def compute_output_shape(self, input_shape: Sequence[Shape]) -> Shape:
        """Return the inputs' shape with the sum of their sizes along ``axis``."""
        self._check_list(input_shape)
        shapes = [tuple(shape) for shape in input_shape]
        rank = len(shapes[0])
        fits = -rank <= self.axis < rank and all(len(shape) == rank for shape in shapes)
        result: list[int | None] = []
        for axis in range(rank if fits else 0):
            here = [shape[axis] for shape in shapes]
            known = [size for size in here if size is not None]
            if axis == self.axis % rank:
                result.append(sum(known) if len(known) == len(here) else None)
            else:
                fits = fits and len(set(known)) <= 1
                result.append(known[0] if known else None)
        if not fits:
            raise ShapeError(
                self.name, f"inputs with equal sizes along every axis but axis {self.axis}",
                " and ".join(map(str, shapes)), "Correct axis, or reshape, crop or pad before.",
            )  # fmt: skip
        return tuple(result)

    def compute_mask(self, inputs: Sequence[Array], previous_mask: Any = None) -> Array | None:
        """Return where any of what stands side by side is real; an input without a mask is real."""
        if previous_mask is None or all(mask is None for mask in previous_mask):
            return None
        full = []
        for x, mask in zip(inputs, previous_mask, strict=True):
            if mask is None:
                mask = ops.ones_like(x, dtype="bool")
            elif len(mask.shape) < len(x.shape):
                mask = ops.broadcast_to(ops.expand_dims(mask, -1), tuple(x.shape))
            full.append(mask)
        return ops.any(ops.concatenate(full, axis=self.axis), axis=-1)


def concatenate(inputs: Sequence[Array], axis: int = -1, **kwargs: Any) -> Array:
    """Return ``Concatenate(axis, **kwargs)(inputs)``.

    >>> import numpy as np
    >>> tuple(concatenate([np.ones((2, 3)), np.ones((1, 3))], axis=0).shape)
    (3, 3)
    """
    return Concatenate(axis=axis, **kwargs)(inputs)
