"""Nadam: Adam with Nesterov's momentum."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corne import ops
from corne.backend import Array
from corne.optimizer import Optimizer
from corne.variable import Variable

from corne_optimizers._bias import one_minus_power, power


class Nadam(Optimizer):
    """Adam with Nesterov's momentum.

    Args:
        learning_rate: A number, a schedule, or a function without arguments. Default 0.001.
        beta_1: How long the gradient's mean remembers, 0 up to below 1. Default 0.9.
        beta_2: How long the square's mean remembers, 0 up to below 1. Default 0.999.
        epsilon: Keeps the division finite. Default 1e-7.
        The others: as for :class:`corne.optimizers.Optimizer`.

    Raises:
        ArgumentError: A number out of its range.

    Source: Dozat 2015, http://cs229.stanford.edu/proj2015/054_report.pdf, algorithm 8 with the schedule of
        its section on initialization bias
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
        """Make the running means of each weight, and the product of the schedule so far."""
        if self.built:
            return
        super().build(variables)
        self._momentums, self._velocities = self.add_optimizer_variables(variables, ["momentum", "velocity"])
        dtype = variables[0].dtype if variables else None
        self._product = self.add_variable((), "ones", dtype=dtype, name="u_product")

    def update(self, gradients: Sequence[Array], variables: Sequence[Variable], learning_rate: Any) -> None:
        """Change the weights, after the schedule that they share."""
        now = self._schedule(0, self._product.dtype)
        self.assign(self._product, ops.multiply(self._product, now))
        super().update(gradients, variables, learning_rate)

    def _schedule(self, ahead: int, dtype: str) -> Array:
        """Return the momentum's weight, which grows from ``beta_1 / 2`` to ``beta_1``."""
        fading = power(0.96, self.update_number + ahead, dtype)
        return ops.multiply(ops.subtract(1.0, ops.multiply(fading, 0.5)), self.beta_1)

    def update_step(self, gradient: Array, variable: Variable, learning_rate: Any) -> None:
        """Change one weight and its running means."""
        dtype, i = variable.dtype, self._get_variable_index(variable)
        gradient = ops.cast(gradient, dtype)
        m, v = self._momentums[i], self._velocities[i]
        now, following = self._schedule(0, dtype), self._schedule(1, dtype)
        product = ops.cast(self._product, dtype)
        product_ahead = ops.multiply(product, following)
        self.assign_add(m, ops.multiply(ops.subtract(gradient, m), 1 - self.beta_1))
        self.assign_add(v, ops.multiply(ops.subtract(ops.square(gradient), v), 1 - self.beta_2))
        m_hat = ops.add(
            ops.divide(ops.multiply(m, following), ops.subtract(1.0, product_ahead)),
            ops.divide(ops.multiply(gradient, ops.subtract(1.0, now)), ops.subtract(1.0, product)),
        )
        v_hat = ops.divide(v, one_minus_power(self.beta_2, self.update_number, dtype))
        step = ops.multiply(m_hat, ops.cast(learning_rate, dtype))
        self.assign_sub(variable, ops.divide(step, ops.add(ops.sqrt(v_hat), self.epsilon)))

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        own = {"beta_1": self.beta_1, "beta_2": self.beta_2, "epsilon": self.epsilon}
        return {**super().get_config(), **own}
