"""What Attention and AdditiveAttention share: masks, dropout, averaging."""

from __future__ import annotations

from typing import Any

from corne import checks, ops, random
from corne.backend import Array
from corne.errors import ArgumentError
from corne.layer import Layer
from corne.random import SeedGenerator


class ScoredAttention(Layer):
    """Averages values by the softmax of scores that a subclass computes.

    Args:
        dropout: Probability of dropping a weight, in training. Default 0.
        seed: Of the dropout.
        **kwargs: As for every :class:`~corne.Layer`.
    """

    def __init__(self, dropout: float = 0.0, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.dropout = checks.number(f"{type(self).__name__}(dropout=…)", dropout, 0, below=1)
        self.seed = seed
        self.seed_generator = SeedGenerator(seed) if dropout > 0 else None
        self.supports_masking = True

    def _scores(self, query: Array, key: Array) -> Array:
        """Return scores of shape ``(batch, queries, keys)``."""
        raise NotImplementedError

    def call(
        self,
        inputs: Any,
        mask: Any = None,
        training: bool = False,
        return_attention_scores: bool = False,
        use_causal_mask: bool = False,
    ) -> Any:
        """Attend with ``[query, value]`` or ``[query, value, key]``."""
        if not isinstance(inputs, (list, tuple)) or len(inputs) not in (2, 3):
            raise ArgumentError(
                f"{self.name}(inputs)", "a list [query, value] or [query, value, key]", type(inputs).__name__,
                "Pass the tensors in a list.",
            )  # fmt: skip
        query, value = inputs[0], inputs[1]
        key = inputs[2] if len(inputs) > 2 else value
        query_mask, value_mask = (mask[0], mask[1]) if mask is not None else (None, None)
        scores = self._scores(query, key)
        allowed = None
        if value_mask is not None:
            allowed = ops.expand_dims(ops.cast(value_mask, "bool"), -2)
        if use_causal_mask:
            rows, columns = scores.shape[-2], scores.shape[-1]
            causal = ops.greater_equal(
                ops.expand_dims(ops.arange(rows), 1), ops.expand_dims(ops.arange(columns), 0)
            )
            causal = ops.expand_dims(causal, 0)
            allowed = causal if allowed is None else ops.logical_and(allowed, causal)
        if allowed is not None:
            # An offset rather than a replacement: where nothing is allowed, the scores' order remains.
            large = 65504.0 if self.compute_dtype == "float16" else 1e9
            padding = ops.cast(ops.logical_not(allowed), self.compute_dtype)
            scores = ops.subtract(scores, ops.multiply(padding, large))
        weights = ops.softmax(scores, axis=-1)
        if training and self.seed_generator is not None:
            weights = random.dropout(weights, self.dropout, seed=self.seed_generator)
        result = ops.matmul(weights, value)
        if query_mask is not None:
            result = ops.multiply(result, ops.cast(ops.expand_dims(query_mask, -1), self.compute_dtype))
        return (result, weights) if return_attention_scores else result

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        """Return the query's mask."""
        if previous_mask is None or not isinstance(previous_mask, (list, tuple)):
            return None
        return previous_mask[0]
