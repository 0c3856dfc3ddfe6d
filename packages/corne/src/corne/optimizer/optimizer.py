"""Optimizer: the rule by which gradients change weights.

One call of :meth:`Optimizer.apply` handles the whole list of weights. Everything in it (clipping,
accumulation, averages, decay, schedules, constraints) is arithmetic on arrays without a branch on their
values, so that a step can be traced once and replayed, and the device never has to be waited for.

**Kernels.** The default is one :meth:`Optimizer.update_step` per weight. An optimizer that names a
kernel in ``_fused`` is carried out by the backend's ``kernels[name]`` instead, in one call for all
weights. Kernels change the arrays they are given in place, without recording gradients, and return
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
    clip_by_norm(gradients, norm), clip_by_global_norm(gradients, norm)
        These return new gradients.
"""

from __future__ import annotations

import numbers
import re
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar, Self

from corne import backend as backends
from corne import config as settings
from corne import initializers, ops, serialization
from corne._state import state
from corne.backend import Array, Shape
from corne.errors import ArgumentError, ShapeError, StateError, UnknownArgumentError, nearest
from corne.naming import to_snake_case, unique_name
from corne.optimizer import clipping
from corne.optimizer.learning_rate_schedule import LearningRateSchedule
from corne.variable import StatelessScope, Variable

_KEYWORDS = (
    "learning_rate", "weight_decay", "clipnorm", "clipvalue", "global_clipnorm", "use_ema", "ema_momentum",
    "ema_overwrite_frequency", "loss_scale_factor", "gradient_accumulation_steps", "name",
)  # fmt: skip


