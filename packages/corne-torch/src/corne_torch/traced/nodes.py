"""Helpers to rewrite a graph: inspect nodes and insert new ones."""

from __future__ import annotations

from typing import Any

import torch

Node = torch.fx.Node


def call_before(place: Node, operation: Any, *args: Any) -> Node:
    """Put an operation into the graph, with an example of its result."""
    with place.graph.inserting_before(place):
        node = place.graph.call_function(operation, args)
    node.meta["val"] = operation(*[value_of(x) if isinstance(x, Node) else x for x in args])
    return node


def is_number(node: Node) -> bool:
    value = value_of(node)
    return value is not None and value.ndim == 0


def value_of(node: Any) -> Any:
    """Return the example of a node's result if that is an array."""
    value = node.meta.get("val") if isinstance(node, Node) else None
    return value if isinstance(value, torch.Tensor) else None
