"""CategoryEncoding: class numbers as vectors."""

from __future__ import annotations

from typing import Any

from corne import checks, dtypes, ops
from corne.backend import Array, Shape
from corne.errors import ArgumentError
from corne.layer import Layer
from corne.symbolic import SymbolicTensor

from corne_preprocessing.encoding import output_mode as checked_mode
from corne_preprocessing.host_layer import refuse_sparse


class CategoryEncoding(Layer):
    """Turn class numbers into vectors of zeros and ones, or of counts.

    Args:
        num_tokens: Number of classes, the size of a vector.
        output_mode: "multi_hot", "one_hot" or "count". Default "multi_hot".
        sparse: Must be False.
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        input ``(batch, numbers)`` or ``(numbers,)``; output ``(batch, num_tokens)`` or ``(num_tokens,)``; for
        "one_hot" ``(..., num_tokens)``, where a last axis of size 1 is taken away first. ``count_weights``
        has the input's shape.

    Raises:
        ArgumentError: An argument out of its range, or ``count_weights`` in another mode than "count".

    >>> import numpy as np
    >>> np.asarray(CategoryEncoding(4)(np.array([[0, 1], [3, 3]]))).tolist()
    [[1.0, 1.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0]]
    """

    def __init__(
        self,
        num_tokens: int | None = None,
        output_mode: str = "multi_hot",
        sparse: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        refuse_sparse("CategoryEncoding", sparse)
        self.num_tokens = checks.integer("CategoryEncoding(num_tokens=…)", num_tokens, least=1)
        mode = checked_mode("CategoryEncoding(output_mode=…)", output_mode)
        if mode == "int":
            raise ArgumentError(
                "CategoryEncoding(output_mode=…)", "'multi_hot', 'one_hot' or 'count'", "'int'", ""
            )
        self.output_mode = mode
        self.autocast = False  # half precision can't hold large integers given as floats

    def call(self, inputs: Array, count_weights: Array | None = None) -> Array:
        """Return the vectors."""
        if count_weights is not None and self.output_mode != "count":
            raise ArgumentError(
                f"{self.name}(count_weights=…)",
                "None but in mode 'count'",
                f"weights in {self.output_mode!r}",
                "",
            )
        return categories(inputs, self.output_mode, self.num_tokens, self.compute_dtype, count_weights)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the output's shape."""
        return categories_shape(tuple(input_shape), self.output_mode, self.num_tokens)

    def compute_output_spec(self, inputs: Any, count_weights: Any = None) -> SymbolicTensor:
        """Describe the output."""
        return SymbolicTensor(self.compute_output_shape(inputs.shape), self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "num_tokens": self.num_tokens, "output_mode": self.output_mode}


def categories(inputs: Array, mode: str, depth: int, dtype: str, weights: Array | None = None) -> Array:
    """Return class numbers as vectors; "multi_hot" and "count" reduce the first axis after the batch."""
    if dtypes.standardize_dtype(inputs.dtype) not in ("int32", "int64"):
        inputs = ops.cast(inputs, "int32")
    if not len(inputs.shape):
        inputs = ops.reshape(inputs, (1,))
    axis = 1 if len(inputs.shape) > 1 else 0
    if mode == "multi_hot":
        return ops.max(ops.one_hot(inputs, depth, dtype=dtype), axis=axis)
    if mode == "one_hot":
        if len(inputs.shape) > 1 and inputs.shape[-1] == 1:
            inputs = ops.squeeze(inputs, axis=-1)
        return ops.one_hot(inputs, depth, dtype=dtype)
    hot = ops.one_hot(inputs, depth, dtype=dtype)
    if weights is not None:
        hot = ops.multiply(hot, ops.expand_dims(ops.cast(weights, dtype), -1))
    return ops.sum(hot, axis=axis)


def categories_shape(shape: Shape, mode: str, depth: int) -> Shape:
    """Return the shape of what :func:`categories` returns."""
    if mode == "one_hot":
        return (*(shape[:-1] if len(shape) > 1 and shape[-1] == 1 else shape), depth)
    return (*shape[:1], *shape[2:], depth) if len(shape) > 1 else (depth,)
