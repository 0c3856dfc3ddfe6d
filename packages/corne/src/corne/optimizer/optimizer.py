"""Optimizer: the rule by which gradients change weights.

One call of :meth:`Optimizer.apply` handles the whole list of weights. Everything in it (clipping,
accumulation, averages, decay, schedules, constraints) is arithmetic on arrays without a branch on their
values, so that a step can be traced once and replayed without waiting for the device.

**Kernels.** The default is one :meth:`Optimizer.update_step` per weight. An optimizer that names a
kernel in ``_fused`` runs the backend's ``kernels[name]`` instead, in one call for all
weights. Kernels change their array arguments in place, without recording gradients, and return
None. All arrays of a call have one floating dtype; ``learning_rate`` is a scalar array, ``step`` an
integer scalar array that counts from 1; the rest are Python numbers:

    sgd_update(variables, gradients, learning_rate, *, momentums, momentum, nesterov)
        ``momentums`` is None if ``momentum`` is 0.
    adam_update(variables, gradients, learning_rate, *, step, momentums, velocities, velocity_hats,
                beta_1, beta_2, epsilon)
        ``velocity_hats`` is None without AMSGrad. ``epsilon`` is added to ``sqrt(velocity)`` before the
        bias correction: ``w -= alpha * m / (sqrt(v) + epsilon)`` with
        ``alpha = learning_rate * sqrt(1 - beta_2**step) / (1 - beta_1**step)``.
    rmsprop_update(variables, gradients, learning_rate, *, velocities, momentums, average_gradients, rho,
                   momentum, epsilon)
        ``momentums`` is None if ``momentum`` is 0, ``average_gradients`` unless centered. ``epsilon`` is
        added under the root.
    weight_decay_update(variables, rate)
        ``w -= w * rate``; ``rate`` is a scalar array.
    ema_update(averages, variables, momentum)
        ``average = momentum * average + (1 - momentum) * w``; ``momentum`` is a scalar array.
    update_where(arrays, condition, update)
        Call ``update()``, which changes ``arrays`` in place; if the boolean scalar ``condition`` is false,
        restore them. ``update`` need not be called then if ``condition`` is known without waiting.
    clip_by_norm(gradients, norm), clip_by_global_norm(gradients, norm)
        These return new gradients.
"""

from __future__ import annotations

import inspect
import re
import warnings
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self

from corne import backend as backends
from corne import ops, serialization
from corne._changes import attribute_changes
from corne.backend import Array
from corne.declared_config import declared_config
from corne.errors import ArgumentError, ShapeError, StateError, UnknownArgumentError, nearest
from corne.naming import to_snake_case, unique_name
from corne.optimizer.learning_rate_schedule import LearningRateSchedule
from corne.optimizer.update import OptimizerUpdate
from corne.variable import StatelessScope, Variable

_KEYWORDS = (
    "learning_rate", "weight_decay", "clipnorm", "clipvalue", "global_clipnorm", "use_ema", "ema_momentum",
    "ema_overwrite_frequency", "loss_scale_factor", "gradient_accumulation_steps", "name",
)  # fmt: skip


