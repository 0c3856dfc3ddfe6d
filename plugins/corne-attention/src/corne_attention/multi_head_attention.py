"""MultiHeadAttention: several learned views of what is worth looking at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corne import checks, ops
from corne.backend import Array, Shape
from corne.errors import ArgumentError

from corne_attention._heads import HeadAttention
from corne_attention.einsum_dense import EinsumDense


class MultiHeadAttention(HeadAttention):
    """Average values by the likeness of queries and keys, in several projections at once.

    ``head_i = softmax(q_i k_i^T / sqrt(key_dim)) v_i``; the output is a projection of all heads.

    Args:
        num_heads: Number of heads.
        key_dim: Size of a head's queries and keys.
        value_dim: Size of a head's values. Default ``key_dim``.
        dropout: Probability of dropping an attention weight, in training. Default 0.
        use_bias: Whether the projections add a bias. Default True.
        output_shape: Sizes of the output's last axes. Default: the query's last size.
        attention_axes: Axes that are attended over. Default: all but batch and features.
        sliding_window: How far a query sees: keys less than this many positions away. Default None: all.
        flash_attention: Handed to the backend's attention kernel; True excludes dropout and scores.
            Default None.
        kernel_initializer: Start value of the projections. Default "glorot_uniform".
        bias_initializer: Start value of their biases. Default "zeros".
        kernel_regularizer: Penalty on the projections, added to the loss. Default None.
        bias_regularizer: Penalty on their biases. Default None.
        activity_regularizer: Penalty on what each projection gives. Default None.
        kernel_constraint: Applied to the projections after each update. Default None.
        bias_constraint: Applied to their biases after each update. Default None.
        use_gate: Whether heads are multiplied by a sigmoid gate of the query before the last projection.
            Default False.
        seed: Start of the random numbers of dropout. Default None: drawn.
        **kwargs: As for every :class:`~corne.Layer`.

    Call arguments:
        query: ``(batch, queries, features)``.
        value: ``(batch, keys, features)``.
        key: As value. Default: ``value``.
        query_mask: ``(batch, queries)``, True for real ones; found by itself if the query carries a mask.
        value_mask: ``(batch, keys)``, likewise.
        key_mask: ``(batch, keys)``, likewise.
        attention_mask: True where a query may look; ``(batch, queries, keys)``, or with an axis of heads after
            the batch, or without the batch.
        return_attention_scores: Whether to return the weights, before dropout, too. Default False.
        use_causal_mask: Whether a query sees only keys up to its own position. Default False.

    Shapes:
        output ``(batch, queries, *output_shape)``; scores ``(batch, heads, queries, keys)``.

    Raises:
        ArgumentError: Numbers that aren't positive, a dropout outside 0 to 1, or flash attention with dropout or
            scores.
        ShapeError: Value and key of different lengths, or features of unknown size.

    Source: Vaswani et al. 2017, section 3.2.2, https://arxiv.org/abs/1706.03762

    >>> import numpy as np
    >>> x = np.ones((2, 4, 6), "float32")
    >>> tuple(MultiHeadAttention(num_heads=2, key_dim=3)(x, x).shape)
    (2, 4, 6)
    """

    query_dense: EinsumDense
    key_dense: EinsumDense
    value_dense: EinsumDense
    output_dense: EinsumDense
    _gate_dense: EinsumDense

    def __init__(
        self,
        num_heads: int,
        key_dim: int,
        value_dim: int | None = None,
        dropout: float = 0.0,
        use_bias: bool = True,
        output_shape: int | Sequence[int] | None = None,
        attention_axes: int | Sequence[int] | None = None,
        sliding_window: int | None = None,
        flash_attention: bool | None = None,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        use_gate: bool = False,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        self.num_heads = checks.integer("MultiHeadAttention(num_heads=…)", num_heads, least=1)
        self.key_dim = checks.integer("MultiHeadAttention(key_dim=…)", key_dim, least=1)
        self.value_dim = (
            key_dim
            if value_dim is None
            else checks.integer("MultiHeadAttention(value_dim=…)", value_dim, least=1)
        )
        super().__init__(
            key_dim,
            dropout=dropout,
            use_bias=use_bias,
            sliding_window=sliding_window,
            flash_attention=flash_attention,
            kernel_initializer=kernel_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            bias_regularizer=bias_regularizer,
            activity_regularizer=activity_regularizer,
            kernel_constraint=kernel_constraint,
            bias_constraint=bias_constraint,
            use_gate=use_gate,
            seed=seed,
            **kwargs,
        )
        self._output_sizes = _integers("output_shape", output_shape)
        self._attention_axes = _integers("attention_axes", attention_axes)

    @property
    def attention_axes(self) -> tuple[int, ...] | None:
        """The axes that are attended over; None before the layer is built, if all are."""
        return self._attention_axes

    def build(self, query_shape: Shape, value_shape: Shape, key_shape: Shape | None = None) -> None:
        """Make the projections."""
        key_shape = value_shape if key_shape is None else key_shape
        self.check_lengths(value_shape, key_shape)
        rank = len(query_shape)
        axes = self._attention_axes
        self._axes = tuple(range(1, rank - 1)) if axes is None else tuple(axis % rank for axis in axes)
        self._attention_axes = self._axes
        of_keys, of_values = (self.num_heads, self.key_dim), (self.num_heads, self.value_dim)
        self.query_dense = self.projection("query", query_shape, of_keys)
        self.key_dense = self.projection("key", key_shape, of_keys)
        if self.use_gate:
            self._gate_dense = self.projection("gate", query_shape, of_values, activation="sigmoid")
        self.value_dense = self.projection("value", value_shape, of_values)
        self.make_dropout()
        sizes = (query_shape[-1],) if self._output_sizes is None else self._output_sizes
        joined = (*query_shape[:-1], *of_values)
        self.output_dense = self.projection("attention_output", joined, sizes, bound=2)

    def project(self, query: Array, value: Array, key: Array) -> tuple[Array, Array, Array]:
        """Return the heads' queries, keys and values."""
        return self.query_dense(query), self.key_dense(key), self.value_dense(value)

    def gate_of(self, query: Array) -> Array:
        """Return what the heads are multiplied by."""
        return self._gate_dense(query)

    def project_back(self, heads: Array, gate: Array | None) -> Array:
        """Return the output from what the heads saw."""
        return self.output_dense(heads if gate is None else ops.multiply(heads, gate))

    def heads_shape(self, query_shape: Shape) -> Shape:
        """Return the shape of projected queries."""
        return (*query_shape[:-1], self.num_heads, self.key_dim)

    def compute_output_shape(
        self, query_shape: Shape, value_shape: Shape, key_shape: Shape | None = None
    ) -> Shape:
        """Return the query's shape, with ``output_shape`` for its last axis."""
        self.check_lengths(value_shape, value_shape if key_shape is None else key_shape)
        if self._output_sizes is None:
            return tuple(query_shape)
        return (*query_shape[:-1], *self._output_sizes)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments, but ``flash_attention``, which is about the machine."""
        return {
            **self.common_config(),
            "num_heads": self.num_heads,
            "key_dim": self.key_dim,
            "value_dim": self.value_dim,
            "output_shape": self._output_sizes,
            "attention_axes": self._attention_axes,
        }


def _integers(argument: str, value: Any) -> tuple[int, ...] | None:
    """Return one integer, or several, as a tuple; None for None."""
    if value is None:
        return None
    values = (value,) if isinstance(value, int) else value
    if not isinstance(values, (tuple, list)) or not all(isinstance(v, int) for v in values):
        raise ArgumentError(
            f"MultiHeadAttention({argument}=…)", "an integer, or several", repr(value),
            "Pass 8, or (2, 4) for two axes.",
        )  # fmt: skip
    return tuple(values) or None
