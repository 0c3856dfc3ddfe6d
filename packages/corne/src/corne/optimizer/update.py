"""The steps of an update: clipping, decay, accumulation and averages around the rule itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from corne import backend as backends
from corne import ops
from corne._state import state
from corne.backend import Array
from corne.optimizer import clipping
from corne.optimizer.state import OptimizerState
from corne.variable import StatelessScope, Variable


class OptimizerUpdate(OptimizerState):
    """The part of an optimizer that acts on arrays, without a branch on their values."""

    #: Name of the backend kernel that updates all weights at once, or None.
    _fused: ClassVar[str | None] = None

    weight_decay: float | None
    clipnorm: float | None
    clipvalue: float | None
    global_clipnorm: float | None
    ema_momentum: float
    ema_overwrite_frequency: int | None
    gradient_accumulation_steps: int | None
    learning_rate: Any
    iterations: Any
    _iterations: Variable
    _averages: list[Variable | None]
    _accumulated_gradients: list[Variable]
    _undecayed: set[int]
    _undecayed_names: re.Pattern[str] | None

    def update_step(self, gradient: Array, variable: Variable, learning_rate: Any) -> None:
        """Change one weight and its state."""
        raise NotImplementedError(f"{type(self).__name__} has no update_step(); write one.")

    def fused_arguments(self, variables: Sequence[Variable]) -> dict[str, Any]:
        """Return the keyword arguments of the kernel named in ``_fused``, for these weights.

        Lists of Variables reach the kernel as lists of arrays, a Variable as its array.
        """
        raise NotImplementedError(f"{type(self).__name__} names a kernel; write fused_arguments().")

    def _overwrite(self, grads: list[Array], variables: list[Variable]) -> tuple[list[Array], list[Variable]]:
        """Set marked variables to their gradient; return the others."""
        if not any(v.overwrite_with_gradient for v in variables):
            return grads, variables
        rest = []
        for gradient, variable in zip(grads, variables, strict=True):
            if not variable.overwrite_with_gradient:
                rest.append((gradient, variable))
            elif self.gradient_accumulation_steps:
                # Such gradients are statistics (a largest absolute value): the largest of all steps counts.
                accumulated = self._accumulated_gradients[self._index[id(variable)]]
                largest, due = ops.maximum(gradient, accumulated), self._is_update_step()
                variable.assign(ops.where(due, largest, variable))
                accumulated.assign(ops.where(due, ops.zeros_like(largest), largest))
            else:
                variable.assign(gradient)
        return [g for g, _ in rest], [v for _, v in rest]

    @property
    def update_number(self) -> Array:
        """The number of this update, counted from 1: an integer scalar."""
        iterations = self.iterations
        return (iterations.value if isinstance(iterations, Variable) else iterations) + 1

    def _is_update_step(self) -> Array:
        return (self._iterations.value + 1) % self.gradient_accumulation_steps == 0

    def _accumulate(self, gradients: list[Array], variables: list[Variable]) -> None:
        """Add up gradients; update with their mean when it is due."""
        due = self._is_update_step()
        sums = self.pick(self._accumulated_gradients, variables)
        totals = [ops.add(g, s) for g, s in zip(gradients, sums, strict=True)]
        means = [ops.divide(t, self.gradient_accumulation_steps) for t in totals]
        self.update_where(due, variables, lambda: self._update(means, variables))
        updated = {id(s) for s in sums}
        for total, accumulated in zip(totals, sums, strict=True):
            accumulated.assign(ops.where(due, ops.zeros_like(total), total))
        for other, variable in zip(self._accumulated_gradients, self._trainable_variables, strict=True):
            if id(other) not in updated and not variable.overwrite_with_gradient:
                other.assign(ops.where(due, ops.zeros_like(other), other))

    def update_where(
        self, condition: Array, variables: Sequence[Variable], update: Callable[[], None]
    ) -> None:
        """Run ``update`` and keep its changes to weights and state only if ``condition`` is true.

        By default both outcomes are computed and one is selected on the device.

        Args:
            condition: A boolean scalar.
            variables: The weights that ``update`` may change in addition to the optimizer's own state.
            update: The function to run.
        """
        touched = (*variables, *self.variables)
        kernel = backends.kernel(backends.active(), "update_where")
        if (
            kernel is not None
            and _have_storage(touched)
            and all(v.backend is backends.active() for v in touched)
        ):
            kernel([v.storage for v in touched], condition, update)
            return
        stop_gradient = backends.active().stop_gradient
        before = [(v, stop_gradient(v.value)) for v in touched]
        with StatelessScope(before) as scope:
            update()
        for variable, old in before:
            new = scope.get(variable)
            if new is not old:
                variable.assign(ops.where(condition, new, old))

    def _update(self, gradients: list[Array], variables: list[Variable]) -> None:
        if self.clipnorm:
            gradients = clipping.clip_by_norm(gradients, self.clipnorm)
        elif self.global_clipnorm:
            gradients = clipping.clip_by_global_norm(gradients, self.global_clipnorm)
        elif self.clipvalue:
            gradients = clipping.clip_by_value(gradients, self.clipvalue)
        learning_rate = self.learning_rate
        self._apply_weight_decay(variables, learning_rate)
        self.update(gradients, variables, learning_rate)

    def update(self, gradients: Sequence[Array], variables: Sequence[Variable], learning_rate: Any) -> None:
        """Change several weights and their state: with the kernel if there is one, else one by one."""
        kernel = self._kernel(self._fused, variables)
        if kernel is None:
            for gradient, variable in zip(gradients, variables, strict=True):
                self.update_step(gradient, variable, learning_rate)
            return
        backend, dtype = backends.active(), variables[0].dtype
        kernel(
            [v.storage for v in variables],
            [backend.cast(g, dtype) for g in gradients],
            ops.cast(learning_rate, dtype),
            **{key: _arrays(value) for key, value in self.fused_arguments(variables).items()},
        )

    def _kernel(self, name: str | None, variables: Sequence[Variable]) -> Callable[..., None] | None:
        """Return the backend's kernel if it is usable: variables share one dtype and are written in place."""
        if name is None or not _have_storage(variables) or len({v.dtype for v in variables}) != 1:
            return None
        backend = backends.active()
        return backends.kernel(backend, name) if all(v.backend is backend for v in variables) else None

    def _apply_weight_decay(self, variables: Sequence[Variable], learning_rate: Any) -> None:
        shares: dict[float, list[Variable]] = {}
        for variable in variables:
            share = self._weight_decay_of(variable)
            if share is not None and self._use_weight_decay(variable):
                shares.setdefault(share, []).append(variable)
        for share, decayed in shares.items():
            kernel = self._kernel("weight_decay_update", decayed)
            if kernel is not None:
                rate = ops.multiply(ops.cast(learning_rate, decayed[0].dtype), share)
                kernel([v.storage for v in decayed], rate)
                continue
            for variable in decayed:
                rate = ops.multiply(ops.cast(learning_rate, variable.dtype), share)
                variable.assign_sub(ops.multiply(variable, rate))

    def _weight_decay_of(self, variable: Variable) -> float | None:
        """Return the weight decay of one weight, or None."""
        return self.weight_decay

    def _use_weight_decay(self, variable: Variable) -> bool:
        if id(variable) in self._undecayed:
            return False
        return self._undecayed_names is None or self._undecayed_names.search(variable.name) is None

    def _update_averages(self) -> None:
        pairs = [
            (average, v)
            for average, v in zip(self._averages, self._trainable_variables, strict=True)
            if average is not None
        ]
        iterations = self.iterations
        variables = [v for _, v in pairs]
        started = ops.not_equal(iterations, 0)  # the first average is the weight itself
        accumulates = bool(self.gradient_accumulation_steps)

        def momentum_in(dtype: str) -> Array:
            kept: Any = self.ema_momentum
            if accumulates:  # between two updates an average stays as it is
                kept = ops.where(self._is_update_step(), kept, 1.0)
            return ops.multiply(ops.cast(started, dtype), ops.cast(kept, dtype))

        kernel = self._kernel("ema_update", variables)
        if kernel is not None:
            momentum = momentum_in(variables[0].dtype)
            kernel([a.storage for a, _ in pairs], [v.storage for v in variables], momentum)
        else:
            for average, variable in pairs:
                momentum = momentum_in(variable.dtype)
                rest = ops.multiply(ops.subtract(1, momentum), variable)
                average.assign(ops.add(ops.multiply(momentum, average), rest))
        if self.ema_overwrite_frequency:
            due = self.update_number % self.ema_overwrite_frequency == 0
            if accumulates:
                due = ops.logical_and(due, self._is_update_step())
            for average, variable in pairs:
                variable.assign(ops.where(due, average, variable))


def _have_storage(variables: Sequence[Variable]) -> bool:
    """Return whether variables are written in place, so that kernels may write to them."""
    return state.scope is None or all(v.storage is not None for v in variables)


def _arrays(value: Any) -> Any:
    if isinstance(value, Variable):
        return value.value
    if isinstance(value, list):
        return [item.storage for item in value]
    return value
