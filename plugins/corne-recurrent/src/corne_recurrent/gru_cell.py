"""GRUCell: one step of a GRU network."""

from __future__ import annotations

from typing import Any

from corne import activations

from corne_recurrent._arguments import masks_by_gate
from corne_recurrent._cell import Cell


class GRUCell(Cell):
    """One step of a gated recurrent unit: an update gate mixes the old state with a new candidate.

    With s the recurrent activation, and x and h standing for their products with the parts of the kernels:
    ``z = s(x_z + h_z)``, ``r = s(x_r + h_r)``, ``h' = z * h + (1 - z) * activation(x_g + r * h_g)``.

    Args:
        units: Size of the state.
        activation: Name or function. Default "tanh"; None: none.
        recurrent_activation: That of the gates. Default "sigmoid".
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
        reset_after: Whether the reset gate is applied after the product with ``recurrent_kernel``, as in cuDNN,
            or to the state before it. Default True.
        seed: Start of the random numbers of dropout. Default None: drawn.
        **kwargs: ``implementation``, 2 (default) to drop inputs alike for all gates or 1 for each gate
            separately; others as for every :class:`~corne.Layer`.

    Shapes:
        inputs ``(batch, features)``; states ``(batch, units)``; output ``(batch, units)``; ``kernel``
        ``(features, 3 * units)``; ``recurrent_kernel`` ``(units, 3 * units)``; ``bias`` ``(2, 3 * units)``, or ``(3 * units,)`` without ``reset_after``.

    Raises:
        ArgumentError: ``units`` is not a positive integer, or a fraction is not from 0 to 1.

    Source: Cho et al. 2014, https://arxiv.org/abs/1406.1078

    >>> import numpy as np
    >>> output, states = GRUCell(3)(np.ones((2, 4)), [np.zeros((2, 3))])
    >>> tuple(output.shape), len(states)
    ((2, 3), 1)
    """

    gates = 3
    operation = "gru"

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
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
        reset_after: bool = True,
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
            masks_by_gate=masks_by_gate("GRUCell", kwargs.pop("implementation", 2)),
            **kwargs,
        )
        self.reset_after = reset_after
        self.state_size = self.units

    def _bias_shape(self) -> tuple[int, ...]:
        return (2, 3 * self.units) if self.reset_after else (3 * self.units,)

    def _operation_arguments(self) -> dict[str, Any]:
        return {**super()._operation_arguments(), "reset_after": self.reset_after}

    def obstacle_to_fusing(self) -> str | None:
        """Return the argument for which no engine has a fused kernel, or None."""
        return super().obstacle_to_fusing() if self.reset_after else "reset_after=False"

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {
            **super().get_config(),
            "recurrent_activation": activations.serialize(self.recurrent_activation),
            "reset_after": self.reset_after,
        }
