"""Lamb: Adam's steps, sized by each weight's own norm; for large batches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corne import ops
from corne.backend import Array
from corne.optimizer import Optimizer
from corne.variable import Variable

from corne_optimizers._bias import one_minus_power


class Lamb(Optimizer):
    """Adam's steps, scaled by the ratio of each weight's norm to its step's; for large batches.

    Args:
        learning_rate: A number, a schedule, or a function without arguments. Default 0.001.
        beta_1: How long the gradient's mean remembers, 0 up to below 1. Default 0.9.
        beta_2: How long the square's mean remembers, 0 up to below 1. Default 0.999.
        epsilon: Keeps the division finite. Default 1e-7.
        The others: as for :class:`corne.optimizers.Optimizer`.

    Raises:
        ArgumentError: A number out of its range.

    Source: You et al. 2019, https://arxiv.org/abs/1904.00962, algorithm 2
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
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
        self.check_number("beta_1", beta_1, minimum=0, below=1)
        self.check_number("beta_2", beta_2, minimum=0, below=1)
        self.check_number("epsilon", epsilon, minimum=0)
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self._momentums: list[Any] = []
        self._velocities: list[Any] = []

    def build(self, variables: Sequence[Variable]) -> None:
        """Make the running means of each weight."""
        if self.built:
            return
        super().build(variables)
        self._momentums, self._velocities = self.add_optimizer_variables(variables, ["momentum", "velocity"])

    def update_step(self, gradient: Array, variable: Variable, learning_rate: Any) -> None:
        """Change one weight and its running means."""
        dtype, i = variable.dtype, self._get_variable_index(variable)
        gradient, step = ops.cast(gradient, dtype), self.update_number
        m, v = self._momentums[i], self._velocities[i]
        self.assign_add(m, ops.multiply(ops.subtract(gradient, m), 1 - self.beta_1))
        self.assign_add(v, ops.multiply(ops.subtract(ops.square(gradient), v), 1 - self.beta_2))
        m_hat = ops.divide(m, one_minus_power(self.beta_1, step, dtype))
        v_hat = ops.divide(v, one_minus_power(self.beta_2, step, dtype))
        direction = ops.divide(m_hat, ops.add(ops.sqrt(v_hat), self.epsilon))
        weight_norm, step_norm = _norm(variable), _norm(direction)
        usable = ops.logical_and(ops.greater(weight_norm, 0), ops.greater(step_norm, 0))
        ones = ops.ones_like(weight_norm)
        ratio = ops.where(usable, ops.divide(weight_norm, ops.where(usable, step_norm, ones)), ones)
        rate = ops.multiply(ratio, ops.cast(learning_rate, dtype))
        self.assign_sub(variable, ops.multiply(direction, rate))

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        own = {"beta_1": self.beta_1, "beta_2": self.beta_2, "epsilon": self.epsilon}
        return {**super().get_config(), **own}


def _norm(x: Any) -> Array:
    return ops.sqrt(ops.sum(ops.square(x)))
