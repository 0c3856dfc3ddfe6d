"""Convolutional LSTM layers: conformance, and arithmetic that can be done by hand."""

from __future__ import annotations

import numpy as np
import pytest
from corne import ops
from corne.errors import ArgumentError, ShapeError
from corne.layers import ConvLSTM1D, ConvLSTM2D
from corne_testkit import Case, LayerConformance


class TestConvLSTM(LayerConformance):
    cases = [
        Case("ConvLSTM1D", {"filters": 2, "kernel_size": 2}, input_shape=(3, 5, 2)),
        Case(
            "ConvLSTM1D",
            {
                "filters": 2,
                "kernel_size": 3,
                "padding": "same",
                "return_sequences": True,
                "return_state": True,
            },
            input_shape=(3, 4, 1),
        ),
        Case("ConvLSTM2D", {"filters": 2, "kernel_size": 2, "strides": 2}, input_shape=(3, 4, 4, 1)),
        Case("ConvLSTM3D", {"filters": 1, "kernel_size": 2, "use_bias": False}, input_shape=(2, 3, 3, 3, 1)),
    ]


def test_one_step_by_hand():
    # One place, one channel, kernel 2 for the candidate alone: i = f = o = s(0) = 1/2, g = tanh(2 x).
    # c = tanh(2) / 2, h = tanh(c) / 2.
    layer = ConvLSTM1D(1, 1, unit_forget_bias=False)
    x = np.ones((1, 1, 1, 1), "float32")
    layer(x)
    layer.set_weights([np.array([[[0.0, 0.0, 2.0, 0.0]]]), np.zeros((1, 1, 4)), np.zeros(4)])
    assert float(ops.convert_to_numpy(layer(x))[0, 0, 0]) == pytest.approx(
        np.tanh(np.tanh(2.0) / 2) / 2, abs=1e-6
    )


def test_a_stateful_layer_continues():
    layer = ConvLSTM2D(2, 2, stateful=True, padding="same")
    x = np.random.default_rng(0).normal(size=(2, 4, 3, 3, 1)).astype("float32")
    whole = ops.convert_to_numpy(layer(x))
    layer.reset_state()
    layer(x[:, :2])
    np.testing.assert_allclose(ops.convert_to_numpy(layer(x[:, 2:])), whole, atol=1e-6)


def test_wrong_use():
    with pytest.raises(ArgumentError):
        ConvLSTM2D(0, 3)
    with pytest.raises(ArgumentError):
        ConvLSTM2D(2, 3, strides=2, dilation_rate=2)
    with pytest.raises(ArgumentError):
        ConvLSTM2D(2, 3, dropout=1.5)
    with pytest.raises(ShapeError):
        ConvLSTM2D(2, 5)(np.ones((1, 2, 4, 4, 1), "float32"))
    with pytest.raises(ShapeError):
        ConvLSTM2D(2, 3).build((None, None, None, 4, 1))
