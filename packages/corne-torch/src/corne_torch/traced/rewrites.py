"""What Inductor doesn't do by itself: the same graph in terms that it makes faster code of."""

from __future__ import annotations

from typing import Any

import torch
import torch._inductor.test_operators  # they are Inductor's way to have an array in memory

aten = torch.ops.aten
Node = torch.fx.Node

_HOLD = torch.ops._inductor_test.realize.default

#: Elements from which on a sum is worth a call of its own.
_MANY = 1 << 15
#: How many columns of a product are few, and how many times as many rows are many.
_FEW, _TIMES = 16, 8


def rewrite(graph: torch.fx.Graph) -> None:
    """Rewrite a graph of functional operations in place. Its nodes carry examples of their results."""
    _hold_numbers(graph)
    for node in graph.find_nodes(op="call_function", target=torch.ops.corne.hold.default):
        node.target = _HOLD
    _fold_factors(graph)
    if _is_for_processor(graph):
        _call_sums(graph)
        _separate_biases(graph)
        _turn_narrow_products(graph)


def _is_for_processor(graph: torch.fx.Graph) -> bool:
    return all(_value(node).device.type == "cpu" for node in graph.nodes if _value(node) is not None)


def _hold_numbers(graph: torch.fx.Graph) -> None:
    """Have single numbers that arrays are combined with worked out once, not again in the loop over each array.

    A learning rate with its corrections takes longer than the update of a weight.
    """
    for node in list(graph.nodes):
        if node.op != "call_function" or not _is_number(node):
            continue
        users = [user for user in node.users if not _is_number(user)]
        if users:
            held = _call_before(node.next, _HOLD, node)
            for user in users:
                user.replace_input_with(node, held)


def _fold_factors(graph: torch.fx.Graph) -> None:
    """Multiply a convolution's weights by a factor for each channel, not its result.

    In inference, batch normalization comes down to a factor and a bias.
    """
    for node in graph.find_nodes(op="call_function", target=aten.convolution.default):
        is_transposed, has_few_places = node.args[6], _value(node.args[1]).numel() > _value(node).numel()
        if is_transposed or has_few_places:
            continue
        steps: list[Node] = []
        axis, last = 1, node
        while len(last.users) == 1:
            (user,) = last.users
            if user.target is aten.permute.default:
                axis = [old % len(user.args[1]) for old in user.args[1]].index(axis)
            elif user.target is aten.mul.Tensor and _is_by_channel(user, last, axis):
                _fold(node, steps, user)
                break
            elif user.target is not aten.add.Tensor or not _is_by_channel(user, last, axis):
                break
            steps.append(user)
            last = user


def _is_by_channel(node: Node, image: Node, axis: int) -> bool:
    """Tell whether what an operation combines an image with is a number for each index of an axis."""
    other, expected = _other(node, image), _value(image)
    value = _value(other)
    if value is None or other is image or node.kwargs or value.dtype is not expected.dtype:
        return False
    shape = (1,) * (expected.ndim - value.ndim) + tuple(value.shape)
    return bool(len(shape) == expected.ndim and shape[axis] == value.numel() == expected.shape[axis])


def _other(node: Node, image: Node) -> Any:
    left, right = node.args
    return right if left is image else left


def _fold(convolution: Node, steps: list[Node], product: Node) -> None:
    """Put in a product's place the convolution and the steps up to it, with the factor in weights and biases."""

    def call(operation: Any, *args: Any) -> Node:
        return _call_before(product, operation, *args)

    last = steps[-1] if steps else convolution
    factor = call(aten.reshape.default, _other(product, last), [-1])

    def scaled(numbers: Any, shape: list[int]) -> Node:
        by = call(aten.mul.Tensor, call(aten.reshape.default, numbers, [-1]), factor)
        return call(aten.reshape.default, by, shape)

    x, weight, bias, *options = convolution.args
    weight = call(
        aten.mul.Tensor, weight, call(aten.reshape.default, factor, [-1] + [1] * (_value(x).ndim - 1))
    )
    bias = None if bias is None else scaled(bias, [-1])
    node, before = call(aten.convolution.default, x, weight, bias, *options), convolution
    for step in steps:
        if step.target is aten.permute.default:
            node = call(aten.permute.default, node, step.args[1])
        else:
            biases = _other(step, before)
            node = call(aten.add.Tensor, node, scaled(biases, list(_value(biases).shape)))
        before = step
    product.replace_all_uses_with(node)
    for old in (product, *reversed(steps), convolution):
        old.graph.erase_node(old)


def _call_sums(graph: torch.fx.Graph) -> None:
    """Leave sums of a large array over all axes but the last, a bias's gradient for instance, to PyTorch.

    Inductor's loop goes through the array once for every few columns. A sum of what nothing else wants stays
    Inductor's, which then needn't have that array in memory.
    """
    for node in graph.find_nodes(op="call_function", target=aten.sum.dim_IntList):
        array, axes = node.args[:2]
        ndim = _value(array).ndim
        is_large = _value(array).numel() >= _MANY and len(array.users) > 1
        if (
            is_large
            and axes
            and sorted(axis % ndim for axis in axes) == list(range(ndim - 1))
            and not node.kwargs
        ):
            node.target = torch.ops.corne.column_sums.default


def _separate_biases(graph: torch.fx.Graph) -> None:
    """Have biases added where the product is read next; otherwise they are first written where it is to be.

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
        if _value(bias).dtype is _value(product).dtype:  # unsigned numbers have no opposites
            node.target, node.args = aten.sub.Tensor, (product, _call_before(node, aten.neg.default, bias))


def _turn_narrow_products(graph: torch.fx.Graph) -> None:
    """Take products of few columns the other way round: the library is up to twice as fast if few are the rows."""
    for node in graph.find_nodes(op="call_function", target=aten.mm.default):
        left, right = node.args
        (rows, columns), inner = _value(node).shape, _value(left).shape[1]
        if columns <= _FEW and min(rows, inner) >= _TIMES * columns:
            turned = [_call_before(node, aten.permute.default, factor, [1, 0]) for factor in (right, left)]
            product = _call_before(node, aten.mm.default, *turned)
            node.replace_all_uses_with(_call_before(node, aten.permute.default, product, [1, 0]))
            graph.erase_node(node)


def _call_before(place: Node, operation: Any, *args: Any) -> Node:
    """Put an operation into the graph, with an example of its result."""
    with place.graph.inserting_before(place):
        node = place.graph.call_function(operation, args)
    node.meta["val"] = operation(*[_value(x) if isinstance(x, Node) else x for x in args])
    return node


def _is_number(node: Node) -> bool:
    value = _value(node)
    return value is not None and value.ndim == 0


def _value(node: Any) -> Any:
    """Return the example of a node's result if that is an array."""
    value = node.meta.get("val") if isinstance(node, Node) else None
    return value if isinstance(value, torch.Tensor) else None


def _column_sums(x: torch.Tensor, axes: list[int], keepdim: bool = False) -> torch.Tensor:
    return x.sum(axes, keepdim)


# An operation that Inductor doesn't know it calls as it is.
_library: Any = torch.library.Library("corne", "FRAGMENT")
_library.define("column_sums(Tensor x, int[] axes, bool keepdim=False) -> Tensor")
_library.impl("column_sums", _column_sums, "CompositeExplicitAutograd")
