"""The graph between a model's inputs and outputs, and its execution as a flat plan."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from corne import tree
from corne.errors import ArgumentError, StateError
from corne.layer import Layer
from corne.symbolic import Node, SymbolicTensor, find_symbolic


class Graph:
    """The nodes that lead from ``inputs`` to ``outputs``.

    Args:
        inputs: Nested structure of symbolic tensors where computation starts.
        outputs: Nested structure of symbolic tensors where it ends.
        name: The model's name, for messages.

    Attributes:
        nodes: In an order of execution.
        operations: What the nodes call (layers and operations), each once, in the order that Keras
            lists a model's layers: by decreasing distance from the outputs, then in the order of visits.

    Raises:
        StateError: An output doesn't depend on the inputs alone.
    """

    def __init__(self, inputs: Any, outputs: Any, name: str) -> None:
        self.inputs = inputs
        self.outputs = outputs
        self.flat_inputs = find_symbolic(inputs)
        self.flat_outputs = find_symbolic(outputs)
        self.nodes, self.operations = _sort(self.flat_inputs, self.flat_outputs, name)
        self._plan = _Plan(self)

    def run(self, values: list[Any], call: Callable[..., Any] | None = None) -> Any:
        """Compute the outputs' structure from one value per flat input.

        ``call(operation, args, kwargs)`` replaces the plain ``operation(*args, **kwargs)``: to clone a
        graph, or to compute shapes.
        """
        return self._plan.run(values, call)


def _sort(
    inputs: list[SymbolicTensor], outputs: list[SymbolicTensor], name: str
) -> tuple[list[Node], list[Any]]:
    boundary = {id(t) for t in inputs}
    finished: dict[int, Node] = {}  # by identity, in post-order: producers before consumers
    met: dict[int, int] = {}  # operation -> order of its first visit, backwards from the outputs
    for output in outputs:
        stack: list[tuple[SymbolicTensor, bool]] = [(output, False)]
        while stack:
            tensor, leaving = stack.pop()
            node = tensor.node
            if node is not None and node.inputs and id(tensor) in boundary:
                continue  # the graph starts here, in the middle of another
            if node is None:
                if id(tensor) in boundary:
                    continue
                raise StateError(
                    f"model {name!r}", "outputs computed from its inputs alone",
                    f"a dependence on {tensor!r}, which is not among them",
                    "Add that tensor's Input to inputs=…, or build the output from the given inputs.",
                )  # fmt: skip
            if leaving:
                finished.setdefault(id(node), node)
                continue
            if id(node) in finished:
                continue
            met.setdefault(id(node.operation), len(met))
            stack.append((tensor, True))
            if not node.inputs and id(tensor) not in boundary:
                raise StateError(
                    f"model {name!r}", "outputs computed from its inputs alone",
                    f"a dependence on input {node.operation.name!r}, which is not among them",
                    "Add it to inputs=…, or build the output from the given inputs.",
                )  # fmt: skip
            stack.extend((t, False) for t in reversed(node.inputs))

    node_depth: dict[int, int] = {}
    operation_depth: dict[int, int] = {}
    operations: dict[int, Any] = {}
    for node in reversed(list(finished.values())):
        key = id(node.operation)
        operations.setdefault(key, node.operation)
        depth = max(node_depth.get(id(node), 0), operation_depth.get(key, 0))
        operation_depth[key] = node_depth[id(node)] = depth
        for tensor in node.inputs:
            if tensor.node is not None:
                parent = id(tensor.node)
                node_depth[parent] = max(depth + 1, node_depth.get(parent, 0))
    for tensor in inputs:  # inputs that no output needs
        if tensor.node is not None and id(tensor.node) not in finished:
            key = id(tensor.node.operation)
            operations.setdefault(key, tensor.node.operation)
            operation_depth.setdefault(key, 0)
            met.setdefault(key, -1)
    ordered = sorted(operations, key=lambda key: (-operation_depth[key], met[key]))
    return list(finished.values()), [operations[key] for key in ordered]


class _Plan:
    """The graph as a list of steps over numbered slots, computed once."""

    def __init__(self, graph: Graph) -> None:
        self._slots: dict[int, int] = {}
        for tensor in graph.flat_inputs:
            self._slot(tensor)
        self._inputs = [self._slot(tensor) for tensor in graph.flat_inputs]
        fed = set(self._inputs)
        self._steps = []
        for node in graph.nodes:
            results = [self._slot(t) for t in tree.flatten(node.outputs) if isinstance(t, SymbolicTensor)]
            if not node.inputs or set(results) <= fed:
                continue
            single = len(node.args) == 1 and isinstance(node.args[0], SymbolicTensor) and not node.kwargs
            args = self._slot(node.args[0]) if single else self._numbered((node.args, node.kwargs))
            self._steps.append((node.operation, single, args, results))
        self._outputs = self._numbered(graph.outputs)
        self._single = self._outputs.index if type(self._outputs) is _Slot else None
        self._size = len(self._slots)

    def _slot(self, tensor: SymbolicTensor) -> int:
        return self._slots.setdefault(id(tensor), len(self._slots))

    def _numbered(self, structure: Any) -> Any:
        return tree.map_structure(
            lambda t: _Slot(self._slot(t)) if isinstance(t, SymbolicTensor) else t, structure
        )

    def run(self, values: list[Any], call: Callable[..., Any] | None = None) -> Any:
        slots: list[Any] = [None] * self._size
        for index, value in zip(self._inputs, values, strict=True):
            slots[index] = value

        def fill(leaf: Any) -> Any:
            return slots[leaf.index] if type(leaf) is _Slot else leaf

        for operation, single, arguments, results in self._steps:
            if single and call is None:
                value = operation(slots[arguments])
            else:
                args, kwargs = ((slots[arguments],), {}) if single else tree.map_structure(fill, arguments)
                value = operation(*args, **kwargs) if call is None else call(operation, args, kwargs)
            if len(results) == 1 and (hasattr(value, "shape") or not tree.is_nested(value)):
                slots[results[0]] = value
            else:
                for index, leaf in zip(results, tree.flatten(value), strict=True):
                    slots[index] = leaf
        return slots[self._single] if self._single is not None else tree.map_structure(fill, self._outputs)


class _Slot:
    """Placeholder for a tensor: the number of its slot."""

    __slots__ = ("index",)

    def __init__(self, index: int) -> None:
        self.index = index


def check_names(model: str, layers: list[Layer]) -> None:
    names: set[str] = set()
    for layer in layers:
        if layer.name in names:
            raise ArgumentError(
                f"model {model!r}", "layers with different names", f"two called {layer.name!r}",
                "Rename one of them: Dense(8, name='other').",
            )  # fmt: skip
        names.add(layer.name)
