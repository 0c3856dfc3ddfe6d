"""LSTM: long short-term memory over sequences."""

from __future__ import annotations

from typing import Any

from corne_recurrent._sequence_layer import SequenceLayer, of_cell
from corne_recurrent.lstm_cell import LSTMCell


class LSTM(SequenceLayer):
    """Run a network of long short-term memory over sequences.

    With i, f, g, o the four parts of ``x @ kernel + h @ recurrent_kernel + bias`` and s the recurrent
    activation: ``c' = s(f) * c + s(i) * activation(g)``, ``h' = s(o) * activation(c')``.

    Args:
        units: Size of the output and of the states.
        activation: Name or function. Default "tanh"; None: none.
        recurrent_activation: That of the gates. Default "sigmoid".
        use_bias: Whether ``bias`` is added. Default True.
        kernel_initializer: Start value of ``kernel``. Default "glorot_uniform".
        recurrent_initializer: Start value of ``recurrent_kernel``. Default "orthogonal".
        bias_initializer: Start value of ``bias``. Default "zeros".
        unit_forget_bias: Whether the forget gate's part of ``bias`` starts at 1. Default True.
        kernel_regularizer: Penalty on ``kernel``, added to the loss. Default None.
        recurrent_regularizer: Penalty on ``recurrent_kernel``. Default None.
        bias_regularizer: Penalty on ``bias``. Default None.
        activity_regularizer: Penalty on the output. Default None.
        kernel_constraint: Applied to ``kernel`` after each update. Default None.
        recurrent_constraint: Applied to ``recurrent_kernel`` after each update. Default None.
        bias_constraint: Applied to ``bias`` after each update. Default None.
        dropout: Fraction of the inputs to drop in training, alike in all steps. Default 0.
        recurrent_dropout: Fraction of the state to drop in training where it meets ``recurrent_kernel``,
            alike in all steps. Default 0.
        seed: Start of the random numbers of dropout. Default None: drawn.
        return_sequences: Whether to return the outputs of all steps rather than the last one's.
            Default False.
        return_state: Whether to return the last states too. Default False.
        go_backwards: Whether to start from the last step; outputs come in the order they are made.
            Default False.
        stateful: Whether each batch starts from the states that the one before ended with, sample by
            sample. Default False.
        unroll: As for :class:`RNN`. Default False.
        use_cudnn: "auto" to use an engine's fused kernel where there is one for the configuration, True to
            insist on it, False for the default scan. Default "auto".
        **kwargs: ``zero_output_for_mask``, as for :class:`RNN`; ``implementation``, 2 (default) to drop inputs
            alike for all gates or 1 for each gate separately; others as for every :class:`~corne.Layer`.

    Shapes:
        sequences ``(batch, steps, features)``; mask ``(batch, steps)``, false for steps to pass over; output
        ``(batch, units)``, or ``(batch, steps, units)`` with ``return_sequences``, followed with
        ``return_state`` by its states h and c, ``(batch, units)`` each; ``kernel`` ``(features, 4 * units)``;
        ``recurrent_kernel`` ``(units, 4 * units)``; ``bias`` ``(4 * units,)``.

    Raises:
        ArgumentError: ``units`` is not a positive integer, a fraction is not from 0 to 1,
            or ``use_cudnn=True`` where there is no fused kernel.
        ShapeError: The input is no sequence of vectors, or has another number of features than before.

    Source: Hochreiter and Schmidhuber 1997, https://www.bioinf.jku.at/publications/older/2604.pdf

    >>> import numpy as np
    >>> tuple(LSTM(3, return_sequences=True)(np.ones((2, 5, 4))).shape)
    (2, 5, 3)
    """

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        unit_forget_bias: bool = True,
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: int | None = None,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        use_cudnn: bool | str = "auto",
        **kwargs: Any,
    ) -> None:
        only_of_cell = {key: kwargs.pop(key) for key in ("implementation",) if key in kwargs}
        cell = LSTMCell(
            units,
            activation=activation,
            recurrent_activation=recurrent_activation,
            use_bias=use_bias,
            kernel_initializer=kernel_initializer,
            recurrent_initializer=recurrent_initializer,
            bias_initializer=bias_initializer,
            unit_forget_bias=unit_forget_bias,
            kernel_regularizer=kernel_regularizer,
            recurrent_regularizer=recurrent_regularizer,
            bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint,
            recurrent_constraint=recurrent_constraint,
            bias_constraint=bias_constraint,
            dropout=dropout,
            recurrent_dropout=recurrent_dropout,
            seed=seed,
            dtype=kwargs.get("dtype"),
            trainable=kwargs.get("trainable", True),
            name="lstm_cell",
            **only_of_cell,
        )
        super().__init__(
            cell,
            use_cudnn=use_cudnn,
            activity_regularizer=activity_regularizer,
            return_sequences=return_sequences,
            return_state=return_state,
            go_backwards=go_backwards,
            stateful=stateful,
            unroll=unroll,
            **kwargs,
        )

    recurrent_activation = of_cell("recurrent_activation")
    unit_forget_bias = of_cell("unit_forget_bias")
