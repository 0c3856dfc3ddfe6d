"""SimpleRNNCell: one step of a simple recurrent network."""

from __future__ import annotations

from typing import Any

from corne.random import SeedGenerator

from corne_recurrent._cell import Cell


class SimpleRNNCell(Cell):
    """One step of a network whose output is its next state.

    ``h' = activation(x @ kernel + h @ recurrent_kernel + bias)``

    Args:
        units: Size of the state.
        activation: Name or function. Default "tanh"; None: none.
        use_bias: Whether ``bias`` is added. Default True.
        kernel_initializer: Start value of ``kernel``. Default "glorot_uniform".
        recurrent_initializer: Start value of ``recurrent_kernel``. Default "orthogonal".
        bias_initializer: Start value of ``bias``. Default "zeros".
        kernel_regularizer: Penalty on ``kernel``, added to the loss. Default None.
        recurrent_regularizer: Penalty on ``recurrent_kernel``. Default None.
        bias_regularizer: Penalty on ``bias``. Default None.
        kernel_constraint: Applied to ``kernel`` after each update. Default None.
        recurrent_constraint: Applied to ``recurrent_kernel`` after each update. Default None.
        bias_constraint: Applied to ``bias`` after each update. Default None.
        dropout: Fraction of the inputs to drop in training, alike in all steps. Default 0.
        recurrent_dropout: Fraction of the state to drop in training where it meets ``recurrent_kernel``,
            alike in all steps. Default 0.
        seed: Start of the random numbers of dropout. Default None: drawn.
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        inputs ``(batch, features)``; states ``(batch, units)``; output ``(batch, units)``; ``kernel``
        ``(features, units)``; ``recurrent_kernel`` ``(units, units)``; ``bias`` ``(units,)``.

    Raises:
        ArgumentError: ``units`` is not a positive integer, or a fraction is not from 0 to 1.

    >>> import numpy as np
    >>> output, states = SimpleRNNCell(3)(np.ones((2, 4)), [np.zeros((2, 3))])
    >>> tuple(output.shape), len(states)
    ((2, 3), 1)
    """

    gates = 1
    operation = "simple_rnn"

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
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            units,
            activation=activation,
            recurrent_activation="sigmoid",
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
            # Made before the initializers, as in Keras, so that set_random_seed gives the same start values.
            seed_generator=SeedGenerator(seed),
            **kwargs,
        )
        self.state_size = self.units

    def _operation_arguments(self) -> dict[str, Any]:
        return {"activation": self._named_activation}
