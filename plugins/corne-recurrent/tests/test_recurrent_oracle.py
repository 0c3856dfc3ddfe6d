"""SimpleRNN, LSTM, GRU and RNN against Keras's: values, gradients, masks, states, dropout, configs."""

from __future__ import annotations

import numpy as np
import pytest

pytestmark = [
    pytest.mark.oracle,
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),  # Keras's own
]

BATCH, STEPS, FEATURES, UNITS = 4, 5, 3, 2

MASKS = {
    "none": None,
    "right": [[1, 1, 1, 1, 1], [1, 1, 1, 0, 0], [1, 0, 0, 0, 0], [0, 0, 0, 0, 0]],
    "left": [[1, 1, 1, 1, 1], [0, 0, 1, 1, 1], [0, 0, 0, 0, 1], [0, 0, 0, 0, 0]],
    "gaps": [[0, 1, 0, 1, 0], [1, 0, 0, 1, 1], [0, 0, 1, 0, 0], [1, 1, 0, 1, 1]],
}
LAYERS = ["SimpleRNN", "LSTM", "GRU"]


def data(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def mask_of(name):
    return None if MASKS[name] is None else np.array(MASKS[name], dtype=bool)


def inputs():
    return data(BATCH, STEPS, FEATURES)


@pytest.mark.parametrize("mask", list(MASKS))
@pytest.mark.parametrize("go_backwards", [False, True])
@pytest.mark.parametrize("return_sequences", [False, True])
@pytest.mark.parametrize("name", LAYERS)
def test_masks_and_directions(backend, agree, name, return_sequences, go_backwards, mask):
    agree(
        lambda layers: getattr(layers, name)(
            UNITS, return_sequences=return_sequences, return_state=True, go_backwards=go_backwards, name="it"
        ),
        inputs(),
        mask=mask_of(mask),
    )


@pytest.mark.parametrize("mask", ["right", "left", "gaps"])
@pytest.mark.parametrize("return_sequences", [False, True])
@pytest.mark.parametrize("name", LAYERS)
def test_zeros_for_masked_steps(backend, agree, name, return_sequences, mask):
    agree(
        lambda layers: getattr(layers, name)(
            UNITS, return_sequences=return_sequences, zero_output_for_mask=True, name="it"
        ),
        inputs(),
        mask=mask_of(mask),
    )


ARGUMENTS = [
    {"use_bias": False},
    {"activation": "relu"},
    {"activation": None},
    {"activation": "softmax"},
    {"dtype": "float64"},
    {"unroll": True},
    {
        "kernel_initializer": "he_normal", "recurrent_initializer": "glorot_uniform",
        "bias_initializer": "ones", "kernel_regularizer": "l2", "recurrent_regularizer": "l1",
        "bias_regularizer": "l2", "kernel_constraint": "unit_norm", "recurrent_constraint": "non_neg",
        "bias_constraint": "max_norm",
    },
    {"trainable": False},
]  # fmt: skip
GATED = [
    {"recurrent_activation": "hard_sigmoid"},
    {"recurrent_activation": "softmax"},
    {"recurrent_activation": None, "activation": "sigmoid"},
    {"use_cudnn": False},
    {"implementation": 1},
    {"activity_regularizer": "l2"},
]
CASES = (
    [(name, arguments) for name in LAYERS for arguments in ARGUMENTS]
    + [(name, arguments) for name in ("LSTM", "GRU") for arguments in GATED]
    + [("LSTM", {"unit_forget_bias": False}), ("GRU", {"reset_after": False})]
    + [("GRU", {"reset_after": False, "use_bias": False, "activation": "relu"})]
)


@pytest.mark.parametrize("name, arguments", CASES)
def test_arguments(backend, agree, name, arguments):
    def make(layers):
        return getattr(layers, name)(UNITS, **arguments, return_sequences=True, name="it")

    agree(make, inputs())
    agree(make, inputs(), mask=mask_of("gaps"))


@pytest.mark.parametrize("name", LAYERS)
def test_initial_state(backend, agree, name):
    states = [data(BATCH, UNITS, seed=s) for s in range(2 if name == "LSTM" else 1)]

    def make(layers):
        return getattr(layers, name)(UNITS, return_sequences=True, return_state=True, name="it")

    for mask in MASKS:
        agree(make, inputs(), mask=mask_of(mask), states=states)


@pytest.mark.parametrize("name", LAYERS)
def test_stateful(backend, agree, name):
    def make(layers, **arguments):
        if name != "SimpleRNN" and layers.__name__.startswith("keras"):
            arguments["use_cudnn"] = False  # the other way Keras can't differentiate with states in place
        return getattr(layers, name)(UNITS, stateful=True, name="it", **arguments)

    agree(make, inputs(), calls=3)
    agree(lambda layers: make(layers, return_state=True), inputs(), mask=mask_of("left"), calls=2)


@pytest.mark.parametrize(
    "arguments", [{"dropout": 0.4}, {"recurrent_dropout": 0.3}, {"dropout": 0.3, "recurrent_dropout": 0.5}]
)
@pytest.mark.parametrize("name", LAYERS)
def test_dropout_draws_what_keras_draws(agree, name, arguments):
    from corne import backend

    with backend.use("cpu"):  # whose random numbers are those of Keras on PyTorch

        def make(layers):
            return getattr(layers, name)(UNITS, return_sequences=True, seed=3, **arguments, name="it")

        same = name != "SimpleRNN"  # Keras's config of SimpleRNN loses the seed
        agree(make, inputs(), training=True, config=same, calls=2)
        agree(make, inputs(), training=True, config=same, mask=mask_of("gaps"))
        agree(make, inputs(), config=same)


def test_dropout_of_the_inputs_by_gate(agree):
    from corne import backend

    with backend.use("cpu"):
        for name in ("LSTM", "GRU"):  # Keras's own layers fail here: compare with its cells
            agree(
                lambda layers, name=name: layers.RNN(
                    getattr(layers, f"{name}Cell")(UNITS, dropout=0.4, implementation=1, seed=3), name="it"
                ),
                inputs(), training=True, config=False, names=True,
            )  # fmt: skip


@pytest.mark.parametrize("mask", list(MASKS))
@pytest.mark.parametrize("name", LAYERS)
def test_rnn_of_a_cell(backend, agree, name, mask):
    agree(
        lambda layers: layers.RNN(
            getattr(layers, f"{name}Cell")(UNITS, name="inner"),
            return_sequences=True,
            return_state=True,
            zero_output_for_mask=mask == "gaps",
            name="it",
        ),
        inputs(),
        mask=mask_of(mask),
    )


@pytest.mark.parametrize("mask", list(MASKS))
@pytest.mark.parametrize("go_backwards", [False, True])
def test_stacked_cells(backend, agree, go_backwards, mask):
    def make(layers):
        cells = [
            layers.LSTMCell(3, name="one"),
            layers.GRUCell(2, name="two"),
            layers.SimpleRNNCell(4, name="three"),
        ]
        return layers.RNN(
            cells, return_sequences=True, return_state=True, go_backwards=go_backwards, name="it"
        )

    agree(make, inputs(), mask=mask_of(mask), config=False, names=True)


def test_config_of_stacked_cells(agree):
    def make(layers):
        cells = [layers.LSTMCell(3, name="one", seed=1), layers.GRUCell(2, name="two", seed=2)]
        return layers.RNN(layers.StackedRNNCells(cells, name="stack"), name="it")

    agree(make, inputs())


@pytest.mark.parametrize("name", LAYERS)
def test_one_step_of_a_cell(backend, keras, name):
    import torch
    from corne import backend as backends
    from corne import layers

    ours, theirs = (getattr(where, f"{name}Cell")(UNITS, name="it") for where in (layers, keras.layers))
    x, states = data(BATCH, FEATURES), [data(BATCH, UNITS, seed=s) for s in range(2 if name == "LSTM" else 1)]
    expected, expected_states = theirs(torch.tensor(x), [torch.tensor(s) for s in states])
    ours(x, states)
    ours.set_weights([w.value.detach().numpy() for w in theirs.weights])
    output, new_states = ours(x, states)
    to_numpy = backends.active().to_numpy
    np.testing.assert_allclose(to_numpy(output), expected.detach().numpy(), atol=1e-6)
    for mine, other in zip(new_states, expected_states, strict=True):
        np.testing.assert_allclose(to_numpy(mine), other.detach().numpy(), atol=1e-6)


def test_seeded_start_values_are_those_of_keras(keras):
    from corne import backend, layers, utils

    for name in LAYERS:
        utils.set_random_seed(5)
        with backend.use("cpu"):
            ours = getattr(layers, name)(UNITS)
            ours.build((BATCH, STEPS, FEATURES))
        keras.utils.set_random_seed(5)
        theirs = getattr(keras.layers, name)(UNITS)
        theirs.build((BATCH, STEPS, FEATURES))
        for mine, other in zip(ours.weights, theirs.weights, strict=True):
            np.testing.assert_allclose(mine.numpy(), other.value.detach().numpy(), atol=1e-6)


@pytest.mark.parametrize("name", ["LSTM", "GRU"])  # Keras's SimpleRNN loses its activity_regularizer
def test_penalties(keras, name):
    from corne import backend, layers

    regularizers = {
        "kernel_regularizer": "l2", "recurrent_regularizer": "l1", "bias_regularizer": "l2",
        "activity_regularizer": "l1",
    }  # fmt: skip
    with backend.use("cpu"):
        ours, theirs = (getattr(where, name)(UNITS, **regularizers) for where in (layers, keras.layers))
        ours(inputs())
        theirs(inputs())
        theirs.set_weights([w.numpy() for w in ours.weights])
        ours(inputs())
        theirs(inputs())
        one, two = (sorted(float(x.detach()) for x in layer.losses) for layer in (ours, theirs))
    np.testing.assert_allclose(one, two, rtol=1e-5)


def test_files_are_exchanged_with_keras(keras, tmp_path):
    import corne

    def build(layers, models):
        tokens, other = layers.Input((None,)), layers.Input((None, 2))
        x = layers.Embedding(9, 4, mask_zero=True)(tokens)
        x = layers.Bidirectional(layers.LSTM(3, return_sequences=True))(x)
        x = layers.RNN([layers.GRUCell(4), layers.SimpleRNNCell(3)], return_sequences=True)(x)
        x = layers.TimeDistributed(layers.Dense(2))(layers.SimpleRNN(3, return_sequences=True)(x))
        # Without a mask: Keras forgets it where a call has a second array, the initial state.
        y, state = layers.GRU(3, return_sequences=True, return_state=True, dropout=0.2)(other)
        y = layers.LSTM(3)(y, initial_state=[state, state])
        return models.Model([tokens, other], [x, y])

    tokens = [np.array([[1, 2, 3, 0, 0], [4, 0, 0, 0, 0], [5, 6, 7, 8, 1]]), data(3, 5, 2)]

    def same(one, two):
        for a, b in zip(one.predict(tokens, verbose=0), two.predict(tokens, verbose=0), strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)

    with corne.backend.use("cpu"):
        ours, theirs = build(corne.layers, corne.models), build(keras.layers, keras.models)
        ours.save(tmp_path / "ours.keras")
        same(keras.models.load_model(tmp_path / "ours.keras"), ours)
        theirs.save(tmp_path / "theirs.keras")
        same(corne.models.load_model(tmp_path / "theirs.keras"), theirs)
