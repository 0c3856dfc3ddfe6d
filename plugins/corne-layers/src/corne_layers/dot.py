"""Dot: products of two arrays, summed along an axis of each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from corne import ops
from corne.backend import Array, Shape
from corne.errors import ArgumentError, ShapeError

from corne_layers._merge import Masks, Merge


class Dot(Merge):
    """Multiply two arrays and sum along an axis of each, sample by sample.

    ``y[b, i..., j...] = sum over k of x1[b, i..., k] * x2[b, k, j...]``, with ``k`` at ``axes``.

    Args:
        axes: The axis to sum over, in both arrays or as a pair; not 0, the batch.
        normalize: Whether to divide by the arrays' Euclidean norms along these axes first, which gives the
            cosine of the angle. Default False.
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        inputs: a list of two, ``(batch, ...)``; output ``(batch, ...)`` with the other axes of the first and
        then of the second, or ``(batch, 1)`` where there are none.

    Raises:
        ArgumentError: ``axes`` is neither an integer nor two, or names the batch.
        ShapeError: Not two inputs, or their sizes along ``axes`` or the batch differ.

    >>> import numpy as np
    >>> Dot(axes=1)([np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]])]).tolist()
    [[11.0]]
    """

    config_kinds = {}

    def __init__(self, axes: int | Sequence[int], normalize: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        pair = (axes, axes) if isinstance(axes, int) else axes
        fits = isinstance(pair, (list, tuple)) and len(pair) == 2 and all(isinstance(a, int) for a in pair)
        if not fits or 0 in pair:
            raise ArgumentError(
                "Dot(axes=…)", "an integer or a pair of them, none of them 0", repr(axes),
                "Axis 0 is the batch; use -1 for the last axis.",
            )  # fmt: skip
        self.axes = axes
        self.normalize = normalize

    def _axes_of(self, shapes: Sequence[Shape]) -> tuple[int, int]:
        self._check_list(shapes)
        if len(shapes) != 2:
            raise ShapeError(self.name, "exactly 2 inputs", f"{len(shapes)}", "Pass a list of two arrays.")
        pair = (self.axes, self.axes) if isinstance(self.axes, int) else tuple(self.axes)
        first, second = (tuple(shape) for shape in shapes)
        for axis, shape in zip(pair, (first, second), strict=True):
            if not -len(shape) < axis < len(shape):
                raise ShapeError(
                    self.name, f"an input with an axis {axis} besides the batch", f"shape {shape}",
                )  # fmt: skip
        one, two = pair[0] % len(first), pair[1] % len(second)
        for a, b, what in (
            (first[one], second[two], f"along axes {(one, two)}"),
            (first[0], second[0], "batches"),
        ):
            if None not in (a, b) and a != b:
                raise ShapeError(
                    self.name, f"equal sizes {what}", f"{a} and {b} in shapes {first} and {second}",
                    "Correct axes, or transpose with Permute() before.",
                )  # fmt: skip
        return one, two

    def call(self, inputs: Sequence[Array], mask: Masks | None = None) -> Array:
        """Multiply and sum."""
        shapes = [tuple(x.shape) for x in inputs] if isinstance(inputs, (list, tuple)) else inputs
        one, two = self._axes_of(shapes)
        x, y = inputs
        if self.normalize:
            x, y = ops.normalize(x, axis=one), ops.normalize(y, axis=two)
        rows = [size for axis, size in enumerate(x.shape) if axis not in (0, one)]
        columns = [size for axis, size in enumerate(y.shape) if axis not in (0, two)]
        batch, common = x.shape[0], x.shape[one]
        x = ops.reshape(ops.moveaxis(x, one, -1), (batch, math.prod(rows), common))
        y = ops.reshape(ops.moveaxis(y, two, 1), (batch, common, math.prod(columns)))
        return ops.reshape(ops.matmul(x, y), (batch, *(rows + columns or [1])))

    def compute_output_shape(self, input_shape: Sequence[Shape]) -> Shape:
        """Return the batch and the axes that are not summed over."""
        one, two = self._axes_of(input_shape)
        first, second = input_shape
        rest = [size for axis, size in enumerate(first) if axis not in (0, one)]
        rest += [size for axis, size in enumerate(second) if axis not in (0, two)]
        return (first[0] if first[0] is not None else second[0], *(rest or [1]))

    def compute_mask(self, inputs: Sequence[Array], previous_mask: Any = None) -> None:
        """Return None: the sum has no padding."""
        return None


def dot(inputs: Sequence[Array], axes: int | Sequence[int] = -1, **kwargs: Any) -> Array:
    """Return ``Dot(axes, **kwargs)(inputs)``.

    >>> import numpy as np
    >>> dot([np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]])]).tolist()
    [[11.0]]
    """
    return Dot(axes=axes, **kwargs)(inputs)
