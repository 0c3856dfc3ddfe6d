"""Lion: steps of one size, in the direction of a running mean's sign."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corne import ops
from corne.backend import Array
from corne.errors import ArgumentError
from corne.optimizer import Optimizer
from corne.variable import Variable


class Lion(Optimizer):
    """Steps of one size, in the direction of the sign of a running mean of gradients.

    ``w -= learning_rate * sign(beta_1 * m + (1 - beta_1) * g)``, then
    ``m = beta_2 * m + (1 - beta_2) * g``. Wants a learning rate 3 to 10 times smaller than Adam's.

    Args:
        learning_rate: A number, a schedule, or a function without arguments. Default 0.001.
        beta_1: Share of the mean in a step's direction, above 0 and up to 1. Default 0.9.
        beta_2: How long the mean remembers, 0 to 1. Default 0.99.
        The others: as for :class:`corne.optimizers.Optimizer`.

    Raises:
        ArgumentError: A number out of its range.

    Source: Chen et al. 2023, https://arxiv.org/abs/2302.06675, algorithm 2
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.99,
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
        if beta_1 == 0:
            raise ArgumentError(
                "Lion(beta_1=…)", "a number above 0 and at most 1", repr(beta_1),
                "Pass a beta_1 above 0: with 0 only the sign of the gradient would count.",
            )  # fmt: skip
        self.check_number("beta_1", beta_1, minimum=0, maximum=1)
        self.check_number("beta_2", beta_2, minimum=0, maximum=1)
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self._momentums: list[Any] = []

    def build(self, variables: Sequence[Variable]) -> None:
        """Make the running mean of each weight."""
        if self.built:
            return
        super().build(variables)
        self._momentums = self.add_optimizer_variables(variables, "momentum")

    def update_step(self, gradient: Array, variable: Variable, learning_rate: Any) -> None:
        """Change one weight and its running mean."""
        gradient = ops.cast(gradient, variable.dtype)
        m = self._momentums[self._get_variable_index(variable)]
        direction = ops.sign(_mix(m, gradient, self.beta_1))
        self.assign_sub(variable, ops.multiply(direction, ops.cast(learning_rate, variable.dtype)))
        self.assign(m, _mix(m, gradient, self.beta_2))

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        own = {"beta_1": self.beta_1, "beta_2": self.beta_2}
        return {**super().get_config(), **own}


def _mix(mean: Variable, gradient: Array, share: float) -> Array:
    return ops.add(ops.multiply(mean, share), ops.multiply(gradient, 1.0 - share))
