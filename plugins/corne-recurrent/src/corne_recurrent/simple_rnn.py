"""SimpleRNN: a simple recurrent network over sequences."""

from __future__ import annotations

from typing import Any

from corne_recurrent._sequence_layer import SequenceLayer
from corne_recurrent.simple_rnn_cell import SimpleRNNCell


class SimpleRNN(SequenceLayer):
    """Run a network whose output is its next state over sequences.

    ``h' = activation(x @ kernel + h @ recurrent_kernel + bias)``

    Args:
        units: Size of the output and of the state.
        activation: Name or function. Default "tanh"; None: none.
        use_bias: Whether ``bias`` is added. Default True.
        kernel_initializer: Start value of ``kernel``. Default "glorot_uniform".
        recurrent_initializer: Start value of ``recurrent_kernel``. Default "orthogonal".
        bias_initializer: Start value of ``bias``. Default "zeros".
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
        return_sequences: Whether to return the outputs of all steps rather than the last one's.
            Default False.
        return_state: Whether to return the last state too. Default False.
        go_backwards: Whether to start from the last step; outputs come in the order they are made.
            Default False.
        stateful: Whether each batch starts from the state that the one before ended with, sample by
            sample. Default False.
        unroll: As for :class:`RNN`. Default False.
        seed: Start of the random numbers of dropout. Default None: drawn.
        **kwargs: ``zero_output_for_mask``, as for :class:`RNN`; others as for every :class:`~corne.Layer`.

    Shapes:
        sequences ``(batch, steps, features)``; mask ``(batch, steps)``, false for steps to pass over; output
        ``(batch, units)``, or ``(batch, steps, units)`` with ``return_sequences``, followed with
        ``return_state`` by its state, ``(batch, units)``; ``kernel`` ``(features, units)``;
        ``recurrent_kernel`` ``(units, units)``; ``bias`` ``(units,)``.

    Raises:
        ArgumentError: ``units`` is not a positive integer, a fraction is not from 0 to 1.
        ShapeError: The input is no sequence of vectors, or has another number of features than before.

    >>> import numpy as np
    >>> tuple(SimpleRNN(3, return_sequences=True)(np.ones((2, 5, 4))).shape)
    (2, 5, 3)
    """

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        cell = SimpleRNNCell(
            units,
            activation=activation,
            use_bias=use_bias,
            kernel_initializer=kernel_initializer,
            recurrent_initializer=recurrent_initializer,
            bias_initializer=bias_initializer,
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
            name="simple_rnn_cell",
        )
        super().__init__(
            cell,
            use_cudnn="auto",
            activity_regularizer=activity_regularizer,
            return_sequences=return_sequences,
            return_state=return_state,
            go_backwards=go_backwards,
            stateful=stateful,
            unroll=unroll,
            **kwargs,
        )

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments; ``seed`` only if there is one, for Keras leaves it out."""
        config = super().get_config()
        return {key: value for key, value in config.items() if key != "seed" or value is not None}
