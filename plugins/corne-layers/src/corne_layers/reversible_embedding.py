"""ReversibleEmbedding: from integers to vectors, and from vectors to a score for each integer."""

from __future__ import annotations

from typing import Any

from corne import checks, dtypes, masking, ops
from corne.backend import Array, Shape
from corne.symbolic import SymbolicTensor

from corne_layers.embedding import Embedding


class ReversibleEmbedding(Embedding):
    """Replace integers by learned vectors; called with ``reverse=True``, score vectors against all integers.

    Forwards ``y = embeddings[x]``; in reverse ``y = x @ embeddings.T``, with a matrix of its own unless the weights are
    tied. A language model begins and ends with one such layer.

    Args:
        input_dim: Number of different integers.
        output_dim: Size of a vector.
        tie_weights: Whether both directions use ``embeddings``. Default True; otherwise there are
            ``reverse_embeddings`` too.
        embeddings_initializer: Start value of the weights. Default "uniform".
        embeddings_regularizer: Penalty on ``embeddings``. Default None.
        embeddings_constraint: Applied to ``embeddings`` after each update. Default None.
        mask_zero: Whether 0 means padding, which later layers skip. Default False.
        reverse_dtype: Dtype of the product in reverse. Default None: the compute dtype.
        logit_soft_cap: Bound ``c`` of the scores, which become ``c * tanh(y / c)``. Default None: unbounded.
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        input ``(batch, ...)`` integers, output ``(batch, ..., output_dim)``; in reverse ``(batch, ..., output_dim)``
        to ``(batch, ..., input_dim)``; ``embeddings`` ``(input_dim, output_dim)``; ``reverse_embeddings``
        ``(output_dim, input_dim)``.

    Raises:
        ArgumentError: A size is not a positive integer, or ``logit_soft_cap`` is not positive.

    Source: Press and Wolf 2016, https://arxiv.org/abs/1608.05859; the cap: Gemma 2, https://arxiv.org/abs/2408.00118

    >>> import numpy as np
    >>> layer = ReversibleEmbedding(10, 4)
    >>> vectors = layer(np.array([[1, 2, 0]]))
    >>> tuple(layer(vectors, reverse=True).shape)
    (1, 3, 10)
    """

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        tie_weights: bool = True,
        embeddings_initializer: Any = "uniform",
        embeddings_regularizer: Any = None,
        embeddings_constraint: Any = None,
        mask_zero: bool = False,
        reverse_dtype: Any = None,
        logit_soft_cap: float | None = None,
        **kwargs: Any,
    ) -> None:
        self.tie_weights = tie_weights
        super().__init__(
            input_dim,
            output_dim,
            embeddings_initializer=embeddings_initializer,
            embeddings_regularizer=embeddings_regularizer,
            embeddings_constraint=embeddings_constraint,
            mask_zero=mask_zero,
            **kwargs,
        )
        self.reverse_dtype = None if reverse_dtype is None else dtypes.standardize_dtype(reverse_dtype)
        if logit_soft_cap is not None:
            checks.number("ReversibleEmbedding(logit_soft_cap=…)", logit_soft_cap, above=0)
        self.logit_soft_cap = logit_soft_cap

    def build(self, input_shape: Shape | None = None) -> None:
        """Make ``embeddings``, and ``reverse_embeddings`` unless they are tied."""
        super().build(input_shape)
        if not self.tie_weights:
            self.reverse_embeddings = self.add_weight(
                shape=(self.output_dim, self.input_dim),
                initializer=self.embeddings_initializer,
                name="reverse_embeddings",
            )

    def call(self, inputs: Array, reverse: bool = False) -> Array:
        """Look vectors up, or score vectors against every integer."""
        if not reverse:
            outputs = super().call(inputs)
            return masking.set_mask(outputs, ops.not_equal(inputs, 0)) if self.mask_zero else outputs
        dtype = self.reverse_dtype or self.compute_dtype
        kernel = ops.transpose(self.embeddings) if self.tie_weights else self.reverse_embeddings
        scores = ops.matmul(ops.cast(inputs, dtype), ops.cast(kernel, dtype))
        if self.logit_soft_cap is None:
            return scores
        return ops.multiply(ops.tanh(ops.divide(scores, self.logit_soft_cap)), self.logit_soft_cap)

    def compute_mask(self, inputs: Array, previous_mask: Array | None = None) -> None:
        """Return None: ``call`` attaches the mask, for it knows the direction."""

    def compute_output_shape(self, input_shape: Shape, reverse: bool = False) -> Shape:
        """Return ``input_shape`` with vectors for integers, or in reverse scores for vectors."""
        return (*input_shape[:-1], self.input_dim) if reverse else (*input_shape, self.output_dim)

    def compute_output_spec(self, inputs: Any, reverse: bool = False) -> SymbolicTensor:
        """Return the symbolic output."""
        dtype = (self.reverse_dtype if reverse else None) or self.compute_dtype
        return SymbolicTensor(self.compute_output_shape(inputs.shape, reverse), dtype)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {
            **super().get_config(),
            "tie_weights": self.tie_weights,
            "reverse_dtype": self.reverse_dtype,
            "logit_soft_cap": self.logit_soft_cap,
        }
