"""The state of an optimizer: creating, changing and saving it."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from corne import checks, initializers
from corne import config as settings
from corne._changes import ChangeTracked
from corne._pickled import Pickled
from corne.backend import Shape
from corne.errors import ArgumentError, StateError
from corne.variable import Variable


class OptimizerState(Pickled, ChangeTracked):
    """The part of an optimizer that holds variables."""

    name: str
    built: bool
    _variables: list[Variable]
    _trainable_variables: list[Variable]
    _index: dict[int, int]  # id of a weight -> its place

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
            below: Exclusive upper limit. Default None.

        Raises:
            ArgumentError: It is not a number or not within the limits.
        """
        checks.number(f"{type(self).__name__}({argument}=…)", value, minimum, maximum, below=below)

    def _check_count(self, argument: str, value: Any, minimum: int) -> None:
        checks.integer(f"{type(self).__name__}({argument}=…)", value, minimum)

    @property
    def variables(self) -> list[Variable]:
        """The optimizer's own state, in the order of files."""
        known = {id(v) for v in [*self._variables, *self._trainable_variables]}
        found = [v for v in vars(self).values() if isinstance(v, Variable) and id(v) not in known]
        return self._variables + found

    def add_variable(
        self,
        shape: Shape,
        initializer: Any = "zeros",
        dtype: Any = None,
        aggregation: str = "none",
        layout: None = None,
        name: str | None = None,
    ) -> Variable:
        """Create a variable that belongs to this optimizer.

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
            raise ArgumentError(f"{self.name}.add_variable(layout=…)", "None", repr(layout), "Omit it.")
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
        """Create a variable with the shape and dtype of a weight.

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
        """Create one or several variables like each weight.

        Args:
            trainable_variables: The weights.
            name: A name, or several for several variables per weight.
            initializer: One for all, or one per name. Default "zeros".

        Returns:
            A list in the weights' order, None for a weight that its gradient overwrites; for several
            names a tuple of such lists.
        """
        names = [name] if isinstance(name, str) else list(name)
        per_name = list(initializer) if isinstance(initializer, (list, tuple)) else [initializer] * len(names)
        if len(per_name) != len(names):
            raise ArgumentError(
                f"{self.name}.add_optimizer_variables(initializer=…)",
                f"{len(names)} initializers, one per name", f"{len(per_name)}",
                "Pass one for all, or one per name.",
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
        """Write the state to a mapping from "0", "1", ... to arrays."""
        for i, variable in enumerate(self.variables):
            store[str(i)] = variable.numpy()

    def load_own_variables(self, store: Mapping[str, Any]) -> None:
        """Read the state from such a mapping; if the number differs, warn and keep the current state."""
        variables = self.variables
        if len(store.keys()) != len(variables):
            hint = "" if self.built else " Call optimizer.build(trainable_variables) first."
            warnings.warn(
                f"{self.name}: the state was not loaded: the file has {len(store.keys())} variables, "
                f"the optimizer {len(variables)}.{hint}",
                stacklevel=2,
            )
            return
        for i, variable in enumerate(variables):
            variable.assign(store[str(i)])
