"""Adam: steps scaled by running means of the gradient and of its square."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corne import ops
from corne.backend import Array
from corne.optimizer import Optimizer
from corne.variable import Variable

from corne_optimizers._bias import bias_corrected


class Adam(Optimizer):
    """Steps scaled by running means of the gradient and of its square.

    ``m += (g - m) * (1 - beta_1)``, ``v += (g ** 2 - v) * (1 - beta_2)`` and
    ``w -= alpha * m / (sqrt(v) + epsilon)``, where ``alpha`` is the learning rate times
    ``sqrt(1 - beta_2 ** t) / (1 - beta_1 ** t)`` at step ``t``.

    Args:
        learning_rate: A number, a schedule, or a function without arguments. Default 0.001.
        beta_1: How long the gradient's mean remembers, 0 up to below 1. Default 0.9.
        beta_2: How long the square's mean remembers, 0 up to below 1. Default 0.999.
        epsilon: Keeps the division finite. The paper's "epsilon hat". Default 1e-7.
        amsgrad: Whether to divide by the largest ``v`` so far. Default False.
        The others: as for :class:`corne.optimizers.Optimizer`.

    Raises:
        ArgumentError: A number out of its range.

    Source: Kingma and Ba 2014, https://arxiv.org/abs/1412.6980, the formula before section 2.1; AMSGrad:
        Reddi et al. 2018, https://openreview.net/pdf?id=ryQu7f-RZ

    >>> from corne import Variable
    >>> weight = Variable([1.0])
    >>> Adam(0.1).apply([[2.0]], [weight])
    >>> round(float(weight.numpy()[0]), 4)
    0.9
    """

    _fused = "adam_update"

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
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
        self.amsgrad = amsgrad
        self._momentums: list[Any] = []
        self._velocities: list[Any] = []
        self._velocity_hats: list[Any] = []

    def build(self, variables: Sequence[Variable]) -> None:
        """Make the running means of each weight."""
        if self.built:
            return
        super().build(variables)
        self._momentums, self._velocities = self.add_optimizer_variables(variables, ["momentum", "velocity"])
        if self.amsgrad:
            self._velocity_hats = self.add_optimizer_variables(variables, "velocity_hat")

    def update_step(self, gradient: Array, variable: Variable, learning_rate: Any) -> None:
        """Change one weight and its running means."""
        dtype, i = variable.dtype, self._get_variable_index(variable)
        gradient = ops.cast(gradient, dtype)
        m, v = self._momentums[i], self._velocities[i]
        alpha = bias_corrected(learning_rate, self.update_number, self.beta_1, self.beta_2, dtype)
        self.assign_add(m, ops.multiply(ops.subtract(gradient, m), 1 - self.beta_1))
        self.assign_add(v, ops.multiply(ops.subtract(ops.square(gradient), v), 1 - self.beta_2))
        if self.amsgrad:
            v_hat = self._velocity_hats[i]
            self.assign(v_hat, ops.maximum(v_hat, v))
            v = v_hat
        scale = ops.add(ops.sqrt(v), self.epsilon)
        self.assign_sub(variable, ops.divide(ops.multiply(m, alpha), scale))

    def fused_arguments(self, variables: Sequence[Variable]) -> dict[str, Any]:
        """Return the arguments of the kernel ``adam_update``."""
        return {
            "step": self.update_number,
            "momentums": self.pick(self._momentums, variables),
            "velocities": self.pick(self._velocities, variables),
            "velocity_hats": self.pick(self._velocity_hats, variables) if self.amsgrad else None,
            "beta_1": self.beta_1,
            "beta_2": self.beta_2,
            "epsilon": self.epsilon,
        }

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        own = {"beta_1": self.beta_1, "beta_2": self.beta_2, "epsilon": self.epsilon, "amsgrad": self.amsgrad}
        return {**super().get_config(), **own}
