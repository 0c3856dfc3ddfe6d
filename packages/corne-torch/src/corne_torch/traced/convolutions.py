"""Rewrite convolutions before Inductor sees a graph."""

from __future__ import annotations

import itertools
import math
from typing import Any

import torch

from corne_torch.kernels.normalization import BATCH_NORM_BACKWARD
from corne_torch.traced.nodes import call_before, value_of

aten = torch.ops.aten
Node = torch.fx.Node

#: Limits for expanding a convolution: products per result, and channels from which it pays.
_TAPS, _CHANNELS = 9, 8
#: The largest window whose maximum Inductor computes without a loop.
_UNROLLED = 8
#: Inductor's settings for that: by itself it would write a sum of several arrays to memory half-way.
_LONG_SUMS = {"realize_acc_reads_threshold": 64, "realize_opcount_threshold": 256}


def gain_by_layouts(graph: torch.fx.Graph) -> bool:
    """Return whether Inductor's choice of memory layouts makes a graph faster: training without batch normalization.

    It reads our images, whose last axis is the channels', as if that were their width, and turns them before and after
    what normalizes them: ResNet-20 takes a fifth longer with it than without.
    """
    backward, normalizes = aten.convolution_backward.default, BATCH_NORM_BACKWARD
    return bool(graph.find_nodes(op="call_function", target=backward)) and not graph.find_nodes(
        op="call_function", target=normalizes
    )


def fold_factors(graph: torch.fx.Graph) -> None:
    """Multiply a convolution's weights by a factor for each channel, not its result.

    In inference, batch normalization comes down to a factor and a bias.
    """
    for node in graph.find_nodes(op="call_function", target=aten.convolution.default):
        is_transposed, has_few_places = node.args[6], value_of(node.args[1]).numel() > value_of(node).numel()
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
    """Return whether an operation combines an image with one number for each index of an axis."""
    other, expected = _other(node, image), value_of(image)
    value = value_of(other)
    if value is None or other is image or node.kwargs or value.dtype is not expected.dtype:
        return False
    shape = (1,) * (expected.ndim - value.ndim) + tuple(value.shape)
    return bool(len(shape) == expected.ndim and shape[axis] == value.numel() == expected.shape[axis])


def _other(node: Node, image: Node) -> Any:
    left, right = node.args
    return right if left is image else left


def _fold(convolution: Node, steps: list[Node], product: Node) -> None:
    """Replace a product with the convolution before it, with the factor in weights and biases."""

    def call(operation: Any, *args: Any) -> Node:
        return call_before(product, operation, *args)

    last = steps[-1] if steps else convolution
    factor = call(aten.reshape.default, _other(product, last), [-1])

    def scaled(numbers: Any, shape: list[int]) -> Node:
        by = call(aten.mul.Tensor, call(aten.reshape.default, numbers, [-1]), factor)
        return call(aten.reshape.default, by, shape)

    x, weight, bias, *options = convolution.args
    weight = call(
        aten.mul.Tensor, weight, call(aten.reshape.default, factor, [-1] + [1] * (value_of(x).ndim - 1))
    )
    bias = None if bias is None else scaled(bias, [-1])
    node, before = call(aten.convolution.default, x, weight, bias, *options), convolution
    for step in steps:
        if step.target is aten.permute.default:
            node = call(aten.permute.default, node, step.args[1])
        else:
            biases = _other(step, before)
            node = call(aten.add.Tensor, node, scaled(biases, list(value_of(biases).shape)))
        before = step
    product.replace_all_uses_with(node)
    for old in (product, *reversed(steps), convolution):
        old.graph.erase_node(old)


def write_out(graph: torch.fx.Graph) -> dict[str, Any]:
    """Write convolutions of gray images that nothing but pooling reads as sums of products; return settings for that.

    Inductor then pools while it adds, and the images between the two, several times as large, are never in memory.
    """
    found = [
        node
        for node in graph.find_nodes(op="call_function", target=aten.convolution.default)
        if _has_few_taps(node) and _is_only_pooled(node)
    ]
    for node in found:
        node.replace_all_uses_with(_written_out(node))
        graph.erase_node(node)
    return _LONG_SUMS if found else {}


def _has_few_taps(convolution: Node) -> bool:
    weight, is_transposed, groups = value_of(convolution.args[1]), convolution.args[6], convolution.args[8]
    channels, *window = weight.shape
    is_plain = not is_transposed and groups == 1 and weight.dtype is torch.float32
    return bool(is_plain and math.prod(window) <= _TAPS and channels % _CHANNELS == 0)


def _is_only_pooled(node: Node) -> bool:
    """Return whether the result is used only by non-overlapping max-pooling."""
    while len(node.users) == 1:
        (user,) = node.users
        if user.target is aten.amax.default:
            return bool(value_of(node).numel() <= _UNROLLED * value_of(user).numel())
        is_view = user.target in (
            aten.permute.default,
            aten.view.default,
            aten.slice.Tensor,
            aten.alias.default,
        )
        if not is_view and torch.Tag.pointwise not in getattr(user.target, "tags", ()):
            return False
        if value_of(user).numel() > value_of(node).numel():
            return False
        node = user
    return False


def _written_out(convolution: Node) -> Node:
    """Insert a convolution's sum of products before it."""

    def call(operation: Any, *args: Any) -> Node:
        return call_before(convolution, operation, *args)

    args: Any = convolution.args
    x, weight, bias, *options = args
    places = value_of(convolution).shape[2:]
    ndim = len(places)
    stride, padding, dilation = (option * ndim if len(option) == 1 else option for option in options[:3])
    x = call(aten.permute.default, x, [0, *range(2, ndim + 2), 1])
    if any(padding):
        x = call(
            aten.constant_pad_nd.default,
            x,
            [0, 0, *(p for size in reversed(padding) for p in (size, size))],
            0.0,
        )
    total = bias
    for channel, *tap in itertools.product(*map(range, value_of(weight).shape[1:])):
        part = call(aten.slice.Tensor, x, ndim + 1, channel, channel + 1)
        for axis in range(ndim):
            start = tap[axis] * dilation[axis]
            end = start + (places[axis] - 1) * stride[axis] + 1
            part = call(aten.slice.Tensor, part, axis + 1, start, end, stride[axis])
        factor = weight
        for index in (channel, *tap):
            factor = call(aten.select.int, factor, 1, index)
        product = call(aten.mul.Tensor, part, factor)
        total = product if total is None else call(aten.add.Tensor, total, product)
    return call(aten.permute.default, total, [0, ndim + 1, *range(1, ndim + 1)])
