"""Operation: a computation without weights that users write as a class, and that can stand in a graph."""

from __future__ import annotations

from typing import Any, Self

from corne import backend as backends
from corne.naming import to_snake_case, unique_name
from corne.symbolic import Node, find_symbolic, from_specs, to_specs


class Operation:
    """Base of computations without weights.

    A subclass computes in ``call``, on ``corne.ops``. Called on symbolic tensors, the operation becomes a node of a
    graph. A functional model saves it by its class, which is registered with
    ``corne.saving.register_keras_serializable``, and ``get_config``.

    Args:
        name: Unique within a model. Default: the class name in snake case, numbered.

    >>> from corne import Input, Model, Operation, ops
    >>> class Twice(Operation):
    ...     def call(self, x):
    ...         return ops.multiply(x, 2)
    >>> x = Input((3,))
    >>> Model(x, Twice()(x)).output_shape
    (None, 3)
    """

    _init_arguments: tuple[tuple[Any, ...], dict[str, Any]] = ((), {})

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        self = super().__new__(cls)
        self._init_arguments = (args, kwargs)
        return self

    def __init__(self, name: str | None = None) -> None:
        self.name = name or unique_name(to_snake_case(type(self).__name__))
        self.inbound_nodes: list[Node] = []

    def call(self, *args: Any, **kwargs: Any) -> Any:
        """Compute; a subclass says how."""
        raise NotImplementedError(f"{type(self).__name__} has no call().")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if find_symbolic((args, kwargs)):
            return self.symbolic_call(*args, **kwargs)
        return self.call(*args, **kwargs)

    def symbolic_call(self, *args: Any, **kwargs: Any) -> Any:
        """Add a node to the graph and return its symbolic outputs."""
        outputs = self.compute_output_spec(*args, **kwargs)
        Node(self, args, kwargs, outputs)
        return outputs

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        """Return symbolic tensors like the outputs. The default evaluates ``call`` without values."""
        return from_specs(backends.active().infer_specs(self.call, *to_specs(args), **to_specs(kwargs)))

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments, as far as they were given by name, and the name."""
        _, given = self._init_arguments
        return {**given, "name": self.name}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Make an operation from what :meth:`get_config` returned."""
        return cls(**config)
