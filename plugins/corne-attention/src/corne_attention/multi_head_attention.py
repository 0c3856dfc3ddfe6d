"""MultiHeadAttention: several learned views of what is worth looking at."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from corne import constraints, initializers, ops, random, regularizers
from corne.backend import Array, Shape
from corne.errors import ArgumentError, ShapeError
from corne.layer import Layer
from corne.random import SeedGenerator

from corne_attention.einsum_dense import EinsumDense

_LETTERS = "abcdefghijklmnopqrstuvwxyz"


class MultiHeadAttention(Layer):
    """Average values by the likeness of queries and keys, in several projections at once.

    ``head_i = softmax(q_i k_i^T / sqrt(key_dim)) v_i``; the output is a projection of all heads.

    Args:
        num_heads: Number of heads.
        key_dim: Size of a head's queries and keys.
        value_dim: Size of a head's values. Default ``key_dim``.
        dropout: Probability of dropping an attention score, in training. Default 0.
        use_bias: Whether the projections add a bias. Default True.
        output_shape: Sizes of the output's last axes. Default: the query's last size.
        attention_axes: Axes that are attended over. Default: all but batch and features.
        sliding_window: How far a query sees: keys less than this many positions away. Default None: all.
        flash_attention: Must be None, False or True; the backend's attention kernel is used where it applies.
        kernel_initializer: Start value of the projections. Default "glorot_uniform".
        bias_initializer: Start value of their biases. Default "zeros".
        kernel_regularizer: Penalty on the projections. Default None.
        bias_regularizer: Penalty on their biases. Default None.
        activity_regularizer: Penalty on the output. Default None.
        kernel_constraint: Applied to the projections after each update. Default None.
        bias_constraint: Applied to their biases after each update. Default None.
        use_gate: Whether heads are multiplied by a sigmoid gate of the query before the last projection.
            Default False.
        seed: Of the dropout.
        **kwargs: As for every :class:`~corne.Layer`.

    Call arguments:
        query: ``(batch, queries, features)``.
        value: ``(batch, keys, features)``.
        key: As value. Default: ``value``.
        query_mask: ``(batch, queries)``, True for real ones; found by itself if the query carries a mask.
        value_mask: ``(batch, keys)``, likewise.
        key_mask: ``(batch, keys)``, likewise.
        attention_mask: ``(batch, queries, keys)``, True where a query may look.
        return_attention_scores: Whether to return the scores too. Default False.
        use_causal_mask: Whether a query sees only keys up to its own position. Default False.

    Shapes:
        output ``(batch, queries, output_shape)``; scores ``(batch, heads, queries, keys)``.

    Raises:
        ArgumentError: Numbers that aren't positive, or a dropout outside 0 to 1.
        ShapeError: Value and key of different lengths, or features of unknown size.

    Source: Vaswani et al. 2017, section 3.2.2, https://arxiv.org/abs/1706.03762

    >>> import numpy as np
    >>> x = np.ones((2, 4, 6), "float32")
    >>> tuple(MultiHeadAttention(num_heads=2, key_dim=3)(x, x).shape)
    (2, 4, 6)
    """

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
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        for name, value in (
            ("num_heads", num_heads),
            ("key_dim", key_dim),
            ("value_dim", value_dim),
            ("sliding_window", sliding_window),
        ):
            optional = name in ("value_dim", "sliding_window")
            if (value is not None or not optional) and (
                isinstance(value, bool) or not isinstance(value, int) or value < 1
            ):
                raise ArgumentError(
                    f"MultiHeadAttention({name}=…)", "a positive integer", repr(value), "Pass 1 or more."
                )
        if not 0 <= dropout < 1:
            raise ArgumentError(
                "MultiHeadAttention(dropout=…)", "a number from 0 to below 1", repr(dropout), "Pass 0.1, say."
            )
        self.num_heads, self.key_dim, self.value_dim = num_heads, key_dim, value_dim or key_dim
        self.dropout, self.use_bias, self.use_gate = dropout, use_bias, use_gate
        self._output_sizes = (output_shape,) if isinstance(output_shape, int) else output_shape
        axes = (attention_axes,) if isinstance(attention_axes, int) else attention_axes
        self._attention_axes = None if axes is None else tuple(axes)
        self.sliding_window, self.flash_attention, self.seed = sliding_window, flash_attention, seed
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.seed_generator = SeedGenerator(seed) if dropout > 0 else None
        self.supports_masking = True

    def build(self, query_shape: Shape, value_shape: Shape, key_shape: Shape | None = None) -> None:
        """Make the projections."""
        key_shape = value_shape if key_shape is None else key_shape
        if value_shape[1:-1] != key_shape[1:-1]:
            raise ShapeError(
                self.name, "key and value of the same lengths", f"shapes {key_shape} and {value_shape}",
                "A score belongs to one key and its value.",
            )  # fmt: skip
        rank = len(query_shape)
        if self._attention_axes is None:
            self._attention_axes = tuple(range(1, rank - 1))
        self._attention_axes = tuple(axis % rank for axis in self._attention_axes)
        heads = self.num_heads
        self.query_dense = self._projection("query", query_shape, (heads, self.key_dim))
        self.key_dense = self._projection("key", key_shape, (heads, self.key_dim))
        if self.use_gate:
            self.gate_dense = self._projection("gate", query_shape, (heads, self.value_dim))
        self.value_dense = self._projection("value", value_shape, (heads, self.value_dim))
        joined = (*query_shape[:-1], heads, self.value_dim)
        sizes = tuple(self._output_sizes) if self._output_sizes is not None else (query_shape[-1],)
        self.output_dense = self._projection("attention_output", joined, sizes, bound=2)

    def _projection(
        self, name: str, shape: Shape, sizes: Sequence[int | None], bound: int = 1
    ) -> EinsumDense:
        """Make and build a dense layer from the last ``bound`` axes of ``shape`` to axes of ``sizes``."""
        free = len(shape) - bound
        letters = _LETTERS[: free + bound]
        new = _LETTERS[free + bound : free + bound + len(sizes)]
        layer = EinsumDense(
            f"{letters},{letters[free:]}{new}->{letters[:free]}{new}",
            output_shape=[None] * (free - 1) + list(sizes),
            bias_axes=new if self.use_bias else None,
            kernel_initializer=self._fresh(self.kernel_initializer),
            bias_initializer=self._fresh(self.bias_initializer),
            kernel_regularizer=self.kernel_regularizer,
            bias_regularizer=self.bias_regularizer,
            kernel_constraint=self.kernel_constraint,
            bias_constraint=self.bias_constraint,
            dtype=self.dtype_policy,
            name=name,
        )
        layer.build(shape)
        return layer

    @staticmethod
    def _fresh(initializer: Any) -> Any:
        """Return an initializer that draws numbers of its own, where none was asked to be repeatable."""
        return initializer.clone() if hasattr(initializer, "clone") else initializer

    def call(
        self,
        query: Array,
        value: Array,
        key: Array | None = None,
        query_mask: Array | None = None,
        value_mask: Array | None = None,
        key_mask: Array | None = None,
        attention_mask: Array | None = None,
        return_attention_scores: bool = False,
        training: bool | None = None,
        use_causal_mask: bool = False,
    ) -> Any:
        """Attend; see the class for the arguments."""
        key = value if key is None else key
        mask = self._mask(query, value, query_mask, value_mask, key_mask, attention_mask, use_causal_mask)
        gate = self.gate_dense(query) if self.use_gate else None
        q, k, v = self.query_dense(query), self.key_dense(key), self.value_dense(value)
        dropping = self.seed_generator is not None and bool(training)
        if len(query.shape) == 3 and not dropping and not return_attention_scores:
            # (batch, length, heads, size) is what the backend's attention kernel takes.
            mask = None if mask is None else ops.expand_dims(mask, 1)
            heads = ops.dot_product_attention(q, k, v, mask=mask, flash_attention=self.flash_attention)
            scores = None
        else:
            heads, scores = self._attend(q, k, v, mask, dropping)
        if gate is not None:
            heads = ops.multiply(heads, ops.sigmoid(gate))
        outputs = self.output_dense(heads)
        return (outputs, scores) if return_attention_scores else outputs

    def _attend(
        self, q: Array, k: Array, v: Array, mask: Array | None, dropping: bool
    ) -> tuple[Array, Array]:
        """Compute scores and averages step by step, over any axes."""
        to_scores, to_heads, width = _equations(len(q.shape), self._attention_axes or ())
        scores = ops.einsum(to_scores, ops.multiply(q, 1 / math.sqrt(self.key_dim)), k)
        if mask is not None:
            for _ in range(width - len(mask.shape)):
                mask = ops.expand_dims(mask, -2 * len(self._attention_axes or ()) - 1)
            scores = ops.where(mask, scores, -3e4 if self.compute_dtype == "float16" else -1e30)
        axes = tuple(range(-len(self._attention_axes or ()), 0))
        scores = ops.softmax(scores, axis=axes)
        used = random.dropout(scores, self.dropout, seed=self.seed_generator) if dropping else scores
        return ops.einsum(to_heads, used, v), scores

    def _mask(
        self,
        query: Array,
        value: Array,
        query_mask: Array | None,
        value_mask: Array | None,
        key_mask: Array | None,
        attention_mask: Array | None,
        use_causal_mask: bool,
    ) -> Array | None:
        """Return one mask of shape ``(batch or 1, queries, keys)`` out of all, or None."""
        parts = []
        if attention_mask is not None:
            parts.append(ops.cast(attention_mask, "bool"))
        if query_mask is not None:
            parts.append(ops.expand_dims(ops.cast(query_mask, "bool"), -1))
        parts += [ops.expand_dims(ops.cast(m, "bool"), -2) for m in (value_mask, key_mask) if m is not None]
        if use_causal_mask or self.sliding_window is not None:
            rows = ops.expand_dims(ops.arange(query.shape[1]), 1)
            columns = ops.expand_dims(ops.arange(value.shape[1]), 0)
            if use_causal_mask:
                parts.append(ops.expand_dims(ops.greater_equal(rows, columns), 0))
            if self.sliding_window is not None:
                near = ops.less(ops.absolute(ops.subtract(rows, columns)), self.sliding_window)
                parts.append(ops.expand_dims(near, 0))
        mask = None
        for part in parts:
            mask = part if mask is None else ops.logical_and(mask, part)
        return mask

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {
            **super().get_config(),
            "num_heads": self.num_heads,
            "key_dim": self.key_dim,
            "value_dim": self.value_dim,
            "dropout": self.dropout,
            "use_bias": self.use_bias,
            "use_gate": self.use_gate,
            "output_shape": None if self._output_sizes is None else list(self._output_sizes),
            "attention_axes": None if self._attention_axes is None else list(self._attention_axes),
            "sliding_window": self.sliding_window,
            "kernel_initializer": initializers.serialize(self.kernel_initializer),
            "bias_initializer": initializers.serialize(self.bias_initializer),
            "kernel_regularizer": regularizers.serialize(self.kernel_regularizer),
            "bias_regularizer": regularizers.serialize(self.bias_regularizer),
            "kernel_constraint": constraints.serialize(self.kernel_constraint),
            "bias_constraint": constraints.serialize(self.bias_constraint),
            "seed": self.seed,
        }


def _equations(rank: int, axes: Sequence[int]) -> tuple[str, str, int]:
    """Return the equations from queries and keys to scores, from scores and values to heads, and scores' rank.

    ``rank`` counts the axes of projected queries: batch, others, heads, size. Scores have the axes that
    aren't attended over (batch, others, heads), then the queries' attended ones, then the keys'.

    >>> _equations(4, (1,))
    ('abcd,aecd->acbe', 'acbe,aecd->abcd', 4)
    """
    query = list(_LETTERS[:rank])
    key = list(query)
    for position, axis in enumerate(axes):
        key[axis] = _LETTERS[rank + position]
    batch = [letter for i, letter in enumerate(query[:-1]) if i not in axes]
    scores = [*batch, *(query[a] for a in axes), *(key[a] for a in axes)]
    q, k, s = "".join(query), "".join(key), "".join(scores)
    return f"{q},{k}->{s}", f"{s},{k}->{q}", len(scores)
