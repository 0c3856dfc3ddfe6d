"""Recurrence: values worked by hand, and what bad arguments say. Agreement of backends is tested with all
other operations, in test_ops_portable.py."""

from __future__ import annotations

import numpy as np
import pytest
from corne import ops
from corne.errors import ArgumentError, ShapeError


def values(x):
    return ops.convert_to_numpy(x).tolist()


def array(x):
    return ops.convert_to_tensor(np.array(x, "float32"))


def running_sum(x, states):
    total = ops.add(x, states[0])
    return total, [total]


STEPS = [[[1.0], [2.0], [4.0]]]  # one sample, three steps, one feature


def test_a_sum_over_time(backend):
    last, outputs, states = ops.rnn(running_sum, array(STEPS), [array([[10.0]])])
    assert values(outputs) == [[[11.0], [13.0], [17.0]]]
    assert values(last) == [[17.0]]
    assert values(states[0]) == [[17.0]]


def test_backwards_outputs_come_in_the_order_they_are_made(backend):
    _, outputs, _ = ops.rnn(running_sum, array(STEPS), [array([[0.0]])], go_backwards=True)
    assert values(outputs) == [[[4.0], [6.0], [7.0]]]


@pytest.mark.parametrize("zero, expected", [(False, [[0.0], [2.0], [2.0]]), (True, [[0.0], [2.0], [0.0]])])
def test_masked_steps_repeat_the_output_before_or_give_zeros(backend, zero, expected):
    mask = np.array([[False, True, False]])
    last, outputs, states = ops.rnn(
        running_sum, array(STEPS), [array([[0.0]])], mask=mask, zero_output_for_mask=zero
    )
    assert values(outputs) == [expected]
    assert values(last) == [expected[-1]]
    assert values(states[0]) == [[2.0]]


def test_lengths_stand_for_a_mask(backend):
    x = array([*STEPS, *STEPS])
    _, outputs, states = ops.rnn(
        running_sum, x, [array([[0.0], [0.0]])], input_length=np.array([1, 2]), go_backwards=False
    )
    assert values(states[0]) == [[1.0], [3.0]]
    assert values(outputs) == [[[1.0], [1.0], [1.0]], [[1.0], [3.0], [3.0]]]


def test_a_number_of_steps_to_take(backend):
    _, outputs, states = ops.rnn(running_sum, array(STEPS), [array([[0.0]])], input_length=2)
    assert values(outputs) == [[[1.0], [3.0]]]
    assert values(states[0]) == [[3.0]]


def test_only_the_last_outputs(backend):
    _, outputs, _ = ops.rnn(running_sum, array(STEPS), [array([[0.0]])], return_all_outputs=False)
    assert values(outputs) == [[[7.0]]]


def test_time_before_batch(backend):
    _, outputs, _ = ops.rnn(
        running_sum,
        array([[[1.0]], [[2.0]]]),
        [array([[0.0]])],
        time_major=True,
        mask=np.array([[True], [False]]),
    )
    assert values(outputs) == [[[1.0]], [[1.0]]]


def test_structures_and_constants(backend):
    def step(x, states):
        total = ops.add(ops.multiply(x["a"], x["b"]), states[0]["sum"])
        return (total, ops.multiply(total, states[1])), [{"sum": total}]

    last, outputs, states = ops.rnn(
        step, {"a": array(STEPS), "b": array(STEPS)}, [{"sum": array([[0.0]])}], constants=[2.0]
    )
    assert values(outputs[0]) == [[[1.0], [5.0], [21.0]]]
    assert values(last[1]) == [[42.0]]
    assert values(states[0]["sum"]) == [[21.0]]


def test_lstm_by_hand(backend):
    # All weights 0: every gate is sigmoid(0) = 1/2 and the candidate tanh(0) = 0.
    zero = np.zeros
    outputs, h, c = ops.lstm(
        zero((1, 2, 3), "float32"), zero((1, 1), "float32"), np.full((1, 1), 8.0, "float32"),
        zero((3, 4), "float32"), zero((1, 4), "float32"),
    )  # fmt: skip
    assert values(c) == [[2.0]]  # 8 / 2 / 2
    np.testing.assert_allclose(values(outputs), [[[np.tanh(4.0) / 2], [np.tanh(2.0) / 2]]], rtol=1e-6)
    np.testing.assert_allclose(values(h), [[np.tanh(2.0) / 2]], rtol=1e-6)


def test_gru_by_hand(backend):
    # All weights 0: update = 1/2, candidate 0, so the state halves each step.
    zero = np.zeros
    outputs, h = ops.gru(
        zero((1, 3, 2), "float32"), np.full((1, 1), 8.0, "float32"), zero((2, 3), "float32"),
        zero((1, 3), "float32"),
    )  # fmt: skip
    assert values(outputs) == [[[4.0], [2.0], [1.0]]]
    assert values(h) == [[1.0]]


def floats(*shape):
    return np.ones(shape, "float32")


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"inputs": floats(2, 3)}, r"expected shape \(batch, steps, features\).*got \(2, 3\)"),
        ({"inputs": floats(2, 0, 4)}, "at least one step"),
        ({"kernel": floats(5, 20)}, r"kernel of shape \(4, 20\) for inputs of shape \(2, 3, 4\) and 5 units"),
        ({"recurrent_kernel": floats(5, 19)}, r"recurrent_kernel of shape \(5, 20\)"),
        ({"initial_h": floats(1, 5)}, r"the initial state of shape \(2, 5\)"),
        ({"initial_c": floats(2, 4)}, r"the initial state of shape \(2, 5\)"),
        ({"mask": np.ones((2, 4), bool)}, r"mask of shape \(2, 3\)"),
    ],
)
def test_shapes_that_do_not_fit(backend, arguments, message):
    good = {
        "inputs": floats(2, 3, 4), "initial_h": floats(2, 5), "initial_c": floats(2, 5),
        "kernel": floats(4, 20), "recurrent_kernel": floats(5, 20),
    }  # fmt: skip
    with pytest.raises(ShapeError, match=message):
        ops.lstm(**{**good, **arguments})


def test_unknown_activation(backend):
    with pytest.raises(ArgumentError, match=r"one of .*'tanh'.*got 'tanhh'"):
        ops.gru(floats(2, 3, 4), floats(2, 5), floats(4, 15), floats(5, 15), activation="tanhh")


def test_sequences_of_different_lengths(backend):
    with pytest.raises(ShapeError, match=r"one number of steps.*\(1, 3, 1\), \(1, 2, 1\)"):
        ops.rnn(lambda x, s: (x[0], s), [floats(1, 3, 1), floats(1, 2, 1)], [])
    with pytest.raises(ShapeError, match="expected 3 steps, as the inputs have, got 2"):
        ops.rnn(running_sum, floats(1, 3, 1), [floats(1, 1)], mask=np.ones((1, 2), bool))
