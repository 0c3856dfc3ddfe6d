"""Function: a graph as a computation that can be called."""

from __future__ import annotations

from typing import Any

from corne import tree
from corne.errors import ArgumentError
from corne.model.graph import Graph
from corne.symbolic import SymbolicTensor
from corne.user_operation import Operation


class Function(Operation):
    """Compute what leads from symbolic inputs to symbolic outputs.

    A model is more: it holds layers, trains and is saved. A function only computes.

    Args:
        inputs: Structure of symbolic tensors.
        outputs: Structure of symbolic tensors made from them.
        name: Default: generated.

    Raises:
        StateError: An output does not depend on the inputs alone.

    >>> import numpy as np
    >>> from corne import Function, KerasTensor, ops
    >>> x = KerasTensor((None, 2))
    >>> double = Function(x, ops.add(x, x))
    >>> double(np.ones((1, 2), "float32")).tolist()
    [[2.0, 2.0]]
    """

    def __init__(self, inputs: Any, outputs: Any, name: str | None = None) -> None:
        super().__init__(name=name)
        for structure, word in ((inputs, "inputs"), (outputs, "outputs")):
            for leaf in tree.flatten(structure):
                if not isinstance(leaf, SymbolicTensor):
                    raise ArgumentError(f"Function({word}=…)", "symbolic tensors", repr(leaf))
        self._graph = Graph(inputs, outputs, self.name)

    @property
    def inputs(self) -> list[SymbolicTensor]:
        """The symbolic inputs."""
        return list(self._graph.flat_inputs)

    @property
    def outputs(self) -> list[SymbolicTensor]:
        """The symbolic outputs."""
        return list(self._graph.flat_outputs)

    @property
    def operations(self) -> list[Any]:
        """The layers and operations between them, in order of computation."""
        return list(self._graph.operations)

    def call(self, inputs: Any) -> Any:
        """Compute the outputs for a structure of arrays like the inputs."""
        values = tree.flatten(inputs)
        if len(values) != len(self._graph.flat_inputs):
            raise ArgumentError(
                f"{self.name}(inputs)", f"{len(self._graph.flat_inputs)} arrays", str(len(values))
            )
        return self._graph.run(values)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the outputs' shapes for inputs of other shapes than the symbolic ones."""
        shapes = [input_shape] if len(self._graph.flat_inputs) == 1 else list(input_shape)
        inputs = [
            SymbolicTensor(shape, known.dtype)
            for shape, known in zip(shapes, self._graph.flat_inputs, strict=True)
        ]
        return tree.map_structure(lambda tensor: tensor.shape, self._graph.run(inputs))
