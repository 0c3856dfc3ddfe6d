"""The recurrent layers by themselves: values worked by hand, properties, and what bad arguments say."""

from __future__ import annotations

import numpy as np
import pytest
from corne import backend as backends
from corne import ops
from corne.errors import ArgumentError, ShapeError, UnknownArgumentError
from corne.layers import (
    GRU,
    LSTM,
    RNN,
    Dense,
    Embedding,
    GRUCell,
    Input,
    LSTMCell,
    SimpleRNN,
    SimpleRNNCell,
    StackedRNNCells,
)
from corne.masking import get_mask
from corne.models import Sequential

LAYERS = [SimpleRNN, LSTM, GRU]


def values(x):
    return ops.convert_to_numpy(x)


def data(*shape):
    return np.random.default_rng(0).normal(size=shape).astype("float32")


class Count:
    """A cell that is no layer: how many steps there were, and their sum."""

    state_size = [1, 2]
    output_size = 2

    def call(self, inputs, states):
        count, total = ops.add(states[0], 1), ops.add(states[1], inputs)
        return total, [count, total]


def test_simple_rnn_by_hand(backend):
    layer = SimpleRNN(1, activation=None, kernel_initializer="ones", recurrent_initializer="ones")
    assert values(layer(np.array([[[1.0], [2.0], [3.0]]], "float32"))).tolist() == [[6.0]]


def test_any_object_with_call_and_state_size_is_a_cell(backend):
    outputs, count, total = RNN(Count(), return_sequences=True, return_state=True)(data(3, 4, 2))
    assert values(count).tolist() == [[4.0]] * 3
    np.testing.assert_allclose(values(outputs), np.cumsum(data(3, 4, 2), axis=1), rtol=1e-5)
    np.testing.assert_allclose(values(total), data(3, 4, 2).sum(axis=1), rtol=1e-5)


def test_symbolic_shapes(backend):
    x = Input((None, 3))
    assert LSTM(4)(x).shape == (None, 4)
    assert LSTM(4, return_sequences=True)(x).shape == (None, None, 4)
    assert [t.shape for t in LSTM(4, return_state=True)(x)] == [(None, 4)] * 3
    assert [t.shape for t in RNN(Count(), return_state=True)(Input((None, 2)))] == [
        (None, 2),
        (None, 1),
        (None, 2),
    ]
    h = Input((4,))
    assert GRU(4)(x, initial_state=h).shape == (None, 4)


