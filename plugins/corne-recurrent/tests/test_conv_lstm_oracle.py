"""Convolutional LSTM layers against Keras's: values, gradients, masks, dropout, configs."""

from __future__ import annotations

import numpy as np
import pytest

pytestmark = [
    pytest.mark.oracle,
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),  # Keras's own
]

MASK = np.array([[1, 1, 1, 0], [0, 1, 0, 1]], dtype=bool)


def images(rank, channels=2):
    return np.random.default_rng(rank).normal(size=(2, 4, *(5, 4, 3)[:rank], channels)).astype("float32")


@pytest.mark.parametrize("mask", [None, MASK])
@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"padding": "same", "strides": 2, "return_sequences": True},
        {"dilation_rate": 2, "padding": "same", "go_backwards": True},
        {
            "return_state": True,
            "use_bias": False,
            "activation": "relu",
            "recurrent_activation": "hard_sigmoid",
        },
        {"unit_forget_bias": False, "return_sequences": True, "zero_output_for_mask": True},
    ],
)
@pytest.mark.parametrize("rank", [1, 2, 3])
def test_values_gradients_and_masks(backend, agree, rank, arguments, mask):
    agree(
        lambda layers: getattr(layers, f"ConvLSTM{rank}D")(3, 2, **arguments, name="it"),
        images(rank),
        mask=mask,
    )


@pytest.mark.parametrize("rank", [1, 2])
def test_channels_first(backend, agree, rank):
    x = np.moveaxis(images(rank), -1, 2).copy()
    agree(
        lambda layers: getattr(layers, f"ConvLSTM{rank}D")(3, 2, data_format="channels_first", name="it"), x
    )


@pytest.mark.parametrize(
    "arguments", [{"dropout": 0.4}, {"recurrent_dropout": 0.4}, {"dropout": 0.3, "recurrent_dropout": 0.3}]
)
def test_dropout_draws_keras_s_numbers(agree, arguments):
    agree(lambda layers: layers.ConvLSTM2D(2, 2, seed=3, **arguments, name="it"), images(2), training=True)
