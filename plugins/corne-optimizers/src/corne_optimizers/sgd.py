"""Gradient descent, with or without momentum."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corne import ops
from corne.backend import Array
from corne.optimizer import Optimizer
from corne.variable import Variable


class SGD(Optimizer):
    """Gradient descent, with or without momentum.

    Without momentum ``w -= learning_rate * g``. With it ``velocity = momentum * velocity - learning_rate * g``
    and ``w += velocity``, or with Nesterov's ``w += momentum * velocity - learning_rate * g``.

    Args:
        learning_rate: A number, a schedule, or a function without arguments. Default 0.01.
        momentum: Share of the last step that is repeated, 0 to 1. Default 0.
        nesterov: Whether to use Nesterov's momentum. Default False.
        The others: as for :class:`corne.optimizers.Optimizer`.

    Raises:
        ArgumentError: A number out of its range.

    Source: Sutskever et al. 2013, https://proceedings.mlr.press/v28/sutskever13.html, section 2

    >>> from corne import Variable
    >>> weight = Variable([1.0])
    >>> SGD(0.1).apply([[2.0]], [weight])
    >>> round(float(weight.numpy()[0]), 6)
    0.8
    """

    _fused = "sgd_update"

    def __init__(
        self,
        learning_rate: Any = 0.01,
        momentum: float = 0.0,
        nesterov: bool = False,
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
        self.check_number("momentum", momentum, minimum=0, maximum=1)
        self.momentum = momentum
        self.nesterov = nesterov
        self._momentums: list[Variable | None] = []

    def build(self, variables: Sequence[Variable]) -> None:
        """Make a velocity for each weight, if there is momentum."""
        if self.built:
            return
        super().build(variables)
        if self.momentum:
            self._momentums = self.add_optimizer_variables(variables, "momentum")

    def update_step(self, gradient: Array, variable: Variable, learning_rate: Any) -> None:
        """Change one weight and its velocity."""
        step = ops.multiply(ops.cast(gradient, variable.dtype), ops.cast(learning_rate, variable.dtype))
        if not self.momentum:
            self.assign_sub(variable, step)
            return
        velocity = self._momentums[self._get_variable_index(variable)]
        assert velocity is not None  # only weights that gradients overwrite have none
        self.assign(velocity, ops.subtract(ops.multiply(velocity, self.momentum), step))
        if self.nesterov:
            self.assign_add(variable, ops.subtract(ops.multiply(velocity, self.momentum), step))
        else:
            self.assign_add(variable, velocity)

    def fused_arguments(self, variables: Sequence[Variable]) -> dict[str, Any]:
        """Return the arguments of the kernel ``sgd_update``."""
        momentums = self.pick(self._momentums, variables) if self.momentum else None
        return {"momentums": momentums, "momentum": self.momentum, "nesterov": self.nesterov}

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        own = {"momentum": self.momentum, "nesterov": self.nesterov}
        return {**super().get_config(), **own}
