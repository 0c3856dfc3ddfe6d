"""The side of a layer that owns variables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from corne import dtypes, initializers, regularizers
from corne._state import state
from corne.backend import Array, Shape
from corne.errors import ArgumentError, ShapeError, StateError
from corne.layer import tracking
from corne.random.seed_generator import SeedGenerator
from corne.variable import StatelessScope, Variable, trainability

if TYPE_CHECKING:
    from corne.layer.base import Layer


class WeightOwner:
    """Making, listing, copying and storing weights; mixed into Layer."""

    name: str
    built: bool
    _corne_trainable: bool
    _corne_weights: list[Variable]

    if TYPE_CHECKING:  # what Layer adds

        @property
        def variable_dtype(self) -> str: ...
        @property
        def losses(self) -> list[Array]: ...
        def __call__(self, *args: Any, **kwargs: Any) -> Any: ...
        def _corne_check_constructed(self) -> None: ...

    def add_weight(
        self,
        shape: Shape | int | None = None,
        initializer: Any = None,
        dtype: Any = None,
        trainable: bool = True,
        autocast: bool = True,
        regularizer: Any = None,
        constraint: Any = None,
        aggregation: str = "none",
        name: str | None = None,
    ) -> Variable:
        """Make a variable that belongs to this layer.

        Args:
            shape: Sizes of its axes. Default ``()``, a scalar.
            initializer: Name, config or callable. Default: "glorot_uniform" for floats, else "zeros".
            dtype: Default: the policy's variable dtype.
            trainable: Whether optimizers change it. Default True.
            autocast: Whether it is read in the compute dtype inside this layer. Default True.
            regularizer: Its penalty is added to the loss. Default None.
            constraint: Applied to it after each update. Default None.
            aggregation: As for :class:`corne.Variable`. Default "none".
            name: Last part of its path. Default "variable".
        """
        from corne import constraints  # a face: resolving names there may load plugins

        self._corne_check_constructed()
        shape = () if shape is None else (shape,) if isinstance(shape, int) else tuple(shape)
        if None in shape:
            raise ShapeError(
                f"{self.name}.add_weight(name={name!r})", "a shape with every size known", f"{shape}",
                "Give the model's Input a full shape, or call the layer on data first.",
            )  # fmt: skip
        dtype = dtypes.standardize_dtype(dtype) if dtype is not None else self.variable_dtype
        if initializer is None:
            initializer = "glorot_uniform" if dtypes.is_float(dtype) else "zeros"
        variable = Variable(
            initializers.get(initializer), shape=shape, dtype=dtype, trainable=trainable, autocast=autocast,
            aggregation=aggregation, name=name,
        )  # fmt: skip
        context = state.call
        variable.path = (
            context.variable_path(variable.name) if context is not None else f"{self.name}/{variable.name}"
        )
        if not self._corne_trainable:
            variable._follow(False)
        variable.regularizer = regularizers.get(regularizer)
        variable.constraint = constraints.get(constraint)
        self._corne_weights.append(variable)
        return variable

    @property
    def trainable(self) -> bool:
        """Whether the weights take part in training; setting it sets all sublayers' too."""
        return self._corne_trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        self._corne_trainable = bool(value)
        trainability.changes += 1
        for variable in tracking.own_variables(self):
            variable._follow(self._corne_trainable and variable.trainable)
        for layer in self._corne_sublayers():
            layer.trainable = value

    def _corne_sublayers(self) -> list[Layer]:
        return tracking.own_objects(self, WeightOwner)

    def _flatten_layers(self, include_self: bool = True, recursive: bool = True) -> list[Layer]:
        """Return the layer and the layers inside it, each once, parents first."""
        found: dict[int, Any] = {id(self): self} if include_self else {}
        stack: list[Any] = list(reversed(self._corne_sublayers()))
        while stack:
            layer = stack.pop()
            if id(layer) not in found and layer is not self:
                found[id(layer)] = layer
                if recursive:
                    stack.extend(reversed(layer._corne_sublayers()))
        return list(found.values())

    def _corne_collect(self, pick: Callable[[Layer], list[Any]]) -> list[Any]:
        return tracking.unique(item for layer in self._flatten_layers() for item in pick(layer))

    @property
    def weights(self) -> list[Variable]:
        """The variables that files keep, without metrics' and random state."""
        return self._corne_collect(tracking.own_variables)

    @property
    def variables(self) -> list[Variable]:
        """All variables, random state and metrics included."""
        return tracking.unique(
            iter(
                self._corne_collect(lambda layer: [*tracking.own_variables(layer), *_unsaved(layer)])
                + [v for metric in self._corne_layer_metrics() for v in metric.variables]
            )
        )

    @property
    def trainable_weights(self) -> list[Variable]:
        """The weights that training changes; none if the layer isn't trainable."""
        frozen = self._corne_frozen_ids()
        return [v for v in self.weights if v.trainable and id(v) not in frozen]

    @property
    def non_trainable_weights(self) -> list[Variable]:
        """The weights that training leaves alone or changes by other means than gradients."""
        trainable = {id(v) for v in self.trainable_weights}
        return [v for v in self.weights if id(v) not in trainable]

    @property
    def trainable_variables(self) -> list[Variable]:
        """The variables that training changes."""
        return self.trainable_weights

    @property
    def non_trainable_variables(self) -> list[Variable]:
        """The other variables, random state included."""
        trainable = {id(v) for v in self.trainable_weights}
        return [v for v in self.variables if id(v) not in trainable]

    def _corne_frozen_ids(self) -> set[int]:
        """Identities of the variables below a layer whose ``trainable`` is off."""
        if not self.trainable:
            return {id(v) for v in self.weights}
        return (
            {i for layer in self._corne_sublayers() for i in layer._corne_frozen_ids()}
            if self._corne_sublayers()
            else set()
        )

    def _corne_layer_metrics(self) -> list[Any]:
        from corne.metric import Metric

        return self._corne_collect(lambda layer: tracking.own_objects(layer, Metric))

    @property
    def metrics(self) -> list[Any]:
        """Metrics held by this layer and the layers inside it."""
        return self._corne_layer_metrics()

    def count_params(self) -> int:
        """Return the number of scalars in all weights.

        Raises:
            StateError: The layer has no weights yet.
        """
        if not self.built:
            raise StateError(
                f"{self.name}.count_params()", "a built layer", "one whose input shape isn't known yet",
                "Call it on data, or build(input_shape) it.",
            )  # fmt: skip
        return sum(int(np.prod(v.shape)) for v in self.weights)

    def get_weights(self) -> list[np.ndarray[Any, Any]]:
        """Return copies of the weights as NumPy arrays, in the order of :attr:`weights`."""
        return [v.numpy() for v in self.weights]

    def set_weights(self, weights: list[Any]) -> None:
        """Set all weights, in the order of :attr:`weights`.

        Raises:
            ArgumentError: Their number differs.
            ShapeError: A shape differs.
        """
        variables = self.weights
        if len(variables) != len(weights):
            raise ArgumentError(
                f"{self.name}.set_weights(…)", f"{len(variables)} arrays", f"{len(weights)}",
                "Pass one for each of layer.weights, in their order.",
            )  # fmt: skip
        for variable, value in zip(variables, weights, strict=True):
            if tuple(np.shape(value)) != variable.shape:
                raise ShapeError(
                    f"{self.name}.set_weights(…)", f"shape {variable.shape} for {variable.path}",
                    f"{tuple(np.shape(value))}", "Were the weights taken from a layer with other sizes?",
                )  # fmt: skip
        for variable, value in zip(variables, weights, strict=True):
            variable.assign(value)

    def save_own_variables(self, store: Any) -> None:
        """Put the layer's own variables (not its sublayers') into ``store``, under "0", "1", ..."""
        for index, variable in enumerate(tracking.own_variables(self)):
            store[str(index)] = variable.numpy()

    def load_own_variables(self, store: Mapping[str, Any]) -> None:
        """Take the layer's own variables from ``store``; the inverse of :meth:`save_own_variables`."""
        variables = tracking.own_variables(self)
        if len(store) != len(variables):
            raise ShapeError(
                self.name, f"{len(variables)} stored variables", f"{len(store)}",
                "The file was written by a layer with another configuration."
                if self.built else "Build the layer before loading its weights.",
            )  # fmt: skip
        for index, variable in enumerate(variables):
            variable.assign(np.asarray(store[str(index)]))

    def stateless_call(
        self,
        trainable_variables: list[Array],
        non_trainable_variables: list[Array],
        *args: Any,
        return_losses: bool = False,
        **kwargs: Any,
    ) -> tuple[Any, ...]:
        """Call with given values of the variables and return the outputs and the variables' new values.

        Args:
            trainable_variables: Values for :attr:`trainable_variables`, in their order.
            non_trainable_variables: Values for :attr:`non_trainable_variables`, in their order.
            *args: Arguments of the call.
            return_losses: Whether to return :attr:`losses` as a third item. Default False.
            **kwargs: Keyword arguments of the call.

        Returns:
            ``(outputs, non_trainable_values)`` or ``(outputs, non_trainable_values, losses)``.
        """
        if not self.built:
            raise StateError(
                f"{self.name}.stateless_call(…)", "a built layer", "one without weights yet",
                "Call it on data, or build(input_shape) it, before.",
            )  # fmt: skip
        trainable, others = self.trainable_variables, self.non_trainable_variables
        for what, own, given in (
            ("trainable_variables", trainable, trainable_variables),
            ("non_trainable_variables", others, non_trainable_variables),
        ):
            if len(own) != len(given):
                raise ArgumentError(
                    f"{self.name}.stateless_call({what}=…)", f"{len(own)} values", f"{len(given)}",
                    f"Pass [v.value for v in layer.{what}] or what an earlier call returned.",
                )  # fmt: skip
        pairs = [
            *zip(trainable, trainable_variables, strict=True),
            *zip(others, non_trainable_variables, strict=True),
        ]
        with StatelessScope(pairs) as scope:
            outputs = self(*args, **kwargs)
            losses = self.losses if return_losses else None
        new_values = [scope.get(v) for v in others]
        return (outputs, new_values, losses) if return_losses else (outputs, new_values)


def _unsaved(layer: Layer) -> list[Variable]:
    """Return the layer's random state, and what else it changes without being a weight."""
    seeds = [generator.state for generator in tracking.own_objects(layer, SeedGenerator)]
    memory = tracking.own_objects(layer, tracking.Transient)
    return [*seeds, *(v for transient in memory for v in transient.variables)]
