"""Adadelta: steps scaled by the ratio of running means of steps and gradients."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corne import ops
from corne.backend import Array
from corne.optimizer import Optimizer
from corne.variable import Variable


class Adadelta(Optimizer):
    """Steps scaled by the ratio of the running root mean squares of steps and gradients.

    ``a = rho * a + (1 - rho) * g ** 2``, ``s = sqrt((d + epsilon) / (a + epsilon)) * g``,
    ``d = rho * d + (1 - rho) * s ** 2`` and ``w -= learning_rate * s``. The paper's learning rate is 1.

    Args:
        learning_rate: A number, a schedule, or a function without arguments. Default 0.001.
        rho: How long the means remember, 0 to 1. Default 0.95.
        epsilon: Keeps roots and divisions away from zero. Default 1e-7.
        The others: as for :class:`corne.optimizers.Optimizer`.

    Raises:
        ArgumentError: A number out of its range.

    Source: Zeiler 2012, https://arxiv.org/abs/1212.5701, algorithm 1
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        rho: float = 0.95,
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
        self.check_number("rho", rho, minimum=0, maximum=1)
        self.check_number("epsilon", epsilon, minimum=0)
        self.rho = rho
        self.epsilon = epsilon
        self._accumulated_grads: list[Any] = []
        self._accumulated_delta_vars: list[Any] = []

    def build(self, variables: Sequence[Variable]) -> None:
        """Make the running means of each weight."""
        if self.built:
            return
        super().build(variables)
        self._accumulated_grads, self._accumulated_delta_vars = self.add_optimizer_variables(
            variables, ["accumulated_grad", "accumulated_delta_var"]
        )

    def update_step(self, gradient: Array, variable: Variable, learning_rate: Any) -> None:
        """Change one weight and its running means."""
        i = self._get_variable_index(variable)
        gradient = ops.cast(gradient, variable.dtype)
        gradients, steps = self._accumulated_grads[i], self._accumulated_delta_vars[i]
        self._remember(gradients, gradient)
        step = ops.divide(ops.multiply(self._rms(steps), gradient), self._rms(gradients))
        self._remember(steps, step)
        self.assign_sub(variable, ops.multiply(step, ops.cast(learning_rate, variable.dtype)))

    def _remember(self, mean: Variable, value: Array) -> None:
        new = ops.multiply(ops.square(value), 1 - self.rho)
        self.assign(mean, ops.add(ops.multiply(mean, self.rho), new))

    def _rms(self, mean: Variable) -> Array:
        return ops.sqrt(ops.add(mean, self.epsilon))

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        own = {"rho": self.rho, "epsilon": self.epsilon}
        return {**super().get_config(), **own}
