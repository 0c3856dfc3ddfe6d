"""A loss scale that follows the gradients, so that float16 neither loses the small nor the large ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self

from corne import initializers, ops
from corne.backend import Array
from corne.errors import ArgumentError, StateError, UnknownArgumentError
from corne.optimizer import Optimizer
from corne.serialization import deserialize_object, serialize_object
from corne.variable import Variable

#: Arguments that older files carry along; only these values mean anything here.
_INNER_ARGUMENTS = {
    "weight_decay": None,
    "clipnorm": None,
    "global_clipnorm": None,
    "clipvalue": None,
    "use_ema": False,
    "ema_momentum": 0.99,
    "ema_overwrite_frequency": None,
    "loss_scale_factor": None,
    "gradient_accumulation_steps": None,
}


class LossScaleOptimizer(Optimizer):
    """Another optimizer, with a loss scale that adapts.

    The loss is multiplied by the scale before gradients are taken and the gradients are divided by it. A
    step whose gradients are not all finite changes nothing but halves the scale; after
    ``dynamic_growth_steps`` good steps in a row the scale doubles.

    Args:
        inner_optimizer: The optimizer that changes the weights. Its own ``loss_scale_factor`` is taken off.
        initial_scale: The scale at first, above 0. Default 32768.
        dynamic_growth_steps: Good steps after which the scale doubles, at least 1. Default 2000.
        name: Default: the class name in snake case, numbered.

    Raises:
        ArgumentError: The inner optimizer isn't one, a number is out of its range, or an argument that
            belongs to the inner optimizer.
        UnknownArgumentError: A keyword that is not an argument.

    Source: Micikevicius et al. 2017, https://arxiv.org/abs/1710.03740, section 3.2
    """

    def __init__(
        self,
        inner_optimizer: Optimizer,
        initial_scale: float = 2.0**15,
        dynamic_growth_steps: int = 2000,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        if not isinstance(inner_optimizer, Optimizer):
            raise ArgumentError(
                "LossScaleOptimizer(inner_optimizer=…)", "an optimizer", repr(inner_optimizer),
                "Pass an instance, such as corne.optimizers.Adam().",
            )  # fmt: skip
        for argument, value in kwargs.items():
            if argument not in _INNER_ARGUMENTS:
                raise UnknownArgumentError(
                    "LossScaleOptimizer(…)", "inner_optimizer, initial_scale, dynamic_growth_steps and name",
                    repr(argument), "Correct or remove it.",
                )  # fmt: skip
            if value != _INNER_ARGUMENTS[argument]:
                raise ArgumentError(
                    f"LossScaleOptimizer({argument}=…)", "it to be left out", repr(value),
                    f"Pass {argument} to the inner optimizer.",
                )  # fmt: skip
        super().__init__(learning_rate=0.0, name=name)
        self.check_number("initial_scale", initial_scale, minimum=0)
        self.check_number("dynamic_growth_steps", dynamic_growth_steps, minimum=1)
        self.inner_optimizer = inner_optimizer
        self.initial_scale = initial_scale
        self.dynamic_growth_steps = dynamic_growth_steps
        self.inner_optimizer.loss_scale_factor = None

    def build(self, variables: Sequence[Variable]) -> None:
        """Make the scale, the count of good steps, and the inner optimizer's state."""
        if self.built:
            return
        self.step_counter = self.add_variable((), dtype="int32", name="step_counter")
        start = initializers.Constant(self.initial_scale)
        self.dynamic_scale = self.add_variable((), start, dtype="float32", name="dynamic_scale")
        self.inner_optimizer.build(variables)
        super().build(variables)

    @property
    def variables(self) -> list[Variable]:
        """The scale and count, then the inner optimizer's state."""
        return super().variables + self.inner_optimizer.variables

    @property
    def learning_rate(self) -> Any:
        """The inner optimizer's learning rate."""
        return self.inner_optimizer.learning_rate

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        self.inner_optimizer.learning_rate = value

    @property
    def calls_python(self) -> bool:
        """Whether the inner learning rate is a plain function."""
        return self.inner_optimizer.calls_python

    @property
    def iterations(self) -> Any:
        """The number of the inner optimizer's updates, without steps that were not finite."""
        return self.inner_optimizer.iterations

    def apply(
        self, grads: Sequence[Array | None], trainable_variables: Iterable[Variable] | None = None
    ) -> None:
        """Update all weights by the gradients of the scaled loss, if they are finite.

        Args:
            grads: One gradient per weight, as taken from the scaled loss.
            trainable_variables: The weights. Default: those the optimizer was built for.

        Raises:
            StateError: Not built, and no weights given.
        """
        grads = list(grads)
        if not self.built and trainable_variables is None:
            raise StateError(
                f"{self.name}.apply(grads)", "the weights to update",
                "gradients alone, before the optimizer was built",
                "Call optimizer.build(variables) first, or apply(grads, variables).",
            )  # fmt: skip
        variables = list(self._trainable_variables if trainable_variables is None else trainable_variables)
        self.build(variables)
        finite = self.check_finite(grads)
        scale = self.dynamic_scale.value
        unscaled = [
            g if g is None or v.overwrite_with_gradient else ops.divide(g, ops.cast(scale, g.dtype))
            for g, v in zip(grads, variables, strict=True)
        ]
        inner = self.inner_optimizer
        inner.update_where(finite, variables, lambda: inner.apply(unscaled, variables))
        full = ops.equal(self.step_counter, self.dynamic_growth_steps - 1)
        counts = ops.logical_and(finite, ops.logical_not(full))
        count = ops.where(counts, ops.add(self.step_counter, 1), ops.zeros_like(self.step_counter))
        grown = ops.where(full, ops.multiply(scale, 2.0), scale)
        self.step_counter.assign(count)
        self.dynamic_scale.assign(ops.where(finite, grown, ops.multiply(scale, 0.5)))

    def check_finite(self, grads: Sequence[Array | None]) -> Array:
        """Return whether no gradient holds an infinity or NaN, as a boolean scalar on the device."""
        return ops.all(ops.stack([ops.all(ops.isfinite(g)) for g in grads if g is not None]))

    def scale_loss(self, loss: Array) -> Array:
        """Return the loss times the current scale."""
        return ops.multiply(loss, self.dynamic_scale.value if self.built else self.initial_scale)

    def finalize_variable_values(self, var_list: Sequence[Variable]) -> None:
        """Give the weights their final values, as the inner optimizer has it."""
        self.inner_optimizer.finalize_variable_values(var_list)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments, with the inner optimizer's config."""
        return {
            "name": self.name,
            "inner_optimizer": serialize_object(self.inner_optimizer),
            "initial_scale": self.initial_scale,
            "dynamic_growth_steps": self.dynamic_growth_steps,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Mapping[str, Any] | None = None) -> Self:
        """Make an optimizer from what :meth:`get_config` returned.

        Args:
            config: The arguments.
            custom_objects: Names that the config may use, besides the registered ones.
        """
        config = dict(config)
        inner = config.pop("inner_optimizer")
        inner = deserialize_object(inner, custom_objects=custom_objects, kind="optimizers")
        return cls(inner, **config)
