"""A functional model's graph as configuration, in Keras 3's layout."""

from __future__ import annotations

import heapq
import itertools
from typing import Any

from corne import serialization, tree
from corne.errors import FileFormatError
from corne.layer import Layer
from corne.operation.config import NamedOperation, describe, find_operation
from corne.symbolic import SymbolicTensor
from corne.user_operation import Operation


def to_config(model: Any) -> dict[str, Any]:
    """Return ``{"name", "trainable", "layers", "input_layers", "output_layers"}``."""
    graph = model._corne_graph
    inside = {id(node) for node in graph.nodes} | {id(t.node) for t in graph.flat_inputs}
    places: dict[int, tuple[str, int]] = {}  # node -> (operation's name, index of this call in the graph)
    entries = []
    for operation in graph.operations:
        nodes = [node for node in _calls_of(operation, graph) if id(node) in inside]
        for index, node in enumerate(nodes):
            places[id(node)] = (operation.name, index)
        entries.append((operation, nodes))

    def history(tensor: SymbolicTensor) -> list[Any]:
        name, index = places[id(tensor.node)]
        outputs = [t for t in tree.flatten(tensor.node.outputs) if isinstance(t, SymbolicTensor)]  # type: ignore[union-attr]
        return [name, index, next(i for i, t in enumerate(outputs) if t is tensor)]

    def ending(tensor: SymbolicTensor) -> list[Any]:
        name, index, position = history(tensor)
        return [name, index + _counts_from_one(tensor.node.operation), position]  # type: ignore[union-attr]

    def described(leaf: Any) -> Any:
        if not isinstance(leaf, SymbolicTensor):
            return leaf
        return _Described(
            {
                "class_name": "__keras_tensor__",
                "config": {"shape": list(leaf.shape), "dtype": leaf.dtype, "keras_history": history(leaf)},
            }
        )

    layers = []
    for operation, nodes in entries:
        entry = _operation_config(operation)
        entry["name"] = operation.name
        entry["inbound_nodes"] = [
            {
                "args": _serialize(tree.map_structure(described, list(node.args))),
                "kwargs": _serialize(tree.map_structure(described, node.kwargs)),
            }
            for node in nodes
            if node.inputs
        ]
        layers.append(entry)
    return {
        "name": model.name,
        "trainable": model.trainable,
        "layers": layers,
        "input_layers": _Plain.of(graph.inputs, history),
        "output_layers": _Plain.of(graph.outputs, ending),
    }


def _counts_from_one(operation: Any) -> bool:
    """Return whether it is a functional model: Keras counts calls of those from 1 in outputs."""
    return getattr(operation, "_corne_graph", None) is not None and not hasattr(operation, "_corne_stack")


class _Described:
    """A finished part of a config, not to be serialized again."""

    def __init__(self, config: dict[str, Any]) -> None:
        self.config = config


class _Plain:
    """Structures of ``[name, node, tensor]`` triples."""

    @staticmethod
    def of(structure: Any, history: Any) -> Any:
        if isinstance(structure, SymbolicTensor):
            return history(structure)
        if isinstance(structure, dict):
            return {key: _Plain.of(value, history) for key, value in structure.items()}
        return [_Plain.of(value, history) for value in structure]


def _serialize(structure: Any) -> Any:
    if isinstance(structure, _Described):
        return structure.config
    if isinstance(structure, dict):
        return {key: _serialize(value) for key, value in structure.items()}
    if isinstance(structure, (list, tuple)):
        return [_serialize(value) for value in structure]
    return serialization.serialize_object(structure)


def _calls_of(operation: Any, graph: Any) -> list[Any]:
    if isinstance(operation, Layer):
        return operation.inbound_nodes
    return [node for node in graph.nodes if node.operation is operation]


def _operation_config(operation: Any) -> dict[str, Any]:
    if isinstance(operation, (Layer, Operation)):
        config: dict[str, Any] = serialization.serialize_object(operation)
        return config
    return describe(operation)


