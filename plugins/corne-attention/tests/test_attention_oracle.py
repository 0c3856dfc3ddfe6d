"""Attention layers against Keras: values, gradients of inputs and weights, scores, configs, weight names."""

from __future__ import annotations

import json
import os

os.environ.setdefault("KERAS_BACKEND", "torch")

import corne
import numpy as np
import pytest
from corne import ops
from corne.layers import (
    AdditiveAttention,
    Attention,
    EinsumDense,
    GroupQueryAttention,
    MultiHeadAttention,
)
from corne.masking import get_mask
from corne.variable import Variable

pytestmark = [
    pytest.mark.oracle,
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]
keras = pytest.importorskip("keras")
torch = pytest.importorskip("torch")

RNG = np.random.default_rng(0)
Q = RNG.normal(size=(2, 4, 6)).astype("float32")
V = RNG.normal(size=(2, 5, 6)).astype("float32")
QUERY_MASK = np.array([[1, 1, 1, 0], [1, 1, 0, 0]], bool)
VALUE_MASK = np.array([[1, 1, 1, 1, 0], [0, 1, 1, 1, 1]], bool)
PAIRS = RNG.random((2, 4, 5)) > 0.3
PAIRS[..., 0] = True


def compare(ours, theirs, arrays, call, **arguments):
    """``call(layer, arrays, **arguments)`` on both, with equal weights."""
    with corne.backend.use("cpu"):
        call(
            theirs,
            [torch.tensor(a) for a in arrays],
            **{k: torch.tensor(v) if isinstance(v, np.ndarray) else v for k, v in arguments.items()},
        )
        call(ours, arrays, **arguments)
        assert [w.shape for w in ours.weights] == [tuple(w.shape) for w in theirs.weights]
        weights = [RNG.normal(size=w.shape).astype("float32") * 0.5 for w in ours.weights]
        ours.set_weights(weights)
        theirs.set_weights(weights)
        tensors = [torch.tensor(a, requires_grad=True) for a in arrays]
        expected = call(
            theirs,
            tensors,
            **{k: torch.tensor(v) if isinstance(v, np.ndarray) else v for k, v in arguments.items()},
        )
        expected = expected if isinstance(expected, tuple) else (expected,)
        upstream = RNG.normal(size=tuple(expected[0].shape)).astype("float32")
        (expected[0] * torch.tensor(upstream)).sum().backward()
        variables = [Variable(a) for a in arrays]

        def loss():
            got = call(ours, [v.value for v in variables], **arguments)
            got = got if isinstance(got, tuple) else (got,)
            return ops.sum(ops.multiply(got[0], upstream)), got

        (_, got), gradients = corne.backend.active().value_and_grad(
            loss, [*variables, *ours.trainable_variables]
        )
        for one, two in zip(got, expected, strict=True):
            np.testing.assert_allclose(ops.convert_to_numpy(one), two.detach().numpy(), rtol=1e-4, atol=1e-5)
        wanted = [t.grad for t in tensors] + [w.value.grad for w in theirs.trainable_variables]
        for one, two in zip(gradients, wanted, strict=True):
            np.testing.assert_allclose(ops.convert_to_numpy(one), two.numpy(), rtol=1e-3, atol=5e-5)


@pytest.mark.parametrize(
    ("arguments", "call"),
    [
        ({"num_heads": 2, "key_dim": 3}, {}),
        ({"num_heads": 2, "key_dim": 3, "value_dim": 4, "use_bias": False}, {}),
        ({"num_heads": 2, "key_dim": 3, "output_shape": 7}, {"use_causal_mask": True}),
        ({"num_heads": 2, "key_dim": 3, "output_shape": (2, 3)}, {}),
        ({"num_heads": 1, "key_dim": 5, "use_gate": True}, {}),
        ({"num_heads": 2, "key_dim": 3, "sliding_window": 2}, {}),
        ({"num_heads": 2, "key_dim": 3}, {"attention_mask": PAIRS}),
        ({"num_heads": 2, "key_dim": 3}, {"value_mask": VALUE_MASK}),
        (
            {"num_heads": 2, "key_dim": 3},
            {"attention_mask": PAIRS, "value_mask": VALUE_MASK, "use_causal_mask": True},
        ),
        ({"num_heads": 2, "key_dim": 3}, {"return_attention_scores": True}),
        ({"num_heads": 2, "key_dim": 3}, {"return_attention_scores": True, "attention_mask": PAIRS}),
    ],
)
def test_multi_head_attention(arguments, call):
    compare(
        MultiHeadAttention(**arguments, name="it"),
        keras.layers.MultiHeadAttention(**arguments, name="it"),
        [Q, V],
        lambda layer, x, **k: layer(x[0], x[1], **k),
        **call,
    )


