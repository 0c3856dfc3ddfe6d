"""LSTMCell: one step of an LSTM network."""

from __future__ import annotations

from typing import Any

from corne import activations, initializers, ops
from corne.backend import Array

from corne_recurrent._arguments import masks_by_gate
from corne_recurrent._cell import Cell


class LSTMCell(Cell):
    """One step of long short-term memory: a state to show, and one to keep that gates protect.

    With i, f, g, o the four parts of ``x @ kernel + h @ recurrent_kernel + bias`` and s the recurrent
    activation: ``c' = s(f) * c + s(i) * activation(g)``, ``h' = s(o) * activation(c')``.

    Args:
        units: Size of the state.
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
        kernel_constraint: Applied to ``kernel`` after each update. Default None.
        recurrent_constraint: Applied to ``recurrent_kernel`` after each update. Default None.
        bias_constraint: Applied to ``bias`` after each update. Default None.
        dropout: Fraction of the inputs to drop in training, alike in all steps. Default 0.
        recurrent_dropout: Fraction of the state to drop in training where it meets ``recurrent_kernel``,
            alike in all steps. Default 0.
        seed: Start of the random numbers of dropout. Default None: drawn.
        **kwargs: ``implementation``, 2 (default) to drop inputs alike for all gates or 1 for each gate
            separately; others as for every :class:`~corne.Layer`.

    Shapes:
        inputs ``(batch, features)``; states two, h and c, ``(batch, units)``; output ``(batch, units)``; ``kernel``
        ``(features, 4 * units)``; ``recurrent_kernel`` ``(units, 4 * units)``; ``bias`` ``(4 * units,)``.

    Raises:
        ArgumentError: ``units`` is not a positive integer, or a fraction is not from 0 to 1.

    Source: Hochreiter and Schmidhuber 1997, https://www.bioinf.jku.at/publications/older/2604.pdf

    >>> import numpy as np
    >>> output, states = LSTMCell(3)(np.ones((2, 4)), [np.zeros((2, 3)), np.zeros((2, 3))])
    >>> tuple(output.shape), len(states)
    ((2, 3), 2)
    """

    gates = 4
    operation = "lstm"

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
            recurrent_activation=recurrent_activation,
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
            masks_by_gate=masks_by_gate("LSTMCell", kwargs.pop("implementation", 2)),
            **kwargs,
        )
        self.unit_forget_bias = unit_forget_bias
        self.state_size = [self.units, self.units]

    def _bias_start(self) -> Any:
        if not self.unit_forget_bias:
            return self.bias_initializer

        def start(shape: tuple[int, ...], dtype: str | None = None) -> Array:
            units = shape[0] // 4
            return ops.concatenate(
                [
                    self.bias_initializer((units,), dtype=dtype),
                    initializers.get("ones")((units,), dtype=dtype),
                    self.bias_initializer((2 * units,), dtype=dtype),
                ]
            )

        return start

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {
            **super().get_config(),
            "recurrent_activation": activations.serialize(self.recurrent_activation),
            "unit_forget_bias": self.unit_forget_bias,
        }
