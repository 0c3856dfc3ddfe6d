"""What every layer owes its users, of the layers of corne-recurrent."""

from __future__ import annotations

from corne_testkit import Case, LayerConformance


class TestRecurrent(LayerConformance):
    cases = [
        Case("SimpleRNN", {"units": 3}, input_shape=(4, 2)),
        Case("LSTM", {"units": 2, "return_sequences": True}, input_shape=(4, 3)),
        Case("LSTM", {"units": 2, "return_state": True, "go_backwards": True}, input_shape=(4, 3)),
        Case("GRU", {"units": 2}, input_shape=(4, 3)),
        Case("GRU", {"units": 2, "reset_after": False, "return_sequences": True}, input_shape=(4, 3)),
    ]
