"""What corne-recurrent registers."""

from __future__ import annotations

from corne.plugins import hookimpl

CORNE_API = 1


@hookimpl
def corne_layers() -> dict[str, str]:
    """Return name to ``module:class``."""
    return {
        "Bidirectional": "corne_recurrent.bidirectional:Bidirectional",
        "ConvLSTM1D": "corne_recurrent.conv_lstm1d:ConvLSTM1D",
        "ConvLSTM2D": "corne_recurrent.conv_lstm2d:ConvLSTM2D",
        "ConvLSTM3D": "corne_recurrent.conv_lstm3d:ConvLSTM3D",
        "GRU": "corne_recurrent.gru:GRU",
        "GRUCell": "corne_recurrent.gru_cell:GRUCell",
        "LSTM": "corne_recurrent.lstm:LSTM",
        "LSTMCell": "corne_recurrent.lstm_cell:LSTMCell",
        "RNN": "corne_recurrent.rnn:RNN",
        "SimpleRNN": "corne_recurrent.simple_rnn:SimpleRNN",
        "SimpleRNNCell": "corne_recurrent.simple_rnn_cell:SimpleRNNCell",
        "StackedRNNCells": "corne_recurrent.stacked_rnn_cells:StackedRNNCells",
        "TimeDistributed": "corne_recurrent.time_distributed:TimeDistributed",
        "Wrapper": "corne_recurrent.wrapper:Wrapper",
    }


@hookimpl
def corne_ops() -> dict[str, str]:
    """Return name to ``module:function``."""
    return {name: f"corne_recurrent.ops.recurrent:{name}" for name in ("gru", "lstm", "rnn", "simple_rnn")}
