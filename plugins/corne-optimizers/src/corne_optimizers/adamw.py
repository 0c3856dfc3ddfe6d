"""AdamW: Adam with weight decay that does not pass through the running means."""

from __future__ import annotations

from typing import Any

from corne_optimizers.adam import Adam


class AdamW(Adam):
    """Adam with weight decay that does not pass through the running means.

    At each step ``w -= w * weight_decay * learning_rate``, then Adam's step.

    Args:
        learning_rate: A number, a schedule, or a function without arguments. Default 0.001.
        weight_decay: Fraction of each weight, times the learning rate, taken off it. Default 0.004.
        beta_1: How long the gradient's mean remembers, 0 up to below 1. Default 0.9.
        beta_2: How long the square's mean remembers, 0 up to below 1. Default 0.999.
        epsilon: Keeps the division finite. Default 1e-7.
        amsgrad: Whether to divide by the largest mean square so far. Default False.
        The others: as for :class:`corne.optimizers.Optimizer`.

    Raises:
        ArgumentError: ``weight_decay`` is None, or a number is out of its range.

    Source: Loshchilov and Hutter 2019, https://arxiv.org/abs/1711.05101
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        weight_decay: float | None = 0.004,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
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
            beta_1=beta_1,
            beta_2=beta_2,
            epsilon=epsilon,
            amsgrad=amsgrad,
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
        self.check_number("weight_decay", weight_decay, minimum=0)
