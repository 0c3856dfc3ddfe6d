"""GroupQueryAttention: attention whose queries share keys and values in groups."""

from __future__ import annotations

from typing import Any

from corne import checks, ops
from corne.backend import Array, Shape
from corne.errors import ArgumentError, ShapeError

from corne_attention._heads import HeadAttention
from corne_attention.einsum_dense import EinsumDense


class GroupedQueryAttention(HeadAttention):
    """Average values by the likeness of queries and keys, with fewer heads of keys and values than of queries.

    ``head_i = softmax(q_i k_g^T / sqrt(head_dim)) v_g``, with g the group that i is in; the output is a projection
    of all heads. Its name in ``corne.layers`` is ``GroupQueryAttention``.

    Args:
        head_dim: Size of a head.
        num_query_heads: Number of heads of queries.
        num_key_value_heads: Number of heads of keys and values; it divides the other one.
        dropout: Probability of dropping an attention weight, in training. Default 0.
        use_bias: Whether the projections add a bias. Default True.
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
        As for :class:`MultiHeadAttention`.

    Shapes:
        query ``(batch, queries, features)``; value and key ``(batch, keys, features)``; output as the query;
        scores ``(batch, query heads, queries, keys)``.

    Raises:
        ArgumentError: Numbers that aren't positive, heads that don't divide into groups, a dropout outside 0 to
            1, or flash attention with dropout or scores.
        ShapeError: Inputs of other than three axes, value and key of different lengths, or features of unknown
            size.

    Source: Ainslie et al. 2023, https://arxiv.org/abs/2305.13245

    >>> import numpy as np
    >>> x = np.ones((2, 4, 6), "float32")
    >>> tuple(GroupedQueryAttention(head_dim=3, num_query_heads=4, num_key_value_heads=2)(x, x).shape)
    (2, 4, 6)
    """

    _query_dense: EinsumDense
    _key_dense: EinsumDense
    _value_dense: EinsumDense
    _output_dense: EinsumDense
    _gate_dense: EinsumDense

    def __init__(
        self,
        head_dim: int,
        num_query_heads: int,
        num_key_value_heads: int,
        dropout: float = 0.0,
        use_bias: bool = True,
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
        self.head_dim = checks.integer("GroupQueryAttention(head_dim=…)", head_dim, least=1)
        self.num_query_heads = checks.integer(
            "GroupQueryAttention(num_query_heads=…)", num_query_heads, least=1
        )
        self.num_key_value_heads = checks.integer(
            "GroupQueryAttention(num_key_value_heads=…)", num_key_value_heads, least=1
        )
        if num_query_heads % num_key_value_heads:
            raise ArgumentError(
                "GroupQueryAttention(num_key_value_heads=…)", f"a divisor of num_query_heads={num_query_heads}",
                f"{num_key_value_heads}", "Each head of keys serves equally many heads of queries.",
            )  # fmt: skip
        super().__init__(
            head_dim,
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

    def build(self, query_shape: Shape, value_shape: Shape, key_shape: Shape | None = None) -> None:
        """Make the projections."""
        key_shape = value_shape if key_shape is None else key_shape
        for name, shape in (("query", query_shape), ("value", value_shape), ("key", key_shape)):
            if len(shape) != 3:
                raise ShapeError(
                    self.name, f"{name} of 3 axes, (batch, length, features)", f"shape {tuple(shape)}",
                    "Reshape it, or use MultiHeadAttention.",
                )  # fmt: skip
        self.check_lengths(value_shape, key_shape)
        of_queries = (self.num_query_heads, self.head_dim)
        of_keys = (self.num_key_value_heads, self.head_dim)
        self._query_dense = self.projection("query", query_shape, of_queries)
        self._key_dense = self.projection("key", key_shape, of_keys)
        if self.use_gate:
            self._gate_dense = self.projection("gate", query_shape, of_queries, activation="sigmoid")
        self._value_dense = self.projection("value", value_shape, of_keys)
        self.make_dropout()
        joined = (*query_shape[:-1], *of_queries)
        self._output_dense = self.projection("attention_output", joined, (query_shape[-1],), bound=2)

    def project(self, query: Array, value: Array, key: Array) -> tuple[Array, Array, Array]:
        """Return the heads' queries, keys and values."""
        return self._query_dense(query), self._key_dense(key), self._value_dense(value)

    def gate_of(self, query: Array) -> Array:
        """Return what the heads are multiplied by."""
        return self._gate_dense(query)

    def project_back(self, heads: Array, gate: Array | None) -> Array:
        """Return the output from what the heads saw."""
        return self._output_dense(heads if gate is None else ops.multiply(heads, gate))

    def heads_shape(self, query_shape: Shape) -> Shape:
        """Return the shape of projected queries."""
        return (*query_shape[:-1], self.num_query_heads, self.head_dim)

    def compute_output_shape(
        self, query_shape: Shape, value_shape: Shape, key_shape: Shape | None = None
    ) -> Shape:
        """Return the query's shape."""
        self.check_lengths(value_shape, value_shape if key_shape is None else key_shape)
        return tuple(query_shape)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments, but ``flash_attention``, which is about the machine."""
        return {
            **self.common_config(),
            "head_dim": self.head_dim,
            "num_query_heads": self.num_query_heads,
            "num_key_value_heads": self.num_key_value_heads,
        }
