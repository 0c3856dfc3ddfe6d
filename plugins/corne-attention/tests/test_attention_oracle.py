"""Attention layers against Keras: values, gradients of inputs and weights, scores, configs, weight names."""

from __future__ import annotations

import os

os.environ.setdefault("KERAS_BACKEND", "torch")

import corne
import numpy as np
import pytest
from corne import ops
from corne.layers import AdditiveAttention, Attention, EinsumDense, MultiHeadAttention
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
    if "..." in equation and bias == "c":
        pytest.skip("Keras gives the bias axes that broadcast otherwise")
    compare(
        EinsumDense(equation, shape, bias_axes=bias, activation="tanh"),
        keras.layers.EinsumDense(equation, shape, bias_axes=bias, activation="tanh"),
        [Q],
        lambda layer, x: layer(x[0]),
    )


def test_configs_and_names_are_keras_own():
    for name, arguments in (
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
        assert {k: str(v) for k, v in ours.items() if "regularizer" not in k} == {
            k: str(list(v)) if isinstance(v, tuple) else str(v)
            for k, v in theirs.items()
            if "regularizer" not in k
        }
    with corne.backend.use("cpu"):
        layer = MultiHeadAttention(2, 3, name="mha")
        layer(Q, V)
        other = keras.layers.MultiHeadAttention(2, 3, name="mha")
        other(Q, V)
        assert [w.path for w in layer.weights] == [w.path for w in other.weights]