class Optimizer(OptimizerUpdate):
    """Base of all optimizers.

    A subclass creates its state in ``build`` with :meth:`add_optimizer_variables` and changes one weight
    in ``update_step``, through :meth:`assign`, :meth:`assign_add` and :meth:`assign_sub`.

    Args:
        learning_rate: A number, a schedule, or a function without arguments that returns a number.
            Default 0.001.
        weight_decay: Fraction of each weight, times the learning rate, subtracted at each step.
            Default None: no decay.
        clipnorm: Limit on the norm of each weight's gradient. Default None: no limit.
        clipvalue: Limit on the absolute value of a gradient's elements. Default None: no limit.
        global_clipnorm: Limit on the norm of all gradients together. Default None: no limit.
        use_ema: Whether to keep an exponential moving average of the weights. Default False.
        ema_momentum: Weight of the old average in the new one, 0 to 1. Default 0.99.
        ema_overwrite_frequency: Updates after which the weights become their average; None: only when
            training ends. Default None.
        loss_scale_factor: The loss is multiplied and the gradients are divided by it, which keeps small
            gradients from vanishing in float16. Default None: 1.
        gradient_accumulation_steps: Steps whose mean gradient makes one update, at least 2. Schedules and averages
            count updates then. Default None: each step makes one.
        name: Default: the class name in snake case, numbered.

    Raises:
        ArgumentError: A value out of its range, or more than one kind of clipping.
        UnknownArgumentError: A keyword that is not an argument.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
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
        own = type(self).__name__
        if kwargs:
            word = next(iter(kwargs))
            known = sorted({*_KEYWORDS, *inspect.signature(type(self)).parameters} - {"kwargs"})
            raise UnknownArgumentError(
                f"{own}(…)", f"arguments among {known}", repr(word),
                f"Remove it.{nearest(word, known)}",
            )  # fmt: skip
        clips = {"clipnorm": clipnorm, "clipvalue": clipvalue, "global_clipnorm": global_clipnorm}
        if sum(value is not None for value in clips.values()) > 1:
            raise ArgumentError(
                f"{own}(…)", "at most one of clipnorm, clipvalue and global_clipnorm",
                str({key: value for key, value in clips.items() if value is not None}), "Keep one of them.",
            )  # fmt: skip
        for argument, value in {
            "weight_decay": weight_decay,
            "loss_scale_factor": loss_scale_factor,
            **clips,
        }.items():
            if value is not None:
                self.check_number(argument, value, minimum=0)
        if use_ema:
            self.check_number("ema_momentum", ema_momentum, minimum=0, maximum=1)
            if ema_overwrite_frequency:
                self._check_count("ema_overwrite_frequency", ema_overwrite_frequency, 1)
        if gradient_accumulation_steps:
            self._check_count("gradient_accumulation_steps", gradient_accumulation_steps, 2)

        self.name = name or unique_name(to_snake_case(own))
        self.weight_decay = weight_decay
        self.clipnorm = clipnorm
        self.clipvalue = clipvalue
        self.global_clipnorm = global_clipnorm
        self.use_ema = use_ema
        self.ema_momentum = ema_momentum
        self.ema_overwrite_frequency = ema_overwrite_frequency
        self.loss_scale_factor = loss_scale_factor
        self.gradient_accumulation_steps = gradient_accumulation_steps
        self.built = False
        self._variables: list[Variable] = []
        self._trainable_variables: list[Variable] = []
        self._index: dict[int, int] = {}  # id of a weight -> its place
        self._averages: list[Variable | None] = []
        self._accumulated_gradients: list[Variable] = []
        self._undecayed: set[int] = set()
        self._undecayed_names: re.Pattern[str] | None = None
        self._iterations = self.add_variable(
            (), dtype="int32", aggregation="only_first_replica", name="iteration"
        )
        self._learning_rate: Any = self._as_learning_rate(learning_rate)

    # -- arguments ------------------------------------------------------------------------------------

    def _as_learning_rate(self, value: Any) -> Any:
        if isinstance(value, LearningRateSchedule) or callable(value):
            return value
        self.check_number("learning_rate", value, minimum=0)
        return self.add_variable(
            (), _Filled(float(value)), aggregation="only_first_replica", name="learning_rate"
        )  # fmt: skip

    # -- state ----------------------------------------------------------------------------------------
    @property
    def iterations(self) -> Any:
        """The number of updates so far, an integer scalar."""
        if self.gradient_accumulation_steps:
            return self._iterations.value // self.gradient_accumulation_steps
        return self._iterations

    @property
    def learning_rate(self) -> Any:
        """The current learning rate. Set it to a number, a schedule or a function."""
        if isinstance(self._learning_rate, LearningRateSchedule):
            return self._learning_rate(self.iterations)
        if isinstance(self._learning_rate, Variable):
            return self._learning_rate
        return self._learning_rate()

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        previous = self._learning_rate
        if callable(value):
            self._learning_rate = value
            attribute_changes.note(self)
            self._variables = [v for v in self._variables if v is not previous]
        elif isinstance(previous, Variable):
            previous.assign(value)
        else:
            raise StateError(
                f"{self.name}.learning_rate = …", "an optimizer created with a number as learning_rate",
                f"one created with {previous!r}", "Set a schedule, or create the optimizer with a number.",
            )  # fmt: skip

    @property
    def calls_python(self) -> bool:
        """Whether the learning rate is a plain function, which a traced step would call only once."""
        return not isinstance(self._learning_rate, (Variable, LearningRateSchedule))

    def build(self, variables: Sequence[Variable]) -> None:
        """Create the state for these weights. Called by the first :meth:`apply`."""
        variables = list(variables)
        if self.use_ema:
            self._averages = self.add_optimizer_variables(variables, "average")
        for i, variable in enumerate(variables):
            self._index[id(variable)] = i
            if self.gradient_accumulation_steps:
                self._accumulated_gradients.append(
                    self.add_variable_from_reference(variable, name="gradient_accumulator")
                )
        self._trainable_variables = variables
        self.built = True

    # -- the update -----------------------------------------------------------------------------------
    def apply_gradients(self, grads_and_vars: Iterable[tuple[Array | None, Variable]]) -> Variable:
        """Update weights from pairs ``(gradient, weight)``; return the number of steps."""
        pairs = list(grads_and_vars)
        self.apply([gradient for gradient, _ in pairs], [variable for _, variable in pairs])
        return self._iterations

    def apply(
        self, grads: Sequence[Array | None], trainable_variables: Iterable[Variable] | None = None
    ) -> None:
        """Update all weights with their gradients.

        Args:
            grads: One gradient per weight. A weight whose gradient is None is skipped with a warning.
            trainable_variables: The weights. Default: those the optimizer was built for.

        Raises:
            StateError: Not built, and no weights given; or weights it was not built for.
            ArgumentError: The numbers of gradients and weights differ, or all gradients are None.
            ShapeError: A gradient's shape is not its weight's.
        """
        grads = list(grads)
        if not grads:
            return
        gradients, variables = self._known(grads, trainable_variables)
        gradients, variables = self._with_gradients(gradients, variables)
        gradients, variables = self._overwrite(gradients, variables)
        if gradients:
            if self.loss_scale_factor is not None:
                gradients = [ops.divide(g, self.loss_scale_factor) for g in gradients]
            if self.gradient_accumulation_steps:
                self._accumulate(gradients, variables)
            else:
                self._update(gradients, variables)
            if self.use_ema:
                self._update_averages()
            for variable in variables:
                if variable.constraint is not None:
                    variable.assign(variable.constraint(variable))
        self._iterations.assign(self._iterations.value + 1)

    def _known(self, grads: list[Any], given: Iterable[Variable] | None) -> tuple[list[Any], list[Variable]]:
        if given is None:
            if not self.built:
                raise StateError(
                    f"{self.name}.apply(grads)", "the weights to update",
                    "gradients alone, before the optimizer was built",
                    "Call optimizer.build(variables) first, or apply(grads, variables).",
                )  # fmt: skip
            variables = self._trainable_variables
        else:
            variables = list(given)
            if not self.built:
                self.build(variables)
            for variable in variables:
                if id(variable) not in self._index:
                    raise StateError(
                        f"{self.name}.apply(…)", "the weights the optimizer was built for", repr(variable),
                        "Use a new optimizer for other weights: compile the model again.",
                    )  # fmt: skip
        if len(grads) != len(variables):
            raise ArgumentError(
                f"{self.name}.apply(grads)", f"{len(variables)} gradients, one per weight", str(len(grads)),
                "Pass them in the weights' order, None for a weight without one.",
            )  # fmt: skip
        return grads, variables

    def _with_gradients(
        self, grads: list[Any], variables: list[Variable]
    ) -> tuple[list[Array], list[Variable]]:
        backend = backends.active()
        missing = [v.path for g, v in zip(grads, variables, strict=True) if g is None]
        if len(missing) == len(grads):
            raise ArgumentError(
                f"{self.name}.apply(grads)", "a gradient for at least one weight", "None for all of them",
                "Check that the loss depends on the weights.",
            )  # fmt: skip
        if missing:
            warnings.warn(
                f"{self.name}: no gradients for {missing}, which stay unchanged: the loss ignores them.",
                stacklevel=4,
            )
        pairs = [
            (g if backend.is_array(g) else backend.asarray(g, v.dtype), v)
            for g, v in zip(grads, variables, strict=True)
            if g is not None
        ]
        for gradient, variable in pairs:
            if tuple(gradient.shape) != variable.shape:
                raise ShapeError(
                    f"{self.name}.apply(grads)",
                    f"a gradient of shape {variable.shape} for {variable.path!r}",
                    str(tuple(gradient.shape)), "Pass the gradients in the weights' order.",
                )  # fmt: skip
        return [g for g, _ in pairs], [v for _, v in pairs]

    def exclude_from_weight_decay(
        self, var_list: Iterable[Variable] | None = None, var_names: Iterable[str] | None = None
    ) -> None:
        """Exclude weights from weight decay. Call it before the optimizer is built.

        Args:
            var_list: The weights.
            var_names: Regular expressions; a weight is excluded if its name matches one anywhere.

        Raises:
            StateError: The optimizer is already built.
        """
        if self.built:
            raise StateError(
                f"{self.name}.exclude_from_weight_decay(…)", "an optimizer not built yet", "a built one",
                "Call it before the first step.",
            )  # fmt: skip
        self._undecayed = {id(v) for v in var_list or ()}
        names = list(var_names or ())
        self._undecayed_names = re.compile("|".join(names)) if names else None

    def averages(self) -> list[tuple[Variable, Variable]]:
        """Return each weight with the variable that holds its average, with ``use_ema``."""
        pairs = zip(self._trainable_variables, self._averages, strict=False)
        return [(variable, average) for variable, average in pairs if average is not None]

    def finalize_variable_values(self, var_list: Sequence[Variable]) -> None:
        """Set the weights to their final values: the averages with ``use_ema``.

        Args:
            var_list: The weights the optimizer was built for.

        Raises:
            ArgumentError: Their number differs.
        """
        if not self.use_ema:
            return
        if len(var_list) != len(self._averages):
            raise ArgumentError(
                f"{self.name}.finalize_variable_values(…)",
                f"the {len(self._averages)} weights it was built for", f"{len(var_list)}",
                "Pass model.trainable_variables.",
            )  # fmt: skip
        for variable, average in zip(var_list, self._averages, strict=True):
            if average is not None:
                variable.assign(average)

    # -- losses and stateless use ---------------------------------------------------------------------
    def scale_loss(self, loss: Array) -> Array:
        """Return the scaled loss, from which gradients are computed."""
        return loss if self.loss_scale_factor is None else ops.multiply(loss, self.loss_scale_factor)

    def stateless_apply(
        self,
        optimizer_variables: Sequence[Array],
        grads: Sequence[Array | None],
        trainable_variables: Sequence[Array],
    ) -> tuple[list[Array], list[Array]]:
        """Return the new values of weights and state; the variables keep theirs.

        Args:
            optimizer_variables: Values of :attr:`variables`.
            grads: One gradient per weight.
            trainable_variables: Values of the weights.

        Returns:
            ``(new values of the weights, new values of the state)``.

        Raises:
            StateError: Not built.
            ArgumentError: The number of values is not the number of variables.
        """
        if not self.built:
            raise StateError(
                f"{self.name}.stateless_apply(…)", "a built optimizer", "one without state",
                "Call optimizer.build(trainable_variables) first.",
            )  # fmt: skip
        own = self.variables
        given = {"optimizer_variables": (optimizer_variables, own)}
        given["trainable_variables"] = (trainable_variables, self._trainable_variables)
        for argument, (values, variables) in given.items():
            if len(values) != len(variables):
                raise ArgumentError(
                    f"{self.name}.stateless_apply({argument}=…)", f"{len(variables)} values",
                    str(len(values)), "Pass one array per variable, in order.",
                )  # fmt: skip
        stop_gradient = backends.active().stop_gradient
        weights = zip(self._trainable_variables, map(stop_gradient, trainable_variables), strict=True)
        with StatelessScope([*weights, *zip(own, optimizer_variables, strict=True)]):
            self.apply(grads)
            return [v.value for v in self._trainable_variables], [v.value for v in own]

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments, without the state."""
        if isinstance(self._learning_rate, Variable):
            learning_rate: Any = float(self._learning_rate)
        else:
            learning_rate = serialization.serialize_object(self._learning_rate)
        config = {
            "name": self.name,
            "learning_rate": learning_rate,
            "weight_decay": self.weight_decay,
            "clipnorm": self.clipnorm,
            "global_clipnorm": self.global_clipnorm,
            "clipvalue": self.clipvalue,
            "use_ema": self.use_ema,
            "ema_momentum": self.ema_momentum,
            "ema_overwrite_frequency": self.ema_overwrite_frequency,
            "loss_scale_factor": self.loss_scale_factor,
            "gradient_accumulation_steps": self.gradient_accumulation_steps,
        }
        undeclared = type(self).get_config is Optimizer.get_config
        return {**config, **declared_config(self, Optimizer, config, undeclared)}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Mapping[str, Any] | None = None) -> Self:
        """Return an optimizer with the configuration of :meth:`get_config`.

        Args:
            config: The arguments.
            custom_objects: Names that the config may use in addition to the registered ones.
        """
        config = dict(config)
        if isinstance(config.get("learning_rate"), dict):
            config["learning_rate"] = serialization.deserialize_object(
                config["learning_rate"], custom_objects=custom_objects, kind="optimizers"
            )
        return cls(**config)


class _Filled:
    """Initializer of a scalar with a number."""

    def __init__(self, value: float) -> None:
        self.value = value

    def __call__(self, shape: Sequence[int], dtype: str | None = None) -> Array:
        return ops.full(tuple(shape), self.value, dtype=dtype)
