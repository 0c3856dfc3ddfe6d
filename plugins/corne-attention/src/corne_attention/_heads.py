"""What MultiHeadAttention and GroupQueryAttention share: projections, masks, and attending itself."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from corne import checks, constraints, initializers, ops, random, regularizers
from corne.backend import Array, Shape
from corne.errors import ArgumentError, ShapeError
from corne.layer import Layer
from corne.masking import set_mask
from corne.random import SeedGenerator
from corne.symbolic import SymbolicTensor

from corne_attention.einsum_dense import EinsumDense

LETTERS = "abcdefghijklmnopqrstuvwxyz"


class HeadAttention(Layer):
    """Base of attention with learned projections to several heads.

    A subclass makes the projections in ``build``, and says in ``project`` what they give.

    Args:
        size: Size of a head's queries and keys.
        dropout: Probability of dropping a weight, in training.
        use_bias: Whether the projections add a bias.
        sliding_window: How far a query sees, in positions.
        flash_attention: Handed to the backend's attention kernel.
        kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer, activity_regularizer,
            kernel_constraint, bias_constraint: Of each projection.
        use_gate: Whether heads are multiplied by a gate.
        seed: Of the dropout.
        **kwargs: As for every :class:`~corne.Layer`.
    """

    seed_generator: SeedGenerator | None = None
    _axes: tuple[int, ...] = (1,)  # attended over

    def __init__(
        self,
        size: int,
        dropout: float,
        use_bias: bool,
        sliding_window: int | None,
        flash_attention: bool | None,
        kernel_initializer: Any,
        bias_initializer: Any,
        kernel_regularizer: Any,
        bias_regularizer: Any,
        activity_regularizer: Any,
        kernel_constraint: Any,
        bias_constraint: Any,
        use_gate: bool,
        seed: int | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        own = type(self).__name__
        self.dropout = checks.probability(f"{own}(dropout=…)", dropout)
        if flash_attention and dropout:
            raise ArgumentError(
                f"{own}(flash_attention=True)", "dropout=0", f"{dropout}",
                "Flash attention has no dropout; leave one of the two out.",
            )  # fmt: skip
        self.use_bias = use_bias
        self.use_gate = use_gate
        self.sliding_window = (
            None
            if sliding_window is None
            else checks.integer(f"{own}(sliding_window=…)", sliding_window, least=1)
        )
        self.flash_attention = flash_attention
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self._activity_regularizer = regularizers.get(activity_regularizer)  # of the projections
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.seed = seed
        self.supports_masking = True
        self._scale = 1 / math.sqrt(size)

    # -- building -------------------------------------------------------------------------------------
    def check_lengths(self, value_shape: Shape, key_shape: Shape) -> None:
        """Raise where keys and values don't belong together."""
        if tuple(value_shape[1:-1]) != tuple(key_shape[1:-1]):
            raise ShapeError(
                self.name, "key and value of the same lengths",
                f"shapes {tuple(key_shape)} and {tuple(value_shape)}", "A score belongs to one key and its value.",
            )  # fmt: skip

    def projection(
        self,
        name: str,
        shape: Shape,
        sizes: Sequence[int | None],
        bound: int = 1,
        activation: str | None = None,
    ) -> EinsumDense:
        """Make and build a dense layer from the last ``bound`` axes of ``shape`` to axes of ``sizes``."""
        rank, free = len(shape), len(shape) - bound
        given, new = LETTERS[:rank], LETTERS[rank : rank + len(sizes)]
        layer = EinsumDense(
            f"{given},{given[free:]}{new}->{given[:free]}{new}",
            output_shape=[None] * (free - 1) + list(sizes),
            activation=activation,
            bias_axes=new if self.use_bias else None,
            kernel_initializer=fresh(self.kernel_initializer),
            bias_initializer=fresh(self.bias_initializer),
            kernel_regularizer=self.kernel_regularizer,
            bias_regularizer=self.bias_regularizer,
            activity_regularizer=self._activity_regularizer,
            kernel_constraint=self.kernel_constraint,
            bias_constraint=self.bias_constraint,
            dtype=self.dtype_policy,
            name=name,
        )
        layer.build(tuple(shape))
        return layer

    def make_dropout(self) -> None:
        """Make the source of random numbers, if there is dropout."""
        if self.dropout > 0:
            self.seed_generator = SeedGenerator(self.seed)

    # -- attending ------------------------------------------------------------------------------------
    def project(self, query: Array, value: Array, key: Array) -> tuple[Array, Array, Array]:
        """Return the heads' queries, keys and values, ``(batch, length, heads, size)``."""
        raise NotImplementedError

    def project_back(self, heads: Array, gate: Array | None) -> Array:
        """Return the output from what the heads saw."""
        raise NotImplementedError

    def gate_of(self, query: Array) -> Array:
        """Return what the heads are multiplied by, with ``use_gate``."""
        raise NotImplementedError

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
        training: bool = False,
        use_causal_mask: bool = False,
    ) -> Any:
        """Attend; see the class for the arguments."""
        if self.flash_attention and return_attention_scores:
            raise ArgumentError(
                f"{self.name}(return_attention_scores=True)", "flash_attention=None or False", "True",
                "Flash attention never has the scores; leave one of the two out.",
            )  # fmt: skip
        masks = [
            None if mask is None else ops.expand_dims(ops.cast(mask, "bool"), axis)
            for mask, axis in ((query_mask, -1), (value_mask, -2), (key_mask, -2))
        ]
        if attention_mask is not None:
            masks.append(ops.cast(attention_mask, "bool"))
        if self.sliding_window is not None:
            masks.append(self._near(query, value, self.sliding_window))
        gate = self.gate_of(query) if self.use_gate else None
        heads, scores = self._attend(
            *self.project(query, value, value if key is None else key),
            [mask for mask in masks if mask is not None],
            use_causal_mask,
            training and self.dropout > 0,
            return_attention_scores,
        )
        output = self.project_back(heads, gate)
        if query_mask is not None:
            set_mask(output, query_mask)
        return (output, scores) if return_attention_scores else output

    def _attend(
        self,
        query: Array,
        key: Array,
        value: Array,
        masks: list[Array],
        causal: bool,
        dropping: bool,
        with_scores: bool,
    ) -> tuple[Array, Array | None]:
        """Return what the heads see, and how much they look at each key."""
        rank = len(query.shape)
        _, _, width = equations(rank, self._axes)
        causal_alone = causal and not masks
        if causal and masks:
            masks = [*masks, self._causal(query, key)]
        mask = self._together(masks, width)
        # Rows of the mask without a true value give the values' mean in the backend's kernel and 0 below, as in
        # Keras, which goes that way wherever there may be dropout.
        as_keras = not self.dropout or (mask is None and not dropping)
        if as_keras and not with_scores and rank == 4 and self._axes == (1,):
            heads = ops.dot_product_attention(
                query, key, value, mask=mask, scale=self._scale, is_causal=causal_alone,
                flash_attention=self.flash_attention,
            )  # fmt: skip
            return heads, None
        if causal_alone:
            mask = self._together([self._causal(query, key)], width)
        return self._attend_with_scores(query, key, value, mask, dropping)

    def _attend_with_scores(
        self, query: Array, key: Array, value: Array, mask: Array | None, dropping: bool
    ) -> tuple[Array, Array]:
        heads, key_heads = query.shape[-2], key.shape[-2]
        if key_heads != heads:
            key, value = (ops.repeat(x, heads // key_heads, axis=-2) for x in (key, value))
        to_scores, to_heads, _ = equations(len(query.shape), self._axes)
        scores = ops.einsum(to_scores, ops.multiply(query, self._scale), key)
        axes = tuple(range(-len(self._axes), 0))
        if mask is not None:
            scores = ops.where(mask, scores, -3e4 if self.compute_dtype == "float16" else -1e9)
        weights = ops.softmax(scores, axis=axes)
        if mask is not None:
            weights = ops.where(mask, weights, 0.0)
        used = weights
        if dropping:
            used = random.dropout(weights, self.dropout, seed=self.seed_generator)
        return ops.einsum(to_heads, used, value), weights

    def _together(self, masks: list[Array], width: int) -> Array | None:
        """Return one mask with as many axes as the scores have; missing ones are added before the queries'."""
        together = None
        for mask in masks:
            while len(mask.shape) < width:
                place = min(2 * len(self._axes), len(mask.shape))
                mask = ops.expand_dims(mask, len(mask.shape) - place)
            together = mask if together is None else ops.logical_and(together, mask)
        return together

    @staticmethod
    def _positions(query: Array, value: Array) -> tuple[Array, Array]:
        queries, keys = ops.arange(query.shape[1]), ops.arange(value.shape[1])
        return ops.expand_dims(queries, (0, 2)), ops.expand_dims(keys, (0, 1))

    def _causal(self, query: Array, value: Array) -> Array:
        """Return ``(1, queries, keys)``, true for keys up to the query's own position."""
        return ops.greater_equal(*self._positions(query, value))

    def _near(self, query: Array, value: Array, window: int) -> Array:
        """Return ``(1, queries, keys)``, true for keys less than ``window`` positions away."""
        return ops.less(ops.absolute(ops.subtract(*self._positions(query, value))), window)

    # -- describing -----------------------------------------------------------------------------------
    def heads_shape(self, query_shape: Shape) -> Shape:
        """Return the shape of projected queries."""
        raise NotImplementedError

    def compute_output_shape(
        self, query_shape: Shape, value_shape: Shape, key_shape: Shape | None = None
    ) -> Shape:
        """Return the output's shape."""
        raise NotImplementedError

    def compute_output_spec(
        self,
        query: Any,
        value: Any,
        key: Any = None,
        query_mask: Any = None,
        value_mask: Any = None,
        key_mask: Any = None,
        attention_mask: Any = None,
        return_attention_scores: bool = False,
        training: bool = False,
        use_causal_mask: bool = False,
    ) -> Any:
        """Return SymbolicTensors like the output, and like the scores if they are asked for."""
        key_shape = None if key is None else key.shape
        output = SymbolicTensor(
            self.compute_output_shape(query.shape, value.shape, key_shape), self.compute_dtype
        )
        if not return_attention_scores:
            return output
        heads = self.heads_shape(query.shape)
        attended = [query.shape[a] for a in self._axes] + [value.shape[a] for a in self._axes]
        others = [size for axis, size in enumerate(heads[:-1]) if axis not in self._axes]
        return output, SymbolicTensor((*others, *attended), self.compute_dtype)

    def common_config(self) -> dict[str, Any]:
        """Return the arguments that all have, but ``flash_attention``, which is about the machine."""
        return {
            **super().get_config(),
            "dropout": self.dropout,
            "use_bias": self.use_bias,
            "use_gate": self.use_gate,
            "sliding_window": self.sliding_window,
            "kernel_initializer": initializers.serialize(self.kernel_initializer),
            "bias_initializer": initializers.serialize(self.bias_initializer),
            "kernel_regularizer": regularizers.serialize(self.kernel_regularizer),
            "bias_regularizer": regularizers.serialize(self.bias_regularizer),
            "activity_regularizer": regularizers.serialize(self._activity_regularizer),
            "kernel_constraint": constraints.serialize(self.kernel_constraint),
            "bias_constraint": constraints.serialize(self.bias_constraint),
            "seed": self.seed,
        }


def fresh(initializer: Any) -> Any:
    """Return an initializer that draws numbers of its own, where no seed says which."""
    return initializer.clone() if hasattr(initializer, "clone") else initializer


def equations(rank: int, axes: Sequence[int]) -> tuple[str, str, int]:
    """Return the equations from queries and keys to scores, from scores and values to heads, and scores' rank.

    ``rank`` counts the axes of projected queries: batch, others, heads, size. Scores have the axes that
    aren't attended over (batch, others, heads), then the queries' attended ones, then the keys'.

    >>> equations(4, (1,))
    ('abcd,aecd->acbe', 'acbe,aecd->abcd', 4)
    """
    query = list(LETTERS[:rank])
    key = list(query)
    for position, axis in enumerate(axes):
        key[axis] = LETTERS[rank + position]
    batch = [letter for i, letter in enumerate(query[:-1]) if i not in axes]
    scores = [*batch, *(query[a] for a in axes), *(key[a] for a in axes)]
    q, k, s = "".join(query), "".join(key), "".join(scores)
    return f"{q},{k}->{s}", f"{s},{k}->{q}", len(scores)
