"""MultiOptimizer: several optimizers, each for its own weights."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Self

from corne.backend import Array
from corne.errors import ArgumentError, StateError
from corne.optimizer import Optimizer
from corne.serialization import deserialize_object, serialize_object
from corne.variable import Variable

from corne_optimizers.optimizer_map import OptimizerMap, _check_optimizer


class MultiOptimizer(Optimizer):
    """Several optimizers, each for some of the weights.

    It has no learning rate of its own: read and set those of :attr:`optimizers`.

    Args:
        optimizer_map: An :class:`OptimizerMap`, or a function that returns the optimizer of a weight.
        loss_scale_factor: As for :class:`corne.Optimizer`; it replaces that of the optimizers. Default None: 1.
        name: Default: the class name in snake case, numbered.

    Raises:
        ArgumentError: ``optimizer_map`` is neither, or returns something that is no optimizer.

    >>> from corne.optimizers import SGD, Adam
    >>> optimizer = MultiOptimizer(OptimizerMap(SGD(0.1), {"head/.*": Adam(0.01)}))
    >>> [type(each).__name__ for each in optimizer.optimizers]
    ['Adam', 'SGD']
    """

    def __init__(
        self,
        optimizer_map: OptimizerMap | Callable[[Variable], Optimizer],
        loss_scale_factor: float | None = None,
        name: str | None = None,
    ) -> None:
        if not callable(optimizer_map):
            raise ArgumentError(
                "MultiOptimizer(optimizer_map=…)", "an OptimizerMap or a function of a weight", repr(optimizer_map),
                "Write OptimizerMap(default_optimizer, {pattern: optimizer}).",
            )  # fmt: skip
        super().__init__(learning_rate=0.0, loss_scale_factor=loss_scale_factor, name=name)
        self._optimizer_map = optimizer_map
        self._inner: list[Optimizer] = []
        self._groups: list[tuple[Optimizer, list[int]]] = []  # each with the places of its weights
        if isinstance(optimizer_map, OptimizerMap):
            for optimizer in (*optimizer_map.values(), optimizer_map.default_optimizer):
                self._add(optimizer)

    def _add(self, optimizer: Optimizer) -> None:
        if not any(optimizer is each for each in self._inner):
            optimizer.loss_scale_factor = None  # gradients are divided here
            self._inner.append(optimizer)

    @property
    def optimizers(self) -> list[Optimizer]:
        """The optimizers; those that a function returns are known once the weights are."""
        return list(self._inner)

    def build(self, variables: Sequence[Variable]) -> None:
        """Choose the optimizer of each weight, and make the optimizers' state."""
        if self.built:
            return
        variables = list(variables)
        chosen = []
        for variable in variables:
            optimizer = self._optimizer_map(variable)
            _check_optimizer(f"{self.name}: the optimizer of {variable.path}", optimizer)
            self._add(optimizer)
            chosen.append(optimizer)
        for optimizer in self._inner:
            places = [i for i, each in enumerate(chosen) if each is optimizer]
            if places:
                optimizer.build([variables[i] for i in places])
                self._groups.append((optimizer, places))
        super().build(variables)

    @property
    def variables(self) -> list[Variable]:
        """The count of steps, then each optimizer's state."""
        return self._variables + [variable for each in self._inner for variable in each.variables]

    @property
    def learning_rate(self) -> Any:
        """There is none: each optimizer has its own."""
        raise self._no_rate()

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        raise self._no_rate()

    def _no_rate(self) -> StateError:
        return StateError(
            f"{self.name}.learning_rate", "an optimizer with one learning rate", "several optimizers",
            "Read or set optimizer.optimizers[0].learning_rate and so on.",
        )  # fmt: skip

    @property
    def calls_python(self) -> bool:
        """Whether some learning rate is a plain function."""
        return any(each.calls_python for each in self._inner)

    def apply(
        self, grads: Sequence[Array | None], trainable_variables: Iterable[Variable] | None = None
    ) -> None:
        """Update all weights by their gradients, each by its optimizer.

        Args:
            grads: One gradient per weight. A weight whose gradient is None is left alone, with a warning.
            trainable_variables: The weights. Default: those the optimizer was built for.
        """
        grads = list(grads)
        if not grads:
            return
        gradients, variables = self._known(grads, trainable_variables)
        gradients, variables = self._with_gradients(gradients, variables)
        if self.loss_scale_factor is not None:
            gradients = [g / self.loss_scale_factor for g in gradients]
        given = {self._index[id(v)]: (g, v) for g, v in zip(gradients, variables, strict=True)}
        for optimizer, places in self._groups:
            pairs = [given[i] for i in places if i in given]
            if pairs:
                optimizer.apply([g for g, _ in pairs], [v for _, v in pairs])
        self._iterations.assign(self._iterations.value + 1)

    def finalize_variable_values(self, var_list: Sequence[Variable]) -> None:
        """Give the weights their final values, as each optimizer has it.

        Args:
            var_list: The weights the optimizer was built for.
        """
        if not self.built:
            return
        for optimizer, places in self._groups:
            optimizer.finalize_variable_values([var_list[i] for i in places])

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this optimizer again."""
        return {
            "optimizer_map": serialize_object(self._optimizer_map),
            "loss_scale_factor": self.loss_scale_factor,
            "name": self.name,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Mapping[str, Any] | None = None) -> Self:
        """Make an optimizer from what :meth:`get_config` returned.

        Args:
            config: The arguments.
            custom_objects: Names that the config may use, besides the registered ones.
        """
        config = dict(config)
        chosen = deserialize_object(
            config.pop("optimizer_map"), custom_objects=custom_objects, kind="optimizers"
        )
        return cls(chosen, **config)
