"""Rewrite a graph so that Inductor generates faster code."""

from __future__ import annotations

from typing import Any

import torch
import torch._inductor.test_operators  # they are Inductor's way to have an array in memory

from corne_torch.kernels.pool import HOLD
from corne_torch.operations import define
from corne_torch.traced import convolutions
from corne_torch.traced.nodes import call_before, is_number, value_of

aten = torch.ops.aten
Node = torch.fx.Node

_HOLD = torch.ops._inductor_test.realize.default

#: Elements from which on a sum is worth a call of its own.
_MANY = 1 << 15
#: Limits of a narrow product: the most columns, and the least ratio of rows to columns.
_FEW, _TIMES = 16, 8


def keep_sums_whole(module: torch.fx.GraphModule) -> torch.fx.GraphModule:
    """Keep sums into rows at indices, such as an embedding's gradient, as calls, and return the graph.

    Inductor's code adds to one row from several threads at once, in an order that differs from run to run, and takes
    longer. For before operations are taken apart.
    """
    for operation, whole in _WHOLE.items():
        for node in module.graph.find_nodes(op="call_function", target=operation):
            node.target = whole
    module.recompile()
    return module


def rewrite(graph: torch.fx.Graph) -> dict[str, Any]:
    """Rewrite a graph of functional operations in place, and return Inductor's settings that suit it.

    Its nodes carry examples of their results.
    """
    settings: dict[str, Any] = {"layout_optimization": convolutions.gain_by_layouts(graph)}
    _hold_numbers(graph)
    for node in graph.find_nodes(op="call_function", target=HOLD):
        node.target = _HOLD
    convolutions.fold_factors(graph)
    if _is_for_processor(graph):
        settings |= convolutions.write_out(graph)
        _call_sums(graph)
        _separate_biases(graph)
        _turn_narrow_products(graph)
    return settings


def _is_for_processor(graph: torch.fx.Graph) -> bool:
    return all(value_of(node).device.type == "cpu" for node in graph.nodes if value_of(node) is not None)


def _hold_numbers(graph: torch.fx.Graph) -> None:
    """Compute scalars that arrays are combined with once, not in the loop over each array.

    A learning rate with its corrections takes longer than the update of a weight.
    """
    for node in list(graph.nodes):
        if node.op != "call_function" or not is_number(node):
            continue
        users = [user for user in node.users if not is_number(user)]
        if users:
            held = call_before(node.next, _HOLD, node)
            for user in users:
                user.replace_input_with(node, held)


def _call_sums(graph: torch.fx.Graph) -> None:
    """Leave sums of a large array over all axes but the last, a bias's gradient for instance, to PyTorch.

    Inductor's loop goes through the array once for every few columns. A sum of what nothing else wants stays
    Inductor's, which then needn't have that array in memory.
    """
    for node in graph.find_nodes(op="call_function", target=aten.sum.dim_IntList):
        array, axes = node.args[:2]
        ndim = value_of(array).ndim
        is_large = value_of(array).numel() >= _MANY and len(array.users) > 1
        if (
            is_large
            and axes
            and sorted(axis % ndim for axis in axes) == list(range(ndim - 1))
            and not node.kwargs
        ):
            node.target = _COLUMN_SUMS


def _separate_biases(graph: torch.fx.Graph) -> None:
    """Add biases where the product is read next; Inductor would first write them to the product's memory.

    As the difference from minus the bias, which is the same number: Inductor would join product and sum again.
    """
    for node in graph.find_nodes(op="call_function", target=aten.add.Tensor):
        product, bias = node.args
        if (
            getattr(product, "target", None) is not aten.mm.default
            or not isinstance(bias, Node)
            or node.kwargs
        ):
            continue
        if value_of(bias).dtype is value_of(product).dtype:  # unsigned numbers have no opposites
            node.target, node.args = aten.sub.Tensor, (product, call_before(node, aten.neg.default, bias))


def _turn_narrow_products(graph: torch.fx.Graph) -> None:
    """Transpose products of few columns: the library is up to twice as fast with few rows."""
    for node in graph.find_nodes(op="call_function", target=aten.mm.default):
        left, right = node.args
        (rows, columns), inner = value_of(node).shape, value_of(left).shape[1]
        if columns <= _FEW and min(rows, inner) >= _TIMES * columns:
            turned = [call_before(node, aten.permute.default, factor, [1, 0]) for factor in (right, left)]
            product = call_before(node, aten.mm.default, *turned)
            node.replace_all_uses_with(call_before(node, aten.permute.default, product, [1, 0]))
            graph.erase_node(node)


def _column_sums(x: torch.Tensor, axes: list[int], keepdim: bool = False) -> torch.Tensor:
    return x.sum(axes, keepdim)


def _embedding_sums(
    rows: torch.Tensor, indices: torch.Tensor, count: int, padding: int, by_frequency: bool
) -> torch.Tensor:
    sums: torch.Tensor = aten.embedding_dense_backward(rows, indices, count, padding, by_frequency)
    return sums


def _row_sums(
    x: torch.Tensor, axis: int, indices: torch.Tensor, rows: torch.Tensor, alpha: float = 1
) -> torch.Tensor:
    return torch.index_add(x, axis, indices, rows, alpha=alpha)


# An operation that Inductor doesn't know it calls as it is.
_COLUMN_SUMS = define("column_sums(Tensor x, int[] axes, bool keepdim=False) -> Tensor", _column_sums)
_WHOLE = {
    aten.embedding_dense_backward.default: define(
        "embedding_sums(Tensor rows, Tensor indices, SymInt count, SymInt padding, bool by_frequency) -> Tensor",
        _embedding_sums,
    ),
    aten.index_add.default: define(
        "row_sums(Tensor x, int axis, Tensor indices, Tensor rows, *, Scalar alpha=1) -> Tensor", _row_sums
    ),
}
