"""What every layer owes its users, of the layers of corne-recurrent."""

from __future__ import annotations

from corne.layers import GRU, LSTM, Dense, GRUCell, LSTMCell, SimpleRNN, SimpleRNNCell
from corne_testkit import Case, LayerConformance


class TestRecurrent(LayerConformance):
    cases = [
        Case("SimpleRNN", {"units": 3}, input_shape=(4, 2)),
        Case("LSTM", {"units": 2, "return_sequences": True}, input_shape=(4, 3)),
        Case("LSTM", {"units": 2, "return_state": True, "go_backwards": True}, input_shape=(4, 3)),
        Case("GRU", {"units": 2}, input_shape=(4, 3)),
        Case("GRU", {"units": 2, "reset_after": False, "return_sequences": True}, input_shape=(4, 3)),
    ]


class TestCells(LayerConformance):
    cases = [
        Case("SimpleRNNCell", {"units": 3}, input_shape={"inputs": (2,), "states": [(3,)]}),
        Case("LSTMCell", {"units": 3}, input_shape={"inputs": (2,), "states": [(3,), (3,)]}),
        Case("GRUCell", {"units": 3}, input_shape={"inputs": (2,), "states": [(3,)]}),
    ]


class TestWrappers(LayerConformance):
    cases = [
        Case("RNN", lambda dtype: {"cell": SimpleRNNCell(3, dtype=dtype)}, input_shape=(4, 2)),
        Case(
            "RNN",
            lambda dtype: {
                "cell": [GRUCell(3, dtype=dtype), LSTMCell(2, dtype=dtype)],
                "return_sequences": True,
                "return_state": True,
            },
            input_shape=(4, 2),
        ),
        Case("Bidirectional", lambda dtype: {"layer": LSTM(2, dtype=dtype)}, input_shape=(4, 3)),
        Case(
            "Bidirectional",
            lambda dtype: {"layer": GRU(2, return_sequences=True, dtype=dtype), "merge_mode": "sum"},
            input_shape=(4, 3),
        ),
        Case(
            "Bidirectional",
            lambda dtype: {
                "layer": LSTM(2, dtype=dtype),
                "backward_layer": LSTM(3, go_backwards=True, activation="sigmoid", dtype=dtype),
            },
            input_shape=(4, 3),
        ),
        Case("TimeDistributed", lambda dtype: {"layer": Dense(2, dtype=dtype)}, input_shape=(3, 4)),
        Case(
            "TimeDistributed",
            lambda dtype: {"layer": SimpleRNN(2, dtype=dtype)},
            input_shape=(3, 4, 2),
            skip={"masks": "the inner layer wants a mask of its own steps, which the test's has not"},
        ),
    ]
