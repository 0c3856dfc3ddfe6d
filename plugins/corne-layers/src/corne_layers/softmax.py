"""Softmax: probabilities along an axis, as a layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corne import dtypes, ops
from corne.backend import Array, Shape
from corne.errors import ShapeError
from corne.layer import Layer


class Softmax(Layer):
    """Turn logits into probabilities that sum to 1 along ``axis``; masked places get 0.

    Args:
        axis: Axis, or several that are normalized together. Default -1.
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        input ``(batch, ...)``; mask, if there is one, of the same shape or broadcastable to it, True for
        places that take part; output like the input.

    Raises:
        ShapeError: The mask is not broadcastable to the input.

    >>> Softmax()([[0.0, 0.0]]).tolist()
    [[0.5, 0.5]]
    """

    acts_per_sample = True

    config_kinds = {}

    def __init__(self, axis: int | Sequence[int] = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = axis
        self.supports_masking = True
        self.built = type(self).build is Layer.build  # nothing to make

    def call(self, inputs: Array, mask: Array | None = None) -> Array:
        """Compute the probabilities."""
        if mask is not None:
            mask = self._checked(mask, inputs)
            # Finite, so that a row without a place that takes part gives 0 and not NaN.
            lowest = -3e4 if dtypes.standardize_dtype(inputs.dtype) == "float16" else -1e9
            inputs = ops.where(mask, inputs, ops.full_like(inputs, lowest))
        if isinstance(self.axis, int):
            outputs = ops.softmax(inputs, self.axis)
        else:
            axes = tuple(self.axis)
            outputs = ops.exp(inputs - ops.logsumexp(inputs, axis=axes, keepdims=True))
        return outputs if mask is None else ops.where(mask, outputs, ops.zeros_like(outputs))

    def _checked(self, mask: Array, inputs: Array) -> Array:
        sizes = list(zip(reversed(mask.shape), reversed(inputs.shape), strict=False))
        if len(mask.shape) > len(inputs.shape) or any(m not in (1, i) for m, i in sizes):
            raise ShapeError(
                f"{self.name}: mask", f"a shape broadcastable to the input's {tuple(inputs.shape)}",
                f"{tuple(mask.shape)}", "Pass one truth value for each logit.",
            )  # fmt: skip
        return mask if dtypes.standardize_dtype(mask.dtype) == "bool" else ops.greater(mask, 0.5)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return ``input_shape``."""
        return tuple(input_shape)
