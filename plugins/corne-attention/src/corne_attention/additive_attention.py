"""AdditiveAttention: values averaged by a learned sum of queries and keys."""

from __future__ import annotations

from typing import Any

from corne import ops
from corne.backend import Array
from corne.variable import Variable

from corne_attention._scored import ScoredAttention


class AdditiveAttention(ScoredAttention):
    """Additive attention, Bahdanau's: scores are ``sum(scale * tanh(q + k))``.

    Args:
        use_scale: Whether ``scale`` is learned, one number for each feature. Default True.
        dropout: Probability of dropping a weight, in training. Default 0.
        **kwargs: As for every :class:`~corne.Layer`; ``seed`` of the dropout.

    Shapes:
        inputs ``[query (batch, queries, size), value (batch, keys, size)]`` and key like value; output
        ``(batch, queries, size)``.

    Source: Bahdanau et al. 2014, https://arxiv.org/abs/1409.0473

    >>> import numpy as np
    >>> tuple(AdditiveAttention()([np.ones((2, 3, 4)), np.ones((2, 5, 4))]).shape)
    (2, 3, 4)
    """

    def __init__(self, use_scale: bool = True, dropout: float = 0.0, **kwargs: Any) -> None:
        super().__init__(dropout=dropout, **kwargs)
        self.use_scale = use_scale
        self.scale: Variable | None = None

    def build(self, input_shape: Any) -> None:
        """Make ``scale``."""
        if self.use_scale:
            self.scale = self.add_weight(
                shape=(input_shape[0][-1],), initializer="glorot_uniform", name="scale"
            )

    def _scores(self, query: Array, key: Array) -> Array:
        total = ops.tanh(ops.add(ops.expand_dims(query, -2), ops.expand_dims(key, -3)))
        return ops.sum(total if self.scale is None else ops.multiply(total, self.scale), axis=-1)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {
            **super().get_config(),
            "use_scale": self.use_scale,
            "dropout": self.dropout,
            "seed": self.seed,
        }