def test_multi_head_attention_with_keys_of_their_own_and_other_axes():
    compare(
        MultiHeadAttention(2, 3),
        keras.layers.MultiHeadAttention(2, 3),
        [Q, V, V[..., :5].copy()],
        lambda layer, x: layer(x[0], x[1], key=x[2]),
    )
    picture = RNG.normal(size=(2, 3, 4, 6)).astype("float32")
    for axes in ((1,), (2,), (1, 2)):
        compare(
            MultiHeadAttention(2, 3, attention_axes=axes),
            keras.layers.MultiHeadAttention(2, 3, attention_axes=axes),
            [picture],
            lambda layer, x: layer(x[0], x[0]),
        )


SHUT = np.array([[1, 1, 0, 0, 0], [0, 0, 0, 0, 0]], bool)  # of the second sample nothing may be seen


@pytest.mark.parametrize("dropout", [0.0, 0.3])
@pytest.mark.parametrize("scores", [False, True])
@pytest.mark.parametrize(
    "call",
    [
        {"value_mask": SHUT},
        {"attention_mask": PAIRS & SHUT[:, None]},
        {"attention_mask": PAIRS[0]},
        {"attention_mask": np.stack([PAIRS, ~PAIRS], axis=1)},
        {"attention_mask": PAIRS.astype("float32"), "use_causal_mask": True},
    ],
)
def test_rows_that_may_see_nothing_and_masks_of_fewer_axes(call, scores, dropout):
    arguments = {"num_heads": 2, "key_dim": 3, "dropout": dropout, "seed": 1}
    compare(
        MultiHeadAttention(**arguments),
        keras.layers.MultiHeadAttention(**arguments),
        [Q, V],
        lambda layer, x, **k: layer(x[0], x[1], return_attention_scores=scores, **k),
        **call,
    )


def test_masks_that_the_inputs_carry():
    tokens = np.array([[3, 1, 2, 0], [1, 0, 0, 0]])

    def attend(layers):
        embed = layers.Embedding(4, 6, mask_zero=True)
        attention = layers.MultiHeadAttention(2, 3)
        x = embed(tokens)
        attention(x, x)
        generator = np.random.default_rng(1)
        for layer in (embed, attention):
            layer.set_weights(
                [generator.normal(size=tuple(w.shape)).astype("float32") for w in layer.weights]
            )
        x = embed(tokens)
        return attention(x, x)

    with corne.backend.use("cpu"):
        ours = attend(corne.layers)
        assert get_mask(ours).tolist() == (tokens > 0).tolist()
        np.testing.assert_allclose(
            ours.detach().numpy(), attend(keras.layers).detach().numpy(), rtol=1e-4, atol=1e-5
        )


def test_seeded_start_values_and_dropout_are_those_of_keras():
    def run(layers, utils):
        utils.set_random_seed(4)
        layer = layers.MultiHeadAttention(2, 3, value_dim=4, dropout=0.4, use_gate=True, seed=7)
        return layer, layer(Q, V, training=True)

    with corne.backend.use("cpu"):
        ours, output = run(corne.layers, corne.utils)
        theirs, expected = run(keras.layers, keras.utils)
        for one, two in zip(ours.weights, theirs.weights, strict=True):
            np.testing.assert_allclose(one.numpy(), two.value.detach().numpy(), atol=1e-6)
        np.testing.assert_allclose(output.detach().numpy(), expected.detach().numpy(), rtol=1e-4, atol=1e-5)


def test_penalties_on_what_the_projections_give():
    with corne.backend.use("cpu"):
        ours = MultiHeadAttention(2, 3, activity_regularizer="l2", kernel_regularizer="l1")
        theirs = keras.layers.MultiHeadAttention(2, 3, activity_regularizer="l2", kernel_regularizer="l1")
        for layer in (ours, theirs):
            layer(Q, V)
        theirs.set_weights([w.numpy() for w in ours.weights])
        for layer in (ours, theirs):
            layer(Q, V)
        np.testing.assert_allclose(
            sorted(float(x.detach()) for x in ours.losses),
            sorted(float(x.detach()) for x in theirs.losses),
            rtol=1e-5,
        )


