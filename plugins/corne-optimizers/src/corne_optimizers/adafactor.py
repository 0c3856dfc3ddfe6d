"""Adafactor: mean squares kept as the product of a row and a column; for large models."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from corne import ops
from corne.backend import Array
from corne.optimizer import Optimizer
from corne.variable import Variable


class Adafactor(Optimizer):
    """Steps divided by a root mean square of gradients that is kept as a row and a column.

    For a weight with two axes or more, the running mean square is the outer product of its means over the
    last two axes, which takes little memory.

    Args:
        learning_rate: A number, a schedule, or a function without arguments. Default 0.001.
        beta_2_decay: Exponent with which the means' memory grows with the step, 0 or below. Default -0.8.
        epsilon_1: Added to squared gradients. Default 1e-30.
        epsilon_2: Smallest root mean square of a weight that steps are scaled by. Default 1e-3.
        clip_threshold: Largest root mean square that a step may have before scaling. Default 1.
        relative_step: Whether the learning rate, if it is a number, is at most ``1 / sqrt(step)``. Default
            True.
        The others: as for :class:`corne.optimizers.Optimizer`.

    Raises:
        ArgumentError: A number out of its range.

    Source: Shazeer and Stern 2018, https://arxiv.org/abs/1804.04235, algorithms 4 and 5
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_2_decay: float = -0.8,
        epsilon_1: float = 1e-30,
        epsilon_2: float = 1e-3,
        clip_threshold: float = 1.0,
        relative_step: bool = True,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        loss_scale_factor: float | None = None,
        gradient_accumulation_steps: int | None = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            learning_rate=learning_rate,
            weight_decay=weight_decay,
            clipnorm=clipnorm,
            clipvalue=clipvalue,
            global_clipnorm=global_clipnorm,
            use_ema=use_ema,
            ema_momentum=ema_momentum,
            ema_overwrite_frequency=ema_overwrite_frequency,
            loss_scale_factor=loss_scale_factor,
            gradient_accumulation_steps=gradient_accumulation_steps,
            name=name,
            **kwargs,
        )
        self.check_number("beta_2_decay", beta_2_decay, minimum=-math.inf, maximum=0)
        self.check_number("epsilon_1", epsilon_1, minimum=0)
        self.check_number("epsilon_2", epsilon_2, minimum=0)
        self.check_number("clip_threshold", clip_threshold, minimum=0)
        self.beta_2_decay = beta_2_decay
        self.epsilon_1 = epsilon_1
        self.epsilon_2 = epsilon_2
        self.clip_threshold = clip_threshold
        self.relative_step = relative_step
        self._rows: list[Variable | None] = []
        self._columns: list[Variable | None] = []
        self._squares: list[Any] = []

    def build(self, variables: Sequence[Variable]) -> None:
        """Make the means of each weight."""
        if self.built:
            return
        super().build(variables)
        for variable in variables:
            if variable.overwrite_with_gradient:
                row = column = None
            else:
                # Weights with one axis have empty places here, so that files have Keras's order.
                shape = variable.shape if len(variable.shape) >= 2 else ()
                row = self.add_variable(shape[:-1], dtype=variable.dtype, name=variable.name)
                column = self.add_variable(shape[:-2] + shape[-1:], dtype=variable.dtype, name=variable.name)
            self._rows.append(row)
            self._columns.append(column)
            self._squares += self.add_optimizer_variables([variable], "velocity")

    def update_step(self, gradient: Array, variable: Variable, learning_rate: Any) -> None:
        """Change one weight and its means."""
        dtype, i = variable.dtype, self._get_variable_index(variable)
        gradient = ops.cast(gradient, dtype)
        step = ops.cast(self.update_number, dtype)
        rate = ops.minimum(ops.cast(learning_rate, dtype), ops.rsqrt(step))
        size = ops.maximum(_rms(variable), self.epsilon_2)
        square = ops.add(ops.square(gradient), self.epsilon_1)
        kept = ops.subtract(1.0, ops.power(step, self.beta_2_decay))
        row, column, mean = self._rows[i], self._columns[i], self._squares[i]
        if len(variable.shape) < 2 or row is None or column is None:
            self._remember(mean, square, kept)
        else:
            self._remember(row, ops.mean(square, axis=-1), kept)
            self._remember(column, ops.mean(square, axis=-2), kept)
            share = ops.divide(row, ops.mean(row, axis=-1, keepdims=True))
            self.assign(mean, ops.multiply(ops.expand_dims(share, -1), ops.expand_dims(column, -2)))
        direction = ops.divide(gradient, ops.sqrt(mean))
        shrink = ops.maximum(ops.divide(_rms(direction), self.clip_threshold), 1.0)
        self.assign_sub(variable, ops.multiply(ops.divide(direction, shrink), ops.multiply(size, rate)))

    def _remember(self, mean: Variable, value: Array, kept: Array) -> None:
        new = ops.multiply(value, ops.subtract(1.0, kept))
        self.assign(mean, ops.add(ops.multiply(mean, kept), new))

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        own = {
            "beta_2_decay": self.beta_2_decay,
            "epsilon_1": self.epsilon_1,
            "epsilon_2": self.epsilon_2,
            "clip_threshold": self.clip_threshold,
            "relative_step": self.relative_step,
        }
        return {**super().get_config(), **own}


def _rms(x: Any) -> Array:
    return ops.sqrt(ops.mean(ops.square(x)))
