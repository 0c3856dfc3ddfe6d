"""Attention: values averaged by the products of queries and keys."""

from __future__ import annotations

from typing import Any

from corne import ops
from corne.backend import Array
from corne.errors import ArgumentError
from corne.variable import Variable

from corne_attention._scored import ScoredAttention


class Attention(ScoredAttention):
    """Dot-product attention, Luong's.

    ``softmax(q k^T) v``; with ``score_mode="concat"`` the scores are ``sum(tanh(q + k))``.

    Args:
        use_scale: Whether scores are multiplied by a learned number. Default False.
        score_mode: "dot" or "concat". Default "dot".
        dropout: Probability of dropping a weight, in training. Default 0.
        seed: Of the dropout.
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        inputs ``[query (batch, queries, size), value (batch, keys, size)]`` and key like value; output
        ``(batch, queries, size)``.

    Raises:
        ArgumentError: Another score mode, or a dropout outside 0 to 1.

    Source: Luong et al. 2015, https://arxiv.org/abs/1508.04025

    >>> import numpy as np
    >>> tuple(Attention()([np.ones((2, 3, 4)), np.ones((2, 5, 4))]).shape)
    (2, 3, 4)
    """

    config_kinds = {}

    def __init__(
        self,
        use_scale: bool = False,
        score_mode: str = "dot",
        dropout: float = 0.0,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(dropout=dropout, seed=seed, **kwargs)
        if score_mode not in ("dot", "concat"):
            raise ArgumentError("Attention(score_mode=…)", "'dot' or 'concat'", repr(score_mode))
        self.use_scale, self.score_mode = use_scale, score_mode
        self.scale: Variable | None = None
        self.concat_score_weight: Variable | None = None

    def build(self, input_shape: Any) -> None:
        """Make the learned numbers, if any."""
        if self.use_scale:
            self.scale = self.add_weight(shape=(), initializer="ones", name="scale")
        if self.score_mode == "concat":
            self.concat_score_weight = self.add_weight(
                shape=(), initializer="ones", name="concat_score_weight"
            )

    def _scores(self, query: Array, key: Array) -> Array:
        if self.score_mode == "dot":
            scores = ops.matmul(query, ops.transpose(key, (0, 2, 1)))
            return scores if self.scale is None else ops.multiply(scores, self.scale)
        total = ops.add(ops.expand_dims(query, -2), ops.expand_dims(key, -3))
        if self.scale is not None:
            total = ops.multiply(total, self.scale)
        return ops.multiply(ops.sum(ops.tanh(total), axis=-1), self.concat_score_weight)
