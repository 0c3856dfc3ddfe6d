"""Adamax: Adam with a running maximum in place of the running mean square."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corne import ops
from corne.backend import Array
from corne.optimizer import Optimizer
from corne.variable import Variable

from corne_optimizers._bias import one_minus_power


class Adamax(Optimizer):
    """Adam with a running maximum of gradients in place of the running mean square.

    ``m += (g - m) * (1 - beta_1)``, ``u = max(beta_2 * u, abs(g))`` and
    ``w -= learning_rate * m / ((1 - beta_1 ** t) * (u + epsilon))`` at step ``t``.

    Args:
        learning_rate: A number, a schedule, or a function without arguments. Default 0.001.
        beta_1: How long the gradient's mean remembers, 0 up to below 1. Default 0.9.
        beta_2: How slowly the maximum fades, 0 up to below 1. Default 0.999.
        epsilon: Keeps the division finite. Default 1e-7.
        The others: as for :class:`corne.optimizers.Optimizer`.

    Raises:
        ArgumentError: A number out of its range.

    Source: Kingma and Ba 2014, https://arxiv.org/abs/1412.6980, section 7.1
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
        self._norms: list[Any] = []

    def build(self, variables: Sequence[Variable]) -> None:
        """Make the running mean and maximum of each weight."""
        if self.built:
            return
        super().build(variables)
        self._momentums, self._norms = self.add_optimizer_variables(variables, ["momentum", "norm"])

    def update_step(self, gradient: Array, variable: Variable, learning_rate: Any) -> None:
        """Change one weight and its state."""
        dtype, i = variable.dtype, self._get_variable_index(variable)
        gradient = ops.cast(gradient, dtype)
        m, norm = self._momentums[i], self._norms[i]
        correction = one_minus_power(self.beta_1, self.update_number, dtype)
        self.assign_add(m, ops.multiply(ops.subtract(gradient, m), 1 - self.beta_1))
        self.assign(norm, ops.maximum(ops.multiply(norm, self.beta_2), ops.absolute(gradient)))
        scale = ops.multiply(ops.add(norm, self.epsilon), correction)
        self.assign_sub(variable, ops.divide(ops.multiply(m, ops.cast(learning_rate, dtype)), scale))

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        own = {"beta_1": self.beta_1, "beta_2": self.beta_2, "epsilon": self.epsilon}
        return {**super().get_config(), **own}