def from_config(config: dict[str, Any]) -> tuple[Any, Any]:
    """Call the layers of a config on each other and return the structures of inputs and outputs."""
    operations: dict[str, Any] = {}
    results: dict[tuple[str, int], list[SymbolicTensor]] = {}
    pending: list[tuple[str, int, dict[str, Any]]] = []
    for entry in config["layers"]:
        name = entry.get("name") or entry["config"]["name"]
        if name in operations:
            raise FileFormatError(
                "config of a functional model", "layers with different names", f"two called {name!r}",
                "The file is corrupt.",
            )  # fmt: skip
        operations[name] = _make_operation(entry)
        if not entry["inbound_nodes"]:
            results[name, 0] = [operations[name].output]
        pending.extend((name, index, node) for index, node in enumerate(entry["inbound_nodes"]))

    waiting: dict[tuple[Any, ...], list[int]] = {}  # result -> the calls that need it
    missing: list[int] = []
    for place, (name, index, node) in enumerate(pending):
        needed = {tuple(h[:2]) for h in _histories(node)} | ({(name, index - 1)} if index else set())
        needed -= results.keys()
        missing.append(len(needed))
        for key in needed:
            waiting.setdefault(key, []).append(place)
    ready = [place for place, count in enumerate(missing) if not count]  # ascending, so a heap already
    done: set[int] = set()
    while ready:
        place = heapq.heappop(ready)
        name, index, node = pending[place]
        args, kwargs = _arguments(node, results)
        outputs = operations[name](*args, **kwargs)
        results[name, index] = [t for t in tree.flatten(outputs) if isinstance(t, SymbolicTensor)]
        done.add(place)
        for other in waiting.pop((name, index), ()):
            missing[other] -= 1
            if not missing[other]:
                heapq.heappush(ready, other)
    if len(done) < len(pending):
        stuck = sorted({name for place, (name, _, _) in enumerate(pending) if place not in done})
        raise FileFormatError(
            "config of a functional model", "an acyclic graph that contains all its inputs",
            f"layers that wait for one another: {stuck}", "The file is corrupt.",
        )  # fmt: skip

    ends = [_plain_histories(config[key]) for key in ("input_layers", "output_layers")]
    from_zero = {name for name, index, _ in itertools.chain(*ends) if index == 0}

    def find(structure: Any) -> Any:
        if _is_history(structure):
            name, index, position = structure
            later = name in operations and name not in from_zero and _counts_from_one(operations[name])
            return results[name, index - later][position]
        if isinstance(structure, dict):
            return {key: find(value) for key, value in structure.items()}
        return [find(value) for value in structure]

    try:
        return find(config["input_layers"]), find(config["output_layers"])
    except (KeyError, IndexError) as error:
        raise FileFormatError(
            "config of a functional model",
            "inputs and outputs within the graph",
            f"{error}",
            "The file is corrupt.",
        ) from error


def _make_operation(entry: dict[str, Any]) -> Any:
    operation = find_operation(entry)
    if operation is None:
        return serialization.deserialize_object(entry, kind="layers")
    return NamedOperation(operation, entry)


def _is_tensor(value: Any) -> bool:
    return isinstance(value, dict) and value.get("class_name") == "__keras_tensor__"


def _plain_histories(value: Any) -> list[Any]:
    if _is_history(value):
        return [value]
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [history for item in inside for history in _plain_histories(item)]


def _is_history(value: Any) -> bool:
    return (
        isinstance(value, (list, tuple))
        and len(value) == 3
        and isinstance(value[0], str)
        and all(isinstance(v, int) for v in value[1:])
    )


def _histories(value: Any) -> list[Any]:
    if _is_tensor(value):
        return [value["config"]["keras_history"]]
    if isinstance(value, dict):
        return [h for item in value.values() for h in _histories(item)]
    if isinstance(value, (list, tuple)):
        return [h for item in value for h in _histories(item)]
    return []


def _arguments(node: dict[str, Any], results: dict[tuple[str, int], list[SymbolicTensor]]) -> Any:
    def fill(value: Any) -> Any:
        if _is_tensor(value):
            name, index, position = value["config"]["keras_history"]
            return results[name, index][position]
        if isinstance(value, dict) and "class_name" in value:
            return serialization.deserialize_object(value)
        if isinstance(value, dict):
            return {key: fill(item) for key, item in value.items()}
        if isinstance(value, list):
            return [fill(item) for item in value]
        return value

    return tuple(fill(value) for value in node["args"]), {k: fill(v) for k, v in node["kwargs"].items()}