class Optimizer:
    """Base of all optimizers.

    A subclass makes its state in ``build`` with :meth:`add_optimizer_variables` and changes one weight
    in ``update_step``, through :meth:`assign`, :meth:`assign_add` and :meth:`assign_sub`.

    Args:
        learning_rate: A number, a schedule, or a function without arguments that returns a number.
            Default 0.001.
        weight_decay: Fraction of each weight, times the learning rate, taken off it at each step.
            Default None: nothing.
        clipnorm: Longest that the gradient of one weight may be. Default None: no limit.
        clipvalue: Largest absolute value an element of a gradient may have. Default None.
        global_clipnorm: Longest that all gradients together may be. Default None.
        use_ema: Whether to keep an exponential moving average of the weights. Default False.
        ema_momentum: Weight of the old average in the new one, 0 to 1. Default 0.99.
        ema_overwrite_frequency: Steps after which the weights become their average; None: only when
            training ends. Default None.
        loss_scale_factor: The loss is multiplied and the gradients are divided by it, which keeps small
            gradients from vanishing in float16. Default None: 1.
        gradient_accumulation_steps: Steps whose mean gradient makes one update, at least 2. Default
            None: each step makes one.
        name: Default: the class name in snake case, numbered.

    Raises:
        ArgumentError: A value out of its range, or more than one kind of clipping.
        UnknownArgumentError: A keyword that is not an argument.
    """

    #: Name of the backend kernel that updates all weights at once (see the module), or None.
    _fused: ClassVar[str | None] = None

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
            known = sorted({*_KEYWORDS, *_arguments(type(self))})
            raise UnknownArgumentError(
                f"{own}(…)", f"arguments among {known}", repr(word),
                f"Correct or remove it.{nearest(word, known)}",
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
    def check_number(
        self,
        argument: str,
        value: Any,
        minimum: float,
        maximum: float | None = None,
        *,
        below: float | None = None,
    ) -> None:
        """Raise unless ``value`` is a number within its limits.

        Args:
            argument: Its name, for the message.
            value: What the user passed.
            minimum: Smallest allowed value.
            maximum: Largest allowed value. Default None: no limit.
            below: A limit that itself is not allowed. Default None.

        Raises:
            ArgumentError: It is not a number or not within the limits.
        """
        is_number = isinstance(value, numbers.Real) and not isinstance(value, bool)
        limit = "" if maximum is None else f" and at most {maximum}"
        limit += "" if below is None else f" and below {below}"
        if (
            not is_number
            or not value >= minimum
            or (maximum is not None and value > maximum)
            or (below is not None and value >= below)
        ):
            raise ArgumentError(
                f"{type(self).__name__}({argument}=…)", f"a number, at least {minimum}{limit}", repr(value),
                f"Pass a number in that range as {argument}.",
            )  # fmt: skip

    def _check_count(self, argument: str, value: Any, minimum: int) -> None:
        if not isinstance(value, numbers.Integral) or isinstance(value, bool) or value < minimum:
            raise ArgumentError(
                f"{type(self).__name__}({argument}=…)", f"an integer >= {minimum}, or None", repr(value),
                "Pass a number of steps.",
            )  # fmt: skip

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
        """How many updates there have been: an integer scalar."""
        if self.gradient_accumulation_steps:
            return ops.floor_divide(self._iterations, self.gradient_accumulation_steps)
        return self._iterations

    @property
    def learning_rate(self) -> Any:
        """The present learning rate. Set it to a number, a schedule or a function."""
        if isinstance(self._learning_rate, LearningRateSchedule):
            return self._learning_rate(self._iterations)
        if isinstance(self._learning_rate, Variable):
            return self._learning_rate
        return self._learning_rate()

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        previous = self._learning_rate
        if callable(value):
            self._learning_rate = value
            self._variables = [v for v in self._variables if v is not previous]
        elif isinstance(previous, Variable):
            previous.assign(value)
        else:
            raise StateError(
                f"{self.name}.learning_rate = …", "an optimizer made with a number as learning_rate",
                f"one made with {previous!r}", "Set another schedule, or make the optimizer with a number.",
            )  # fmt: skip

    @property
    def calls_python(self) -> bool:
        """Whether the learning rate is a plain function, which a traced step would call only once."""
        return not isinstance(self._learning_rate, (Variable, LearningRateSchedule))

    @property
    def variables(self) -> list[Variable]:
        """The optimizer's own state, in the order files keep it."""
        known = {id(v) for v in [*self._variables, *self._trainable_variables]}
        found = [v for v in vars(self).values() if isinstance(v, Variable) and id(v) not in known]
        return self._variables + found

    def build(self, variables: Sequence[Variable]) -> None:
        """Make the state for these weights. Called by the first :meth:`apply`."""
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

    def add_variable(
        self,
        shape: Shape,
        initializer: Any = "zeros",
        dtype: Any = None,
        aggregation: str = "none",
        layout: None = None,
        name: str | None = None,
    ) -> Variable:
        """Make a variable that belongs to this optimizer.

        Args:
            shape: Sizes of its axes.
            initializer: Name, config or callable. Default "zeros".
            dtype: Default ``config.floatx()``.
            aggregation: As for :class:`corne.Variable`. Default "none".
            layout: Only None: Corne has no distributed layouts.
            name: Last part of its path. Default "variable".
        """
        if "_variables" not in vars(self):
            raise StateError(
                f"{type(self).__name__}.add_variable", "an optimizer whose __init__ has run",
                "a call before super().__init__()", "Call super().__init__(learning_rate=…) first.",
            )  # fmt: skip
        if layout is not None:
            raise ArgumentError(f"{self.name}.add_variable(layout=…)", "None", repr(layout), "Leave it out.")
        variable = Variable(
            initializers.get(initializer), shape=tuple(shape), dtype=dtype or settings.floatx(),
            trainable=False, aggregation=aggregation, name=name,
        )  # fmt: skip
        variable.path = f"{self.name}/{variable.name}"
        self._variables.append(variable)
        return variable

    def add_variable_from_reference(
        self, reference_variable: Variable, name: str | None = None, initializer: Any = "zeros"
    ) -> Variable:
        """Make a variable with the shape and dtype of a weight.

        Args:
            reference_variable: The weight.
            name: Its name follows the weight's path. Default "var".
            initializer: Name, config or callable. Default "zeros".
        """
        path = reference_variable.path.replace("/", "_")
        return self.add_variable(
            reference_variable.shape,
            initializer,
            dtype=reference_variable.dtype,
            name=f"{path}_{name or 'var'}",
        )

    def add_optimizer_variables(
        self, trainable_variables: Iterable[Variable], name: str | Sequence[str], initializer: Any = "zeros"
    ) -> Any:
        """Make one variable like each weight, or several.

        Args:
            trainable_variables: The weights.
            name: A name; or several, for as many variables per weight.
            initializer: One for all, or as many as names. Default "zeros".

        Returns:
            A list in the weights' order, None for a weight that its gradient overwrites; for several
            names a tuple of such lists.
        """
        names = [name] if isinstance(name, str) else list(name)
        per_name = list(initializer) if isinstance(initializer, (list, tuple)) else [initializer] * len(names)
        if len(per_name) != len(names):
            raise ArgumentError(
                f"{self.name}.add_optimizer_variables(initializer=…)",
                f"{len(names)} initializers, one per name", f"{len(per_name)}", "Pass one for all, or one for each.",
            )  # fmt: skip
        slots: tuple[list[Variable | None], ...] = tuple([] for _ in names)
        for variable in trainable_variables:
            for slot, slot_name, slot_initializer in zip(slots, names, per_name, strict=True):
                slot.append(
                    None
                    if variable.overwrite_with_gradient
                    else self.add_variable_from_reference(variable, slot_name, slot_initializer)
                )
        return slots[0] if isinstance(name, str) else slots

    def _get_variable_index(self, variable: Variable) -> int:
        return self._index[id(variable)]

    # -- what subclasses write ------------------------------------------------------------------------
    def update_step(self, gradient: Array, variable: Variable, learning_rate: Any) -> None:
        """Change one weight and its state."""
        raise NotImplementedError(f"{type(self).__name__} has no update_step(); write one.")

    def fused_arguments(self, variables: Sequence[Variable]) -> dict[str, Any]:
        """Return the keyword arguments of the kernel named in ``_fused``, for these weights.

        Lists of Variables reach the kernel as lists of arrays, a Variable as its array.
        """
        raise NotImplementedError(f"{type(self).__name__} names a kernel; write fused_arguments().")

    def pick(self, slots: Sequence[Variable | None], variables: Sequence[Variable]) -> list[Any]:
        """Return those of ``slots``, a list made for all weights, that belong to ``variables``."""
        return [slots[self._index[id(variable)]] for variable in variables]

    def assign(self, variable: Variable, value: Any) -> None:
        """Set a weight or a state variable."""
        variable.assign(value)

    def assign_add(self, variable: Variable, value: Any) -> None:
        """Add to a weight or a state variable."""
        variable.assign_add(value)

    def assign_sub(self, variable: Variable, value: Any) -> None:
        """Subtract from a weight or a state variable."""
        variable.assign_sub(value)

    # -- the update -----------------------------------------------------------------------------------
    def apply_gradients(self, grads_and_vars: Iterable[tuple[Array | None, Variable]]) -> Variable:
        """Update weights by pairs ``(gradient, weight)``; return the count of steps."""
        pairs = list(grads_and_vars)
        self.apply([gradient for gradient, _ in pairs], [variable for _, variable in pairs])
        return self._iterations

    def apply(
        self, grads: Sequence[Array | None], trainable_variables: Iterable[Variable] | None = None
    ) -> None:
        """Update all weights by their gradients.

        Args:
            grads: One gradient per weight. A weight whose gradient is None is left alone, with a warning.
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
        self._iterations.assign(ops.add(self._iterations, 1))

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
                        "Make a new optimizer for a new set of weights (compile the model again).",
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
                f"{self.name}: no gradients for {missing}, which are left alone: the loss ignores them.",
                stacklevel=4,
            )
        pairs = [(g, v) for g, v in zip(grads, variables, strict=True) if g is not None]
        for gradient, variable in pairs:
            if tuple(gradient.shape) != variable.shape:
                raise ShapeError(
                    f"{self.name}.apply(grads)",
                    f"a gradient of shape {variable.shape} for {variable.path!r}", str(tuple(gradient.shape)), "Pass the gradients in the weights' order.",
                )  # fmt: skip
        gradients = [g if backend.is_array(g) else backend.asarray(g, v.dtype) for g, v in pairs]
        return gradients, [v for _, v in pairs]

    def _overwrite(self, grads: list[Array], variables: list[Variable]) -> tuple[list[Array], list[Variable]]:
        """Give the variables that are marked so the gradient as their value; return the others."""
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

    def _is_update_step(self) -> Array:
        steps = self.gradient_accumulation_steps
        return ops.equal(ops.mod(ops.add(self._iterations, 1), steps), 0)

    def _accumulate(self, gradients: list[Array], variables: list[Variable]) -> None:
        """Add up gradients; update by their mean in the steps when it is due."""
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
        """Run ``update`` and keep what it does to weights and state only where ``condition`` is true.

        Both outcomes are computed and one is chosen on the device.

        Args:
            condition: A boolean scalar.
            variables: The weights that ``update`` may change, besides the optimizer's own state.
            update: What to do.
        """
        stop_gradient = backends.active().stop_gradient
        before = [(v, stop_gradient(v.value)) for v in (*variables, *self.variables)]
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
        kernel = self._kernel(self._fused, variables)
        if kernel is None:
            for gradient, variable in zip(gradients, variables, strict=True):
                self.update_step(gradient, variable, learning_rate)
            return
        backend, dtype = backends.active(), variables[0].dtype
        kernel(
            [v._storage for v in variables],
            [backend.cast(g, dtype) for g in gradients],
            ops.cast(learning_rate, dtype),
            **{key: _arrays(value) for key, value in self.fused_arguments(variables).items()},
        )

    def _kernel(self, name: str | None, variables: Sequence[Variable]) -> Callable[..., None] | None:
        """Return the backend's kernel if it can be used: it writes to storage, of one dtype."""
        if name is None or state.scope is not None or len({v.dtype for v in variables}) != 1:
            return None
        backend = backends.active()
        return backend.kernels.get(name) if all(v.backend is backend for v in variables) else None

    def _apply_weight_decay(self, variables: Sequence[Variable], learning_rate: Any) -> None:
        if self.weight_decay is None:
            return
        decayed = [v for v in variables if self._use_weight_decay(v)]
        kernel = self._kernel("weight_decay_update", decayed)
        if kernel is not None:
            rate = ops.multiply(ops.cast(learning_rate, decayed[0].dtype), self.weight_decay)
            kernel([v._storage for v in decayed], rate)
            return
        for variable in decayed:
            rate = ops.multiply(ops.cast(learning_rate, variable.dtype), self.weight_decay)
            variable.assign_sub(ops.multiply(variable, rate))

    def exclude_from_weight_decay(
        self, var_list: Iterable[Variable] | None = None, var_names: Iterable[str] | None = None
    ) -> None:
        """Spare some weights from weight decay. Call it before the optimizer is built.

        Args:
            var_list: The weights.
            var_names: Regular expressions; a weight is spared if one is found in its name.

        Raises:
            StateError: The optimizer is built already.
        """
        if self.built:
            raise StateError(
                f"{self.name}.exclude_from_weight_decay(…)", "an optimizer not built yet", "a built one",
                "Call it before the first step.",
            )  # fmt: skip
        self._undecayed = {id(v) for v in var_list or ()}
        names = list(var_names or ())
        self._undecayed_names = re.compile("|".join(names)) if names else None

    def _use_weight_decay(self, variable: Variable) -> bool:
        if id(variable) in self._undecayed:
            return False
        return self._undecayed_names is None or self._undecayed_names.search(variable.name) is None

    # -- the moving average ---------------------------------------------------------------------------
    def _update_averages(self) -> None:
        pairs = [
            (average, v)
            for average, v in zip(self._averages, self._trainable_variables, strict=True)
            if average is not None
        ]
        iterations = self.iterations
        variables = [v for _, v in pairs]
        started = ops.not_equal(iterations, 0)  # the first average is the weight itself
        kernel = self._kernel("ema_update", variables)
        if kernel is not None:
            momentum = ops.multiply(ops.cast(started, variables[0].dtype), self.ema_momentum)
            kernel([a._storage for a, _ in pairs], [v._storage for v in variables], momentum)
        else:
            for average, variable in pairs:
                momentum = ops.multiply(ops.cast(started, variable.dtype), self.ema_momentum)
                rest = ops.multiply(ops.subtract(1, momentum), variable)
                average.assign(ops.add(ops.multiply(momentum, average), rest))
        if self.ema_overwrite_frequency:
            due = ops.equal(ops.mod(ops.add(iterations, 1), self.ema_overwrite_frequency), 0)
            for average, variable in pairs:
                variable.assign(ops.where(due, average, variable))

    def finalize_variable_values(self, var_list: Sequence[Variable]) -> None:
        """Give the weights their final values, which are the averages with ``use_ema``.

        Args:
            var_list: The weights the optimizer was built for.

        Raises:
            ArgumentError: There are more or fewer of them.
        """
        if not self.use_ema:
            return
        if len(var_list) != len(self._averages):
            raise ArgumentError(
                f"{self.name}.finalize_variable_values(…)",
                f"the {len(self._averages)} weights it was built for", f"{len(var_list)}", "Pass model.trainable_variables.",
            )  # fmt: skip
        for variable, average in zip(var_list, self._averages, strict=True):
            if average is not None:
                variable.assign(average)

    # -- losses and stateless use ---------------------------------------------------------------------
    def scale_loss(self, loss: Array) -> Array:
        """Return the loss as it should be before its gradients are taken."""
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
                    str(len(values)), "Pass one array for each variable, in order.",
                )  # fmt: skip
        stop_gradient = backends.active().stop_gradient
        weights = zip(self._trainable_variables, map(stop_gradient, trainable_variables), strict=True)
        with StatelessScope([*weights, *zip(own, optimizer_variables, strict=True)]):
            self.apply(grads)
            return [v.value for v in self._trainable_variables], [v.value for v in own]

    # -- saving ---------------------------------------------------------------------------------------
    def set_weights(self, weights: Sequence[Any]) -> None:
        """Set the values of :attr:`variables`.

        Raises:
            StateError: Not built.
            ArgumentError: The number of values is not the number of variables.
        """
        if not self.built:
            raise StateError(
                f"{self.name}.set_weights(…)", "a built optimizer", "one without state",
                "Call optimizer.build(trainable_variables) first.",
            )  # fmt: skip
        if len(weights) != len(self.variables):
            raise ArgumentError(
                f"{self.name}.set_weights(…)", f"{len(self.variables)} arrays", str(len(weights)),
                "Pass one for each of optimizer.variables.",
            )  # fmt: skip
        for variable, value in zip(self.variables, weights, strict=True):
            variable.assign(value)

    def save_own_variables(self, store: Any) -> None:
        """Write the state into a mapping from "0", "1", ... to arrays."""
        for i, variable in enumerate(self.variables):
            store[str(i)] = variable.numpy()

    def load_own_variables(self, store: Mapping[str, Any]) -> None:
        """Read the state from such a mapping; with a warning leave it as it is if the number differs."""
        variables = self.variables
        if len(store.keys()) != len(variables):
            hint = "" if self.built else " It is not built: call optimizer.build(trainable_variables) first."
            warnings.warn(
                f"{self.name}: the state was not loaded: the file has {len(store.keys())} variables, "
                f"the optimizer {len(variables)}.{hint}",
                stacklevel=2,
            )
            return
        for i, variable in enumerate(variables):
            variable.assign(store[str(i)])

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this optimizer anew, without its state."""
        if isinstance(self._learning_rate, Variable):
            learning_rate: Any = float(self._learning_rate)
        else:
            learning_rate = serialization.serialize_object(self._learning_rate)
        return {
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

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Mapping[str, Any] | None = None) -> Self:
        """Make an optimizer from what :meth:`get_config` returned.

        Args:
            config: The arguments.
            custom_objects: Names that the config may use, besides the registered ones.
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


def _arguments(cls: type) -> set[str]:
    code = getattr(cls.__init__, "__code__", None)
    return set() if code is None else set(code.co_varnames[1 : code.co_argcount])


def _arrays(value: Any) -> Any:
    if isinstance(value, Variable):
        return value.value
    if isinstance(value, list):
        return [item._storage for item in value]
    return value
