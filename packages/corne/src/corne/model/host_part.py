"""HostPart: the beginning of a graph, computed on the host because it handles text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from corne import backend as backends
from corne import tree
from corne.errors import ArgumentError
from corne.layer import Layer
from corne.model.graph import Graph
from corne.symbolic import Node, SymbolicTensor, find_symbolic

#: Begins the keys of staged inputs; no input has such a name.
_KEY = "corne:staged/"


class HostPart:
    """The nodes of a graph between text and the first numbers, and the rest of the graph as one of its own.

    A node belongs to it if its operation says ``runs_on_host`` or takes text, and if all that it needs is
    known on the host. Inputs for the rest of the graph are *staged*: a dict of numeric arrays. A step sees
    these alone, so that it is recorded and compiled like that of any other model.

    Args:
        nodes: The nodes on the host, in an order of execution.
        graph: The whole graph.
        name: The model's name, for messages.
    """

    def __init__(self, nodes: list[Node], graph: Graph, name: str) -> None:
        self._nodes = nodes
        self._inputs = graph.flat_inputs
        mine = {id(node) for node in nodes}
        made = {
            id(t): t for t in [*self._inputs, *(t for node in nodes for t in find_symbolic(node.outputs))]
        }
        wanted = [t for node in graph.nodes if id(node) not in mine for t in node.inputs] + graph.flat_outputs
        self._frontier = list({id(t): t for t in wanted if id(t) in made}.values())
        for tensor in self._frontier:
            if tensor.dtype == "string":
                raise ArgumentError(
                    f"model {name!r}", "layers that turn text into numbers behind text inputs",
                    f"text that reaches {_user_of(tensor, graph, mine)}", "Add TextVectorization or StringLookup.",
                )  # fmt: skip
        self.rest = Graph(self._frontier, graph.outputs, name)

    @classmethod
    def of(cls, graph: Graph, name: str) -> HostPart | None:
        """Return the part of a graph that runs on the host, or None."""
        if not any(t.dtype == "string" for t in graph.flat_inputs) and not any(
            getattr(operation, "runs_on_host", False) for operation in graph.operations
        ):
            return None
        known = {id(t) for t in graph.flat_inputs}
        nodes = []
        for node in graph.nodes:
            text = any(t.dtype == "string" for t in node.inputs)
            on_host = text or getattr(node.operation, "runs_on_host", False)
            if node.inputs and on_host and all(id(t) in known for t in node.inputs):
                if isinstance(node.operation, Layer) and node.operation.weights:
                    raise ArgumentError(
                        f"model {name!r}", "weights behind the layers that turn text into numbers",
                        f"text as input of {node.operation.name!r}, which has weights",
                        "Turn the text into numbers before it.",
                    )  # fmt: skip
                nodes.append(node)
                known.update(id(t) for t in find_symbolic(node.outputs))
        return cls(nodes, graph, name) if nodes else None

    def stage(self, values: list[Any]) -> dict[str, Any]:
        """Return the inputs of the rest of the graph from one array per input of the graph."""
        known: dict[int, Any] = {id(t): value for t, value in zip(self._inputs, values, strict=True)}

        def fill(leaf: Any) -> Any:
            return known[id(leaf)] if isinstance(leaf, SymbolicTensor) else leaf

        for node in self._nodes:
            if len(node.args) == 1 and not node.kwargs and isinstance(node.args[0], SymbolicTensor):
                outputs = node.operation(known[id(node.args[0])])
            else:
                args, kwargs = tree.map_structure(fill, (node.args, node.kwargs))
                outputs = node.operation(*args, **kwargs)
            if isinstance(node.outputs, SymbolicTensor):
                known[id(node.outputs)] = outputs
                continue
            flat = tree.flatten(outputs)
            for tensor, value in zip(find_symbolic(node.outputs), flat, strict=True):
                known[id(tensor)] = value
        backend = backends.active()
        staged = {}
        for number, tensor in enumerate(self._frontier):
            value = known[id(tensor)]
            staged[f"{_KEY}{number}"] = backend.to_numpy(value) if backend.is_array(value) else value
        return staged

    def run(self, staged: dict[str, Any]) -> Any:
        """Compute the model's outputs from staged inputs."""
        return self.rest.run([staged[f"{_KEY}{number}"] for number in range(len(self._frontier))])


def is_staged(x: Any) -> bool:
    """Return whether these are the inputs of the rest of a graph."""
    return isinstance(x, dict) and f"{_KEY}0" in x


def on_host(x: Any) -> Any:
    """Return a structure of inputs with arrays in place of lists of text, columns and frames."""
    if isinstance(x, dict):
        return {key: on_host(value) for key, value in x.items()}
    if hasattr(x, "columns") and hasattr(x, "to_numpy"):
        return {str(key): x[key].to_numpy() for key in x.columns}
    if hasattr(x, "to_numpy"):
        return x.to_numpy()
    if isinstance(x, (list, tuple)):
        if any(getattr(leaf, "shape", ()) or hasattr(leaf, "to_numpy") for leaf in x):
            return type(x)(map(on_host, x)) if type(x) in (list, tuple) else x
        if x and isinstance(x[0], (list, tuple)) and len({len(row) for row in x}) > 1:
            return type(x)(map(on_host, x))
        first = x[0] if x else None
        while isinstance(first, (list, tuple)) and first:
            first = first[0]
        return np.array(x, dtype=object if isinstance(first, (str, bytes)) else None)
    return x


def _user_of(tensor: SymbolicTensor, graph: Graph, mine: set[int]) -> str:
    users: list[Callable[..., Any]] = [
        node.operation
        for node in graph.nodes
        if id(node) not in mine and any(t is tensor for t in node.inputs)
    ]
    return repr(getattr(users[0], "name", users[0])) if users else "the outputs"
