"""Muon: momentum made orthogonal, for the matrices of a network; AdamW for the rest."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

from corne import ops
from corne.backend import Array
from corne.optimizer import Optimizer
from corne.variable import Variable

from corne_optimizers._bias import bias_corrected


class Muon(Optimizer):
    """Steps along an orthogonal matrix near the momentum, for weights with two axes; AdamW for the others.

    Args:
        learning_rate: A number, a schedule, or a function without arguments. Default 0.001.
        adam_beta_1: AdamW's ``beta_1``. Default 0.9.
        adam_beta_2: AdamW's ``beta_2``. Default 0.999.
        adam_weight_decay: Weight decay of the weights that AdamW changes; None: none. Default 0.004.
        epsilon: AdamW's ``epsilon``. Default 1e-7.
        weight_decay: Weight decay of the other weights; None: none. Default 0.004.
        exclude_layers: Regular expressions; weights in whose path one is found go to AdamW. Name the output
            layer here. Default None.
        exclude_embeddings: Whether weights with "embedding" in their path go to AdamW. Default True.
        muon_a: First coefficient of the polynomial that makes orthogonal. Default 3.4445.
        muon_b: Second coefficient. Default -4.775.
        muon_c: Third coefficient. Default 2.0315.
        adam_lr_ratio: AdamW's learning rate, as a multiple of the other. Default 1.
        momentum: Share of the momentum that is kept, 0 to 1. Default 0.95.
        ns_steps: How often the polynomial is applied, at least 1. Default 5.
        nesterov: Whether to use Nesterov's momentum. Default True.
        rms_rate: Size of a step's elements, with which AdamW's learning rates fit; None: not scaled. Default 0.2.
        The others: as for :class:`corne.optimizers.Optimizer`.

    Raises:
        ArgumentError: A number out of its range.

    Source: Jordan et al. 2024, https://kellerjordan.github.io/posts/muon/; Liu et al. 2025,
        https://arxiv.org/abs/2502.16982
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        adam_beta_1: float = 0.9,
        adam_beta_2: float = 0.999,
        adam_weight_decay: float | None = 0.004,
        epsilon: float = 1e-7,
        weight_decay: float | None = 0.004,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        loss_scale_factor: float | None = None,
        gradient_accumulation_steps: int | None = None,
        name: str | None = None,
        exclude_layers: Sequence[str] | None = None,
        exclude_embeddings: bool = True,
        muon_a: float = 3.4445,
        muon_b: float = -4.7750,
        muon_c: float = 2.0315,
        adam_lr_ratio: float = 1,
        momentum: float = 0.95,
        ns_steps: int = 5,
        nesterov: bool = True,
        rms_rate: float | None = 0.2,
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
        self.check_number("adam_beta_1", adam_beta_1, minimum=0, below=1)
        self.check_number("adam_beta_2", adam_beta_2, minimum=0, below=1)
        self.check_number("epsilon", epsilon, minimum=0)
        self.check_number("momentum", momentum, minimum=0, maximum=1)
        self.check_number("ns_steps", ns_steps, minimum=1)
        self.adam_beta_1 = adam_beta_1
        self.adam_beta_2 = adam_beta_2
        self.adam_weight_decay = adam_weight_decay
        self.epsilon = epsilon
        self.exclude_layers = list(exclude_layers or [])
        self.exclude_embeddings = exclude_embeddings
        self.muon_a = muon_a
        self.muon_b = muon_b
        self.muon_c = muon_c
        self.adam_lr_ratio = adam_lr_ratio
        self.momentum = momentum
        self.ns_steps = ns_steps
        self.nesterov = nesterov
        self.rms_rate = rms_rate
        self._momentums: list[Any] = []
        self._velocities: list[Variable | None] = []

    def _is_for_adam(self, variable: Variable) -> bool:
        if len(variable.shape) != 2:
            return True
        if self.exclude_embeddings and "embedding" in variable.path.lower():
            return True
        return any(re.search(pattern, variable.path) for pattern in self.exclude_layers)

    def build(self, variables: Sequence[Variable]) -> None:
        """Make the momentum of each weight, and the mean square where AdamW is used."""
        if self.built:
            return
        super().build(variables)
        for variable in variables:
            self._momentums += self.add_optimizer_variables([variable], "momentum")
            adam = [variable] if self._is_for_adam(variable) else []
            self._velocities += self.add_optimizer_variables(adam, "velocity") or [None]

    def update_step(self, gradient: Array, variable: Variable, learning_rate: Any) -> None:
        """Change one weight and its state, by whichever of the two rules is its own."""
        i, rate = self._get_variable_index(variable), ops.cast(learning_rate, variable.dtype)
        gradient = ops.cast(gradient, variable.dtype)
        m, v = self._momentums[i], self._velocities[i]
        if v is not None:
            self._adam_step(gradient, variable, ops.multiply(rate, self.adam_lr_ratio), m, v)
            return
        self.assign(m, ops.add(ops.multiply(m, self.momentum), gradient))
        ahead = ops.add(ops.multiply(m, self.momentum), gradient) if self.nesterov else m.value
        step = ops.multiply(self._orthogonal(ahead), rate)
        if self.rms_rate is not None:
            step = ops.multiply(step, math.sqrt(max(variable.shape)) * self.rms_rate)
        self.assign_sub(variable, step)

    def _orthogonal(self, x: Array) -> Array:
        """Return a matrix near ``x`` whose singular values are near 1, by Newton-Schulz iteration."""
        tall = x.shape[0] > x.shape[1]
        x = ops.transpose(x) if tall else x
        x = ops.divide(x, ops.add(ops.sqrt(ops.sum(ops.square(x))), 1e-7))
        for _ in range(self.ns_steps):
            gram = ops.matmul(x, ops.transpose(x))
            curve = ops.add(
                ops.multiply(gram, self.muon_b), ops.multiply(ops.matmul(gram, gram), self.muon_c)
            )
            x = ops.add(ops.multiply(x, self.muon_a), ops.matmul(curve, x))
        return ops.transpose(x) if tall else x

    def _adam_step(self, gradient: Array, variable: Variable, rate: Array, m: Variable, v: Variable) -> None:
        alpha = bias_corrected(rate, self.update_number, self.adam_beta_1, self.adam_beta_2, variable.dtype)
        self.assign_add(m, ops.multiply(ops.subtract(gradient, m), 1 - self.adam_beta_1))
        self.assign_add(v, ops.multiply(ops.subtract(ops.square(gradient), v), 1 - self.adam_beta_2))
        self.assign_sub(variable, ops.divide(ops.multiply(m, alpha), ops.add(ops.sqrt(v), self.epsilon)))

    def _weight_decay_of(self, variable: Variable) -> float | None:
        return self.adam_weight_decay if self._is_for_adam(variable) else self.weight_decay

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        own = {
            "adam_beta_1": self.adam_beta_1,
            "adam_beta_2": self.adam_beta_2,
            "adam_weight_decay": self.adam_weight_decay,
            "epsilon": self.epsilon,
            "exclude_layers": self.exclude_layers,
            "exclude_embeddings": self.exclude_embeddings,
            "muon_a": self.muon_a,
            "muon_b": self.muon_b,
            "muon_c": self.muon_c,
            "adam_lr_ratio": self.adam_lr_ratio,
            "momentum": self.momentum,
            "ns_steps": self.ns_steps,
            "nesterov": self.nesterov,
            "rms_rate": self.rms_rate,
        }
        return {**super().get_config(), **own}