@pytest.mark.parametrize(
    ("arguments", "call"),
    [
        ({}, {}),
        ({"use_bias": False}, {"use_causal_mask": True}),
        ({"use_gate": True, "sliding_window": 2}, {}),
        ({}, {"attention_mask": PAIRS, "value_mask": VALUE_MASK, "query_mask": QUERY_MASK}),
        ({"dropout": 0.2}, {"attention_mask": PAIRS, "use_causal_mask": True}),
        ({}, {"return_attention_scores": True}),
        ({}, {"return_attention_scores": True, "attention_mask": PAIRS}),
    ],
)
def test_group_query_attention(arguments, call):
    arguments = {"head_dim": 3, "num_query_heads": 4, "num_key_value_heads": 2, **arguments}
    compare(
        GroupQueryAttention(**arguments, name="it"),
        keras.layers.GroupQueryAttention(**arguments, name="it"),
        [Q, V],
        lambda layer, x, **k: layer(x[0], x[1], **k),
        **call,
    )


def test_files_are_exchanged_with_keras(tmp_path):
    def build(layers, models):
        x = layers.Input((4, 6))
        y = layers.MultiHeadAttention(2, 3, use_gate=True, dropout=0.1)(x, x)
        y = layers.GroupQueryAttention(3, 4, 2)(y, y)
        y = layers.EinsumDense("abc,cd->abd", (None, 2), bias_axes="d")(y)
        return models.Model(x, layers.Attention(use_scale=True)([y, y]))

    with corne.backend.use("cpu"):
        ours = build(corne.layers, corne.models)
        ours.save(tmp_path / "ours.keras")
        read = keras.models.load_model(tmp_path / "ours.keras")
        expected = ours.predict(Q, verbose=0)
        np.testing.assert_allclose(read.predict(Q, verbose=0), expected, rtol=1e-4, atol=1e-5)
        theirs = build(keras.layers, keras.models)
        theirs.save(tmp_path / "theirs.keras")
        read = corne.models.load_model(tmp_path / "theirs.keras")
        np.testing.assert_allclose(
            read.predict(Q, verbose=0), theirs.predict(Q, verbose=0), rtol=1e-4, atol=1e-5
        )


@pytest.mark.parametrize("arguments", [{}, {"use_scale": True}, {"score_mode": "concat"}])
@pytest.mark.parametrize("call", [{}, {"use_causal_mask": True}, {"return_attention_scores": True}])
def test_attention(arguments, call):
    compare(
        Attention(**arguments),
        keras.layers.Attention(**arguments),
        [Q, V],
        lambda layer, x, **k: layer(x, **k),
        **call,
    )


@pytest.mark.parametrize("use_scale", [True, False])
def test_additive_attention_with_masks(use_scale):
    def call(layer, x):
        kind = torch.tensor if isinstance(layer, keras.layers.Layer) else np.asarray
        return layer(x, mask=[kind(QUERY_MASK), kind(VALUE_MASK)])

    compare(AdditiveAttention(use_scale), keras.layers.AdditiveAttention(use_scale), [Q, V], call)


@pytest.mark.parametrize(
    ("equation", "shape", "bias"),
    [
        ("abc,cd->abd", (None, 3), "d"),
        ("abc,cde->abde", (None, 2, 3), "de"),
        ("abc,cde->abde", (None, 2, 3), "e"),
        ("abc,bcd->ad", 3, "d"),
        ("...c,cd->...d", 3, None),
        ("ab...,bc->ac...", (3, None), "c"),
    ],
)
def test_einsum_dense(equation, shape, bias):
    compare(
        EinsumDense(equation, shape, bias_axes=bias, activation="tanh"),
        keras.layers.EinsumDense(equation, shape, bias_axes=bias, activation="tanh"),
        [Q],
        lambda layer, x: layer(x[0]),
    )


def test_configs_and_names_are_keras_own():
    for name, arguments in (
        ("GroupQueryAttention", {"head_dim": 3, "num_query_heads": 4, "num_key_value_heads": 2, "seed": 1}),
        (
            "MultiHeadAttention",
            {
                "num_heads": 2,
                "key_dim": 3,
                "dropout": 0.1,
                "attention_axes": (1,),
                "kernel_regularizer": "l2",
            },
        ),
        ("Attention", {"use_scale": True, "dropout": 0.2, "seed": 1}),
        ("AdditiveAttention", {"dropout": 0.1}),
        ("EinsumDense", {"equation": "ab,bc->ac", "output_shape": 3, "bias_axes": "c"}),
    ):
        ours = getattr(corne.layers, name)(**arguments, name="it").get_config()
        theirs = getattr(keras.layers, name)(**arguments, name="it").get_config()
        theirs.pop("quantization_config", None)
        assert json.loads(json.dumps(ours)) == json.loads(json.dumps(theirs))
    with corne.backend.use("cpu"):
        layer = MultiHeadAttention(2, 3, name="mha")
        layer(Q, V)
        other = keras.layers.MultiHeadAttention(2, 3, name="mha")
        other(Q, V)
        assert [w.path for w in layer.weights] == [w.path for w in other.weights]