@pytest.mark.parametrize("layer", LAYERS)
def test_padding_changes_nothing(backend, layer):
    x = data(2, 3, 4)
    layer = layer(5)
    expected = values(layer(x))
    left = np.concatenate([np.full((2, 2, 4), 9.0, "float32"), x], axis=1)
    right = np.concatenate([x, np.full((2, 2, 4), 9.0, "float32")], axis=1)
    mask = np.array([[0, 0, 1, 1, 1]] * 2, bool)
    np.testing.assert_allclose(values(layer(left, mask=mask)), expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(
        values(layer(right, mask=mask[:, ::-1].copy())), expected, rtol=1e-5, atol=1e-6
    )


def test_masks_come_from_the_embedding_and_go_on(backend):
    embedded = Embedding(5, 3, mask_zero=True)(np.array([[1, 2, 0], [3, 0, 0]]))
    outputs = LSTM(2, return_sequences=True)(embedded)
    assert values(get_mask(outputs)).tolist() == [[True, True, False], [True, False, False]]
    np.testing.assert_allclose(values(outputs)[1, 0], values(outputs)[1, 2])
    assert get_mask(LSTM(2)(embedded)) is None
    sequence, h, c = LSTM(2, return_sequences=True, return_state=True)(embedded)
    assert get_mask(sequence) is not None
    assert get_mask(h) is get_mask(c) is None


@pytest.mark.parametrize("layer", LAYERS)
def test_stateful_continues_where_the_batch_before_ended(backend, layer):
    x = data(2, 6, 3)
    whole = layer(4)
    expected = values(whole(x))
    half = layer(4, stateful=True)
    half(x[:, :3])
    half.set_weights(whole.get_weights())
    half.reset_state()
    half(x[:, :3])
    np.testing.assert_allclose(values(half(x[:, 3:])), expected, rtol=1e-5, atol=1e-6)
    half.reset_states()
    half(x[:, :3])
    np.testing.assert_allclose(values(half(x[:, 3:])), expected, rtol=1e-5, atol=1e-6)
    assert [v.name for v in half.weights] == [v.name for v in whole.weights]
    assert {v.name for v in half.variables} - {v.name for v in whole.variables} == {"rnn_state"}


@pytest.mark.parametrize("layer", LAYERS)
def test_the_fused_kernel_gives_what_the_scan_gives(backend, layer):
    x, mask = data(3, 5, 4), np.array([[1, 1, 1, 0, 0], [0, 1, 0, 1, 1], [0, 0, 0, 0, 0]], bool)
    one = layer(2, return_sequences=True, return_state=True)
    one(x)
    scanned = RNN(one.cell, return_sequences=True, return_state=True, unroll=True)
    scanned.built, scanned._runs_at_once = True, False  # step by step through the cell
    for kwargs in ({}, {"mask": mask}):
        for a, b in zip(one(x, **kwargs), scanned(x, **kwargs), strict=True):
            np.testing.assert_allclose(values(a), values(b), rtol=1e-5, atol=1e-6)


class Doubled(LSTMCell):
    """A cell with a call of its own."""

    def call(self, inputs, states, training=False):
        output, states = super().call(inputs, states, training)
        return ops.multiply(output, 2), states


def test_a_cell_s_own_call_is_respected(backend):
    x = data(2, 3, 4)
    layer = RNN(Doubled(2))
    doubled = values(layer(x))
    plain = RNN(LSTMCell(2))
    plain(x)
    plain.set_weights(layer.get_weights())
    np.testing.assert_allclose(doubled, 2 * values(plain(x)), rtol=1e-5, atol=1e-6)


def test_one_choice_of_dropout_for_all_steps(backend):
    x = np.ones((1, 5, 40), "float32")
    for layer in (
        SimpleRNN(40, activation=None, kernel_initializer="identity", recurrent_initializer="zeros",
                  dropout=0.5, return_sequences=True),
        RNN(Step(40, activation=None, kernel_initializer="identity", recurrent_initializer="zeros",
                 dropout=0.5), return_sequences=True),
    ):  # fmt: skip
        first = values(layer(x, training=True))
        assert (first == first[:, :1]).all()
        assert set(np.unique(first)) == {0.0, 2.0}
        assert (values(layer(x, training=True)) != first).any()
        assert (values(layer(x)) == 1).all()


class Step(SimpleRNNCell):
    """Run step by step, because it has a call of its own."""

    def call(self, inputs, states, training=False):
        return super().call(inputs, states, training)


def test_dropout_of_everything(backend):
    x = np.ones((2, 3, 4), "float32")
    assert (values(SimpleRNN(2, dropout=1.0)(x, training=True)) == 0).all()


def test_inputs_of_several_arrays(backend):
    class Pair:
        state_size = 2

        def call(self, inputs, states):
            total = ops.add(ops.add(inputs[0], inputs[1]), states[0])
            return total, [total]

    a, b = data(3, 4, 2), data(3, 4, 2)[::-1].copy()
    np.testing.assert_allclose(values(RNN(Pair())([a, b])), (a + b).sum(axis=1), rtol=1e-4, atol=1e-5)


def test_stacked_cells_are_layers_one_after_the_other(backend):
    x = data(2, 3, 4)
    stack = RNN([LSTMCell(3), GRUCell(2)], return_state=True)
    output, lstm_states, gru_state = stack(x)
    lstm, gru = LSTM(3, return_sequences=True, return_state=True), GRU(2, return_state=True)
    hidden, h, c = lstm(x)
    gru(hidden)
    lstm.set_weights(stack.get_weights()[:3])
    gru.set_weights(stack.get_weights()[3:])
    hidden, h, c = lstm(x)
    expected, last = gru(hidden)
    for one, two in zip((output, *lstm_states, gru_state), (expected, h, c, last), strict=True):
        np.testing.assert_allclose(values(one), values(two), rtol=1e-5, atol=1e-6)


# -- what bad arguments say ---------------------------------------------------------------------------
@pytest.mark.parametrize(
    "make, error, message",
    [
        (lambda: LSTM(0), ArgumentError, r"LSTMCell\(units=…\): expected a positive integer, got 0"),
        (lambda: GRU(-3), ArgumentError, "got -3"),
        (lambda: SimpleRNN(2.5), ArgumentError, "got 2.5"),
        (lambda: LSTM(2, dropout=1.5), ArgumentError, r"dropout=….*a number from 0 to 1, got 1.5"),
        (lambda: GRU(2, recurrent_dropout=-1), ArgumentError, r"recurrent_dropout=….*got -1"),
        (lambda: LSTM(2, use_cudnn="yes"), ArgumentError, r"'auto', True or False, got 'yes'"),
        (lambda: LSTM(2, implementation=3), ArgumentError, r"1 or 2, got 3"),
        (lambda: SimpleRNN(2, implementation=1), UnknownArgumentError, "implementation"),
        (lambda: LSTM(2, return_sequence=True), UnknownArgumentError, "return_sequence.*return_sequences"),
        (lambda: LSTM(2, activation="tahn"), ValueError, "tanh"),
        (lambda: RNN(object()), ArgumentError, "a cell with call"),
        (lambda: RNN([]), ArgumentError, "a list of cells"),
        (lambda: StackedRNNCells([LSTMCell(2), 3]), ArgumentError, "a cell with call, got 3"),
        (lambda: StackedRNNCells(LSTMCell(2)), ArgumentError, "a list of cells"),
    ],
)
def test_constructor(make, error, message):
    with pytest.raises(error, match=message):
        make()


@pytest.mark.parametrize(
    "call, error, message",
    [
        (lambda: LSTM(2, name="it")(data(2, 3)), ShapeError, r"it: expected the input to have 3 axes"),
        (lambda: LSTM(2)(Input((3, None))), ShapeError, "a last axis of fixed size"),
        (lambda: LSTM(2, stateful=True)(Input((3, 4))), ShapeError, "a fixed batch size.*Give the model's Input a batch_size"),
        (lambda: LSTM(2, unroll=True)(Input((None, 4))), ShapeError, "a fixed number of steps"),
        (lambda: LSTM(2)(data(2, 3, 4), initial_state=data(2, 2)), ArgumentError, "a list of 2 states, got 1"),
        (lambda: LSTM(2)(data(2, 3, 4), initial_state=[data(2, 3)] * 2), ShapeError, r"the initial state of shape \(2, 2\)"),
        (lambda: LSTM(2)(data(2, 3, 4), mask=np.ones((2, 5), bool)), ShapeError, r"mask of shape \(2, 3\)"),
        (lambda: GRU(2)(np.zeros((2, 0, 4), "float32")), ShapeError, "at least one step"),
    ],
)  # fmt: skip
def test_call(backend, call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_a_stateful_layer_keeps_its_batch_size(backend):
    layer = LSTM(2, stateful=True)
    layer(data(2, 3, 4))
    with pytest.raises(ShapeError, match="batches of 2 samples, got 3"):
        layer(data(3, 3, 4))


def test_another_number_of_features_later(backend):
    layer = LSTM(2, name="it")
    layer(data(2, 3, 4))
    with pytest.raises(ShapeError, match="axis -1 of the input to have size 4"):
        layer(data(2, 3, 5))


@pytest.mark.parametrize(
    "make, obstacle",
    [
        (lambda: LSTM(2, use_cudnn=True, activation="relu"), "activation='relu'"),
        (lambda: LSTM(2, use_cudnn=True, recurrent_activation="tanh"), "recurrent_activation='tanh'"),
        (lambda: GRU(2, use_cudnn=True, recurrent_dropout=0.1), r"recurrent_dropout=0\.1"),
        (lambda: GRU(2, use_cudnn=True, reset_after=False), "reset_after=False"),
    ],
)
def test_insisting_on_a_fused_kernel(backend, make, obstacle):
    with pytest.raises(ArgumentError, match=f"a configuration with a fused kernel, got {obstacle}"):
        make()(data(2, 3, 4))
    layer = LSTM(2, use_cudnn=True)
    if backends.kernel(backends.active(), "lstm"):
        assert layer(data(2, 3, 4)).shape == (2, 2)
    else:
        with pytest.raises(ArgumentError, match="which has none"):
            layer(data(2, 3, 4))


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16", "float64"])
@pytest.mark.parametrize("layer", LAYERS)
def test_dtypes(backend, layer, policy):
    layer = layer(3, return_sequences=True, return_state=True, dtype=policy)
    results = layer(data(2, 4, 5), mask=np.array([[1, 1, 0, 0], [0, 1, 1, 1]], bool))
    expected = {"mixed_bfloat16": "bfloat16", "mixed_float16": "float16"}.get(policy, policy)
    assert {backends.active().dtype_name(x) for x in results} == {expected}
    assert all(np.isfinite(values(x).astype("float32")).all() for x in results)


def test_a_stateful_model_trains_and_remembers():
    for package in ("corne_cpu", "corne_losses", "corne_optimizers"):
        pytest.importorskip(package)
    with backends.use("cpu"):
        layer = GRU(3, stateful=True)
        model = Sequential([Input(batch_shape=(2, 4, 5)), layer, Dense(1)])
        model.compile("sgd", "mse")
        x, y = data(6, 4, 5), np.zeros((6, 1), "float32")
        before = values(layer.states[0].value)
        model.fit(x, y, batch_size=2, epochs=1, shuffle=False, verbose=0)
        assert np.abs(values(layer.states[0].value) - before).max() > 1e-3
        layer.reset_state()
        first = model.predict(x[:2], batch_size=2, verbose=0)
        assert np.abs(model.predict(x[:2], batch_size=2, verbose=0) - first).max() > 1e-6
        layer.reset_state()
        np.testing.assert_allclose(model.predict(x[:2], batch_size=2, verbose=0), first, rtol=1e-5)
