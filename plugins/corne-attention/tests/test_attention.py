"""Attention without an oracle: worked by hand, masks, models, errors."""

from __future__ import annotations

import numpy as np
import pytest
from corne import Input, Model, ops
from corne.errors import ArgumentError, ShapeError
from corne.layers import Attention, EinsumDense, GroupQueryAttention, MultiHeadAttention
from corne.masking import set_mask

RNG = np.random.default_rng(0)


def test_attention_by_hand(backend):
    # One query that equals the first key: scores 1 and 0, weights e/(e+1) and 1/(e+1)
    query, keys = np.array([[[1.0, 0.0]]]), np.array([[[1.0, 0.0], [0.0, 1.0]]])
    values = np.array([[[10.0, 0.0], [0.0, 10.0]]])
    got = ops.convert_to_numpy(Attention()([query, values, keys]))
    share = np.e / (np.e + 1)
    np.testing.assert_allclose(got, [[[10 * share, 10 * (1 - share)]]], rtol=1e-5)


def test_padding_changes_nothing(backend):
    layer = MultiHeadAttention(2, 3)
    x = RNG.normal(size=(1, 4, 6)).astype("float32")
    short = ops.convert_to_numpy(layer(x, x))
    longer = np.concatenate([x, RNG.normal(size=(1, 2, 6)).astype("float32")], axis=1)
    mask = np.array([[True] * 4 + [False] * 2])
    got = ops.convert_to_numpy(layer(longer, longer, query_mask=mask, value_mask=mask))
    np.testing.assert_allclose(got[:, :4], short, rtol=1e-4, atol=1e-5)


def test_masks_are_found_by_themselves(backend):
    layer = MultiHeadAttention(2, 3)
    x = RNG.normal(size=(1, 5, 6)).astype("float32")
    mask = np.array([[True, True, True, False, False]])
    explicit = ops.convert_to_numpy(layer(x, x, query_mask=mask, value_mask=mask))
    carrying = set_mask(ops.convert_to_tensor(x), ops.convert_to_tensor(mask))
    np.testing.assert_allclose(
        ops.convert_to_numpy(layer(carrying, carrying)), explicit, rtol=1e-5, atol=1e-6
    )


def test_causal_attention_does_not_look_ahead(backend):
    layer = MultiHeadAttention(2, 3)
    x = RNG.normal(size=(1, 4, 6)).astype("float32")
    before = ops.convert_to_numpy(layer(x, x, use_causal_mask=True))
    x[:, 3] = 9.0
    after = ops.convert_to_numpy(layer(x, x, use_causal_mask=True))
    np.testing.assert_allclose(after[:, :3], before[:, :3], rtol=1e-5, atol=1e-6)
    assert np.abs(after[:, 3] - before[:, 3]).max() > 1e-3


def test_in_a_model_with_scores(backend):
    a, b = Input((4, 6)), Input((5, 6))
    out, scores = MultiHeadAttention(2, 3)(a, b, return_attention_scores=True)
    assert out.shape == (None, 4, 6)
    assert scores.shape == (None, 2, 4, 5)
    model = Model([a, b], [out, scores])
    got = model([np.ones((3, 4, 6)), np.ones((3, 5, 6))])
    np.testing.assert_allclose(ops.convert_to_numpy(got[1]).sum(-1), 1.0, rtol=1e-5)


def test_dropout_only_in_training(backend):
    layer = MultiHeadAttention(1, 2, dropout=0.5, seed=1)
    x = RNG.normal(size=(1, 8, 4)).astype("float32")
    one, two = (ops.convert_to_numpy(layer(x, x)) for _ in range(2))
    np.testing.assert_array_equal(one, two)
    assert np.abs(ops.convert_to_numpy(layer(x, x, training=True)) - one).max() > 1e-4


@pytest.mark.parametrize(
    ("make", "error", "text"),
    [
        (lambda: MultiHeadAttention(0, 3), ArgumentError, "num_heads"),
        (lambda: MultiHeadAttention(2, -1), ArgumentError, "key_dim"),
        (lambda: MultiHeadAttention(2, 3, dropout=1.5), ArgumentError, "dropout"),
        (lambda: MultiHeadAttention(2, 3, sliding_window=0), ArgumentError, "sliding_window"),
        (lambda: MultiHeadAttention(2, 3)(np.ones((1, 2, 3)), np.ones((1, 4, 3)), key=np.ones((1, 5, 3))), ShapeError, "same lengths"),
        (lambda: MultiHeadAttention(2, 3, flash_attention=True, dropout=0.1), ArgumentError, "flash_attention=True.*dropout=0"),
        (lambda: MultiHeadAttention(2, 3, flash_attention=True)(np.ones((1, 2, 3)), np.ones((1, 2, 3)), return_attention_scores=True), ArgumentError, "never has the scores"),
        (lambda: MultiHeadAttention(2, 3, output_shape="8"), ArgumentError, "output_shape"),
        (lambda: MultiHeadAttention(2, 3, attention_axes=1.5), ArgumentError, "attention_axes"),
        (lambda: GroupQueryAttention(3, 4, 3), ArgumentError, "a divisor of num_query_heads=4, got 3"),
        (lambda: GroupQueryAttention(3, 4, 2)(np.ones((1, 2, 3, 4)), np.ones((1, 2, 3, 4))), ShapeError, "query of 3 axes"),
        (lambda: Attention(score_mode="sum"), ArgumentError, "score_mode"),
        (lambda: Attention()(np.ones((1, 2, 3))), ArgumentError, r"\[query, value\]"),
        (lambda: EinsumDense("abc", 3), ArgumentError, "equation"),
        (lambda: EinsumDense("ab,bc->ad", 3), ArgumentError, "in no term"),
        (lambda: EinsumDense("ab,bc->ac", 3, bias_axes="z"), ArgumentError, "bias_axes"),
        (lambda: EinsumDense("ab,bc->ac", 3)(np.ones((1, 2, 3))), ShapeError, "axes 'ab'"),
        (lambda: EinsumDense("ab,bc->ac", (3, 4))(np.ones((1, 2))), ShapeError, "output_shape"),
    ],
)  # fmt: skip
def test_errors(make, error, text):
    with pytest.raises(error, match=text):
        make()
