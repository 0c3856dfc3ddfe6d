"""RMSprop: steps divided by a running root mean square of the gradient."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corne import ops
from corne.backend import Array
from corne.optimizer import Optimizer
from corne.variable import Variable


class RMSprop(Optimizer):
    """Steps divided by a running root mean square of the gradient.

    ``v = rho * v + (1 - rho) * g ** 2`` and ``w -= learning_rate * g / sqrt(v + epsilon)``. Centered, the
    square of the gradient's running mean is subtracted from ``v`` under the root. With momentum a share of
    the last step is added.

    Args:
        learning_rate: A number, a schedule, or a function without arguments. Default 0.001.
        rho: How long the mean square remembers, 0 to 1. Default 0.9.
        momentum: Share of the last step that is repeated, 0 to 1. Default 0.
        epsilon: Keeps the division finite. Default 1e-7.
        centered: Whether to divide by the standard deviation, not the root mean square. Default False.
        The others: as for :class:`corne.optimizers.Optimizer`.

    Raises:
        ArgumentError: A number out of its range.

    Source: Hinton 2012, http://www.cs.toronto.edu/~tijmen/csc321/slides/lecture_slides_lec6.pdf
    """

    _fused = "rmsprop_update"

    def __init__(
        self,
        learning_rate: Any = 0.001,
        rho: float = 0.9,
        momentum: float = 0.0,
        epsilon: float = 1e-7,
        centered: bool = False,
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
        self.check_number("momentum", momentum, minimum=0, maximum=1)
        self.check_number("epsilon", epsilon, minimum=0)
        self.rho = rho
        self.momentum = momentum
        self.epsilon = epsilon
        self.centered = centered
        self._velocities: list[Any] = []
        self._momentums: list[Any] = []
        self._average_gradients: list[Any] = []

    def build(self, variables: Sequence[Variable]) -> None:
        """Make the running means of each weight."""
        if self.built:
            return
        super().build(variables)
        self._velocities = self.add_optimizer_variables(variables, "velocity")
        if self.momentum:
            self._momentums = self.add_optimizer_variables(variables, "momentum")
        if self.centered:
            self._average_gradients = self.add_optimizer_variables(variables, "average_gradient")

    def update_step(self, gradient: Array, variable: Variable, learning_rate: Any) -> None:
        """Change one weight and its running means."""
        i, rho = self._get_variable_index(variable), self.rho
        gradient = ops.cast(gradient, variable.dtype)
        velocity = self._velocities[i]
        square = ops.multiply(ops.square(gradient), 1 - rho)
        self.assign(velocity, ops.add(ops.multiply(velocity, rho), square))
        variance = ops.add(velocity, self.epsilon)
        if self.centered:
            mean = self._average_gradients[i]
            self.assign(mean, ops.add(ops.multiply(mean, rho), ops.multiply(gradient, 1 - rho)))
            variance = ops.add(ops.subtract(velocity, ops.square(mean)), self.epsilon)
        step = ops.divide(ops.multiply(gradient, ops.cast(learning_rate, variable.dtype)), ops.sqrt(variance))
        if self.momentum:
            momentum = self._momentums[i]
            self.assign(momentum, ops.add(ops.multiply(momentum, self.momentum), step))
            self.assign_sub(variable, momentum)
        else:
            self.assign_sub(variable, step)

    def fused_arguments(self, variables: Sequence[Variable]) -> dict[str, Any]:
        """Return the arguments of the kernel ``rmsprop_update``."""
        return {
            "velocities": self.pick(self._velocities, variables),
            "momentums": self.pick(self._momentums, variables) if self.momentum else None,
            "average_gradients": self.pick(self._average_gradients, variables) if self.centered else None,
            "rho": self.rho,
            "momentum": self.momentum,
            "epsilon": self.epsilon,
        }

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        own = {"rho": self.rho, "momentum": self.momentum, "epsilon": self.epsilon, "centered": self.centered}
        return {**super().get_config(), **own}
