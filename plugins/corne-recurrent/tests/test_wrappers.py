"""Bidirectional, TimeDistributed and Wrapper by themselves."""

from __future__ import annotations

import numpy as np
import pytest
from corne import ops
from corne.errors import ArgumentError, ShapeError, StateError
from corne.layer import Layer
from corne.layers import (
    GRU,
    LSTM,
    BatchNormalization,
    Bidirectional,
    Dense,
    Dropout,
    Embedding,
    Input,
    TimeDistributed,
    Wrapper,
)
from corne.masking import get_mask
from corne.models import Sequential


def values(x):
    return ops.convert_to_numpy(x)


def data(*shape):
    return np.random.default_rng(0).normal(size=shape).astype("float32")


def test_the_backward_half_sees_the_sequence_reversed(backend):
    layer = Bidirectional(GRU(2, return_sequences=True))
    x = data(3, 4, 5)
    outputs = values(layer(x))
    weights = layer.get_weights()
    layer.set_weights(weights[len(weights) // 2 :] + weights[: len(weights) // 2])
    swapped = values(layer(x[:, ::-1].copy()))[:, ::-1]
    np.testing.assert_allclose(outputs[..., :2], swapped[..., 2:], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(outputs[..., 2:], swapped[..., :2], rtol=1e-5, atol=1e-6)


def test_start_weights(backend):
    weights = [np.full(shape, i, "float32") for i, shape in enumerate([(3, 8), (2, 8), (8,)] * 2)]
    layer = Bidirectional(LSTM(2), weights=weights)
    layer(data(1, 2, 3))
    for mine, given in zip(layer.get_weights(), weights, strict=True):
        np.testing.assert_array_equal(mine, given)


def test_it_has_weights_of_its_own(backend):
    inner = LSTM(2, name="inner")
    layer = Bidirectional(inner, name="both")
    layer(data(1, 2, 3))
    assert not inner.built
    assert [w.path for w in layer.weights][::3] == [
        "both/forward_inner/lstm_cell/kernel",
        "both/backward_inner/lstm_cell/kernel",
    ]


def test_symbolic_shapes(backend):
    x = Input((None, 3))
    assert Bidirectional(LSTM(4), merge_mode="sum")(x).shape == (None, 4)
    pair = Bidirectional(LSTM(4, return_sequences=True), merge_mode=None)(x)
    assert [t.shape for t in pair] == [(None, None, 4)] * 2
    states = Bidirectional(GRU(4, return_state=True))(x)
    assert [t.shape for t in states] == [(None, 8), (None, 4), (None, 4)]


def test_masks_go_through(backend):
    embedded = Embedding(5, 3, mask_zero=True)(np.array([[1, 2, 0], [3, 0, 0]]))
    outputs = Bidirectional(LSTM(2, return_sequences=True))(embedded)
    assert values(get_mask(outputs)).tolist() == [[True, True, False], [True, False, False]]
    assert (values(outputs)[1, 1:] == 0).all()
    pair = Bidirectional(LSTM(2, return_sequences=True), merge_mode=None)(embedded)
    assert all(get_mask(x) is not None for x in pair)


def test_states_last(backend):
    layer = Bidirectional(LSTM(2, stateful=True))
    assert layer.states is None
    first = values(layer(data(2, 3, 4)))
    assert len(layer.states) == 4
    assert not np.allclose(values(layer(data(2, 3, 4))), first)
    layer.reset_states()
    np.testing.assert_allclose(values(layer(data(2, 3, 4))), first, rtol=1e-6)


@pytest.mark.parametrize(
    "make, error, message",
    [
        (lambda: Bidirectional("lstm"), ArgumentError, "a layer with go_backwards.*got 'lstm'"),
        (lambda: Bidirectional(Dense(3)), ArgumentError, "a layer with go_backwards"),
        (lambda: Bidirectional(LSTM(2), merge_mode="max"), ArgumentError, "one of .*'concat'.*got 'max'"),
        (lambda: Bidirectional(LSTM(2), merge_mode="sun"), ArgumentError, "Did you mean 'sum'"),
        (lambda: Bidirectional(LSTM(2), backward_layer=LSTM(2)), ArgumentError, "go_backwards=True, got False, as layer has"),
        (
            lambda: Bidirectional(LSTM(2), backward_layer=LSTM(2, go_backwards=True, return_state=True)),
            ArgumentError, "return_state=False, as layer has, got True",
        ),
        (lambda: Bidirectional(LSTM(2)).reset_state(), StateError, "a stateful layer"),
        (lambda: TimeDistributed("dense"), ArgumentError, r"TimeDistributed\(layer=…\): expected a layer"),
        (lambda: Wrapper(Dense), ArgumentError, "a layer, got <class"),
    ],
)  # fmt: skip
def test_constructor(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_an_odd_number_of_states(backend):
    with pytest.raises(ArgumentError, match="as many states for either direction, got 3 states"):
        Bidirectional(LSTM(2))(data(1, 2, 3), initial_state=[data(1, 2)] * 3)


def test_time_distributed_dense_is_dense(backend):
    dense = Dense(3)
    x = data(2, 4, 5)
    np.testing.assert_allclose(values(TimeDistributed(dense)(x)), values(dense(x)), rtol=1e-5, atol=1e-6)


def test_time_distributed_of_structures(backend):
    class Both(Layer):
        def call(self, inputs):
            return {"sum": ops.add(*inputs), "first": inputs[0]}

        def compute_output_shape(self, input_shape):
            return {"sum": input_shape[0], "first": input_shape[0]}

    a, b = data(2, 4, 5), data(2, 4, 5) + 1
    outputs = TimeDistributed(Both())([a, b])
    np.testing.assert_allclose(values(outputs["sum"]), a + b, rtol=1e-6)
    symbolic = TimeDistributed(Both())([Input((None, 5)), Input((None, 5))])
    assert symbolic["first"].shape == (None, None, 5)


def test_time_distributed_inputs(backend):
    with pytest.raises(ShapeError, match=r"at least 3 axes, \(batch, steps, ...\), got shape \(2, 3\)"):
        TimeDistributed(Dense(2))(data(2, 3))
    with pytest.raises(ShapeError, match=r"a shape that begins with \(2, 3\).*got \(2, 4\)"):
        TimeDistributed(Dense(2))(data(2, 3, 4), mask=np.ones((2, 4), bool))


class CountingDense(Dense):
    """Of no kind that TimeDistributed knows."""

    calls = 0

    def call(self, inputs):
        type(self).calls += 1
        return super().call(inputs)


def test_steps_are_taken_at_once_where_that_is_the_same(backend, monkeypatch):
    monkeypatch.setattr(CountingDense, "calls", 0)
    x = data(2, 4, 5)
    for layer, at_rest, in_training in (
        (Dense(3, activation="tanh"), True, True),
        (Dense(3, activation=lambda x: x), False, False),
        (Dense(3, activity_regularizer="l2"), False, False),
        (Dropout(0.5), True, False),
        (BatchNormalization(), True, False),
        (Sequential([Input((5,)), Dense(3), Dropout(0.5)]), True, False),
        (CountingDense(3), False, False),
    ):
        wrapper = TimeDistributed(layer)
        wrapper(x)
        assert (wrapper._at_once, wrapper._at_once_in_training) == (at_rest, in_training)
    assert CountingDense.calls == 4  # one for each step
    batch, other = BatchNormalization(), BatchNormalization()
    together, apart = TimeDistributed(batch), TimeDistributed(other)
    together(x, training=True)
    apart(x, training=True)
    apart._at_once = False
    np.testing.assert_allclose(values(together(x)), values(apart(x)), rtol=1e-5, atol=1e-6)
