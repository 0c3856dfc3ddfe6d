"""Adam without a schedule: the weights are an average that needs no end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corne import ops
from corne.backend import Array
from corne.optimizer import Optimizer
from corne.variable import Variable

from corne_optimizers._bias import one_minus_power


class ScheduleFreeAdamW(Optimizer):
    """Adam whose weights lie between its own steps and their average, so that no schedule is needed.

    ``v += (g ** 2 - v) * (1 - beta_2)``, ``z -= learning_rate * g / (sqrt(v / (1 - beta_2 ** t)) + epsilon)``,
    ``x += (z - x) / t`` and ``w = beta_1 * x + (1 - beta_1) * z`` at step ``t``.

    Args:
        learning_rate: A number, a schedule, or a function without arguments. Default 0.0025.
        beta_1: Share of the average in the weights, above 0 and up to 1. Default 0.9.
        beta_2: How long the mean square remembers, 0 up to below 1. Default 0.999.
        epsilon: Keeps the division finite. Default 1e-8.
        warmup_steps: Steps in which the learning rate rises from 0. Default 0.
        The others: as for :class:`corne.optimizers.Optimizer`.

    Raises:
        ArgumentError: A number out of its range.

    Source: Defazio et al. 2024, https://arxiv.org/abs/2405.15682
    """

    def __init__(
        self,
        learning_rate: Any = 0.0025,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        warmup_steps: int = 0,
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
        self.check_number("beta_1", beta_1, minimum=1e-6, maximum=1)
        self.check_number("beta_2", beta_2, minimum=0, below=1)
        self.check_number("epsilon", epsilon, minimum=0)
        self.check_number("warmup_steps", warmup_steps, minimum=0)
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self.warmup_steps = warmup_steps
        self._momentums: list[Any] = []
        self._velocities: list[Any] = []

    def build(self, variables: Sequence[Variable]) -> None:
        """Make the steps' sequence, which starts at the weights, and the mean square of each weight."""
        if self.built:
            return
        super().build(variables)
        self._momentums, self._velocities = self.add_optimizer_variables(variables, ["momentum", "velocity"])
        for z, variable in zip(self._momentums, variables, strict=True):
            if z is not None:
                self.assign(z, variable)

    def update_step(self, gradient: Array, variable: Variable, learning_rate: Any) -> None:
        """Change one weight and its state."""
        dtype, i = variable.dtype, self._get_variable_index(variable)
        gradient = ops.cast(gradient, dtype)
        count = self.update_number
        step, rate = ops.cast(count, dtype), ops.cast(learning_rate, dtype)
        if self.warmup_steps > 0:
            rate = ops.multiply(rate, ops.minimum(ops.divide(step, self.warmup_steps), 1.0))
        z, v = self._momentums[i], self._velocities[i]
        # The average is not stored: it follows from the weight and z, before z moves.
        rest = 1.0 - self.beta_1
        average = ops.divide(ops.subtract(variable, ops.multiply(z, rest)), self.beta_1)
        self.assign_add(v, ops.multiply(ops.subtract(ops.square(gradient), v), 1 - self.beta_2))
        scale = ops.add(ops.sqrt(ops.divide(v, one_minus_power(self.beta_2, count, dtype))), self.epsilon)
        self.assign_sub(z, ops.divide(ops.multiply(gradient, rate), scale))
        average = ops.add(average, ops.divide(ops.subtract(z, average), step))
        self.assign(variable, ops.add(ops.multiply(average, self.beta_1), ops.multiply(z, rest)))

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        own = {
            "beta_1": self.beta_1,
            "beta_2": self.beta_2,
            "epsilon": self.epsilon,
            "warmup_steps": self.warmup_steps,
        }
        return {**super().get_config(), **own}
