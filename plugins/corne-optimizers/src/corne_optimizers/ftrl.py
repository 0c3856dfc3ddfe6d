"""Ftrl: follow the regularized leader, for sparse linear models."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from corne import initializers, ops
from corne.backend import Array
from corne.optimizer import Optimizer
from corne.variable import Variable


class Ftrl(Optimizer):
    """Follow the regularized leader, for sparse linear models.

    Args:
        learning_rate: A number, a schedule, or a function without arguments. Default 0.001.
        learning_rate_power: How the rate falls with the sum of squares, 0 or below. Default -0.5.
        initial_accumulator_value: What the sums of squares start at, 0 or more. Default 0.1.
        l1_regularization_strength: 0 or more; makes weights exactly zero. Default 0.
        l2_regularization_strength: 0 or more; a penalty that stabilizes. Default 0.
        l2_shrinkage_regularization_strength: 0 or more; a penalty on the size of weights. Default 0.
        beta: The paper's beta, added to the roots of the sums. Default 0.
        The others: as for :class:`corne.optimizers.Optimizer`.

    Raises:
        ArgumentError: A number out of its range.

    Source: McMahan et al. 2013, https://research.google.com/pubs/archive/41159.pdf, algorithm 1
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        learning_rate_power: float = -0.5,
        initial_accumulator_value: float = 0.1,
        l1_regularization_strength: float = 0.0,
        l2_regularization_strength: float = 0.0,
        l2_shrinkage_regularization_strength: float = 0.0,
        beta: float = 0.0,
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
        self.check_number("learning_rate_power", learning_rate_power, minimum=-math.inf, maximum=0)
        strengths = {
            "initial_accumulator_value": initial_accumulator_value,
            "l1_regularization_strength": l1_regularization_strength,
            "l2_regularization_strength": l2_regularization_strength,
            "l2_shrinkage_regularization_strength": l2_shrinkage_regularization_strength,
        }
        for argument, value in strengths.items():
            self.check_number(argument, value, minimum=0)
        self.learning_rate_power = learning_rate_power
        self.initial_accumulator_value = initial_accumulator_value
        self.l1_regularization_strength = l1_regularization_strength
        self.l2_regularization_strength = l2_regularization_strength
        self.l2_shrinkage_regularization_strength = l2_shrinkage_regularization_strength
        self.beta = beta
        self._accumulators: list[Any] = []
        self._linears: list[Any] = []

    def build(self, variables: Sequence[Variable]) -> None:
        """Make the sums of each weight."""
        if self.built:
            return
        super().build(variables)
        start = initializers.Constant(self.initial_accumulator_value)
        self._accumulators, self._linears = self.add_optimizer_variables(
            variables, ["accumulator", "linear"], initializer=[start, "zeros"]
        )

    def update_step(self, gradient: Array, variable: Variable, learning_rate: Any) -> None:
        """Change one weight and its sums."""
        i, power = self._get_variable_index(variable), -self.learning_rate_power
        rate = ops.cast(learning_rate, variable.dtype)
        gradient = ops.cast(gradient, variable.dtype)
        accumulator, linear = self._accumulators[i], self._linears[i]
        l2 = ops.add(ops.divide(self.beta / 2, rate), self.l2_regularization_strength)
        shrinkage = ops.multiply(variable, 2 * self.l2_shrinkage_regularization_strength)
        total = ops.add(accumulator, ops.square(gradient))
        root = ops.power(total, power)
        growth = ops.divide(ops.subtract(root, ops.power(accumulator, power)), rate)
        self.assign_add(linear, ops.subtract(ops.add(gradient, shrinkage), ops.multiply(growth, variable)))
        quadratic = ops.add(ops.divide(root, rate), ops.multiply(l2, 2.0))
        l1 = self.l1_regularization_strength
        self.assign(variable, ops.divide(ops.subtract(ops.clip(linear, -l1, l1), linear), quadratic))
        self.assign(accumulator, total)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        own = {
            "learning_rate_power": self.learning_rate_power,
            "initial_accumulator_value": self.initial_accumulator_value,
            "l1_regularization_strength": self.l1_regularization_strength,
            "l2_regularization_strength": self.l2_regularization_strength,
            "l2_shrinkage_regularization_strength": self.l2_shrinkage_regularization_strength,
            "beta": self.beta,
        }
        return {**super().get_config(), **own}
