"""Bidirectional and TimeDistributed against Keras's."""

from __future__ import annotations

import numpy as np
import pytest

pytestmark = pytest.mark.oracle

BATCH, STEPS, FEATURES, UNITS = 4, 5, 3, 2
MASKS = {
    "none": None,
    "right": [[1, 1, 1, 1, 1], [1, 1, 1, 0, 0], [1, 0, 0, 0, 0], [0, 0, 0, 0, 0]],
    "gaps": [[0, 1, 0, 1, 0], [1, 0, 0, 1, 1], [0, 0, 1, 0, 0], [1, 1, 0, 1, 1]],
}
MODES = ["concat", "sum", "mul", "ave", None]


def data(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def mask_of(name):
    return None if MASKS[name] is None else np.array(MASKS[name], dtype=bool)


def inputs():
    return data(BATCH, STEPS, FEATURES)


@pytest.mark.parametrize("mask", list(MASKS))
@pytest.mark.parametrize("return_sequences", [False, True])
@pytest.mark.parametrize("merge_mode", MODES)
def test_bidirectional(backend, agree, merge_mode, return_sequences, mask):
    for name in ("LSTM", "GRU"):
        agree(
            lambda layers, name=name: layers.Bidirectional(
                getattr(layers, name)(UNITS, return_sequences=return_sequences, name="inner", seed=1),
                merge_mode=merge_mode,
                name="it",
            ),
            inputs(),
            mask=mask_of(mask),
            config=mask == "none",
        )


@pytest.mark.parametrize("merge_mode", ["sum", None])
@pytest.mark.parametrize("name", ["SimpleRNN", "LSTM", "GRU"])
def test_bidirectional_states(backend, agree, name, merge_mode):
    count = 4 if name == "LSTM" else 2
    agree(
        lambda layers: layers.Bidirectional(
            getattr(layers, name)(UNITS, return_sequences=True, return_state=True, name="inner"),
            merge_mode=merge_mode,
            name="it",
        ),
        inputs(),
        states=[data(BATCH, UNITS, seed=s) for s in range(count)],
    )


def test_bidirectional_of_two_kinds_of_layers(backend, agree):
    def make(layers):
        return layers.Bidirectional(
            layers.LSTM(UNITS, return_sequences=True, name="one"),
            backward_layer=layers.GRU(3, return_sequences=True, go_backwards=True, name="two"),
            name="it",
        )

    # Keras's compute_output_shape doubles the forward layer's size whatever the other one's is.
    layer, _ = agree(make, inputs(), mask=mask_of("gaps"), shapes=False)
    assert layer.compute_output_shape((None, 5, 2)) == (None, 5, UNITS + 3)


def test_bidirectional_of_cells(backend, agree):
    def make(layers):
        cells = [layers.GRUCell(3, name="one"), layers.LSTMCell(UNITS, name="two")]
        return layers.Bidirectional(layers.RNN(cells, return_sequences=True, name="inner"), name="it")

    agree(make, inputs(), mask=mask_of("right"), config=False, names=True)


@pytest.mark.parametrize(
    "name, arguments, shape",
    [
        ("Dense", {"units": 4, "activation": "tanh"}, (3, 4, 5)),
        ("Dense", {"units": 4, "use_bias": False}, (3, 4, 2, 5)),
        ("Flatten", {}, (3, 4, 2, 5)),
        ("LayerNormalization", {}, (3, 4, 5)),
        ("LSTM", {"units": 2}, (3, 4, 5, 2)),
    ],
)
def test_time_distributed(backend, agree, name, arguments, shape):
    def make(layers):
        return layers.TimeDistributed(getattr(layers, name)(**arguments, name="inner"), name="it")

    agree(make, data(*shape), config=name != "LayerNormalization")


def test_time_distributed_batch_normalization_sees_one_step_at_a_time(backend, agree):
    def make(layers):
        return layers.TimeDistributed(layers.BatchNormalization(name="inner"), name="it")

    agree(make, data(6, 3, 4), training=True, tolerance=2e-5)


def test_time_distributed_dropout_draws_what_keras_draws(agree):
    from corne import backend

    with backend.use("cpu"):
        agree(
            lambda layers: layers.TimeDistributed(layers.Dropout(0.5, seed=2, name="inner"), name="it"),
            data(3, 4, 5), training=True,
        )  # fmt: skip


def test_time_distributed_hands_on_each_step_s_mask(backend, agree):
    mask = np.random.default_rng(3).uniform(size=(3, 4, 5)) > 0.4
    agree(
        lambda layers: layers.TimeDistributed(layers.LSTM(2, name="inner"), name="it"),
        data(3, 4, 5, 2), mask=mask,
    )  # fmt: skip
