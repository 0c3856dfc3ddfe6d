"""Graphs that are rewritten for the compiler do what they did."""

from __future__ import annotations

import pytest
import torch
from corne_torch.traced.rewrites import rewrite
from torch.fx.experimental.proxy_tensor import make_fx

aten, corne = torch.ops.aten, torch.ops.corne


def _rewritten(function, *arrays):
    """Return what the function returns, what its rewritten graph returns, and what that calls."""
    graph = make_fx(function, tracing_mode="fake")(*arrays)
    before = graph(*arrays)
    rewrite(graph.graph)
    graph.graph.lint()
    graph.recompile()
    return before, graph(*arrays), [node.target for node in graph.graph.nodes]


@pytest.mark.parametrize("keepdim", [True, False])
@pytest.mark.parametrize("axes", [[0, 1], [-2, 0]])
def test_sums_of_large_arrays_are_called(axes, keepdim):
    x = torch.randn(64, 128, 5)
    _, _, calls = _rewritten(lambda x: ((x * 2).sum(axes, keepdim), x * 2 + 1, (x * 2).mean()), x)
    assert corne.column_sums.default not in calls  # three products, each with one user

    def shared(x):
        y = x * 2
        return y.sum(axes, keepdim), y + 1

    before, after, calls = _rewritten(shared, x)
    assert corne.column_sums.default in calls
    assert aten.sum.dim_IntList not in calls
    assert torch.equal(before[0], after[0])


@pytest.mark.parametrize(
    ("shape", "axes", "dtype"),
    [((64, 128, 5), [1], None), ((64, 128, 5), [1, 2], None), ((64, 128, 5), None, None), ((8, 8, 5), [0, 1], None), ((64, 128, 5), [0, 1], torch.float64)],
)  # fmt: skip
def test_other_sums_stay(shape, axes, dtype):
    before, after, calls = _rewritten(lambda x: (x.sum(axes, dtype=dtype), x + 1), torch.randn(shape))
    assert corne.column_sums.default not in calls
    assert torch.equal(before[0], after[0])


@pytest.mark.parametrize(
    ("rows", "inner", "columns", "turns"),
    [
        (128, 512, 10, True),
        (512, 128, 1, True),
        (128, 64, 64, False),
        (16, 512, 10, False),
        (512, 16, 10, False),
    ],
)
def test_narrow_products_are_turned(rows, inner, columns, turns):
    x, w = torch.randn(rows, inner, dtype=torch.float64), torch.randn(inner, columns, dtype=torch.float64)
    before, after, calls = _rewritten(lambda x, w: torch.relu(x @ w), x, w)
    assert (aten.permute.default in calls) is turns
    torch.testing.assert_close(after, before, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("bias", [(7,), (5, 7)])
def test_biases_are_separate_and_their_sums_the_same_numbers(bias):
    x, w, b = torch.randn(5, 3), torch.randn(3, 7), torch.randn(bias)
    before, after, calls = _rewritten(lambda x, w, b: torch.relu(x @ w + b * 2), x, w, b)
    assert aten.sub.Tensor in calls
    assert aten.add.Tensor not in calls
    assert torch.equal(before, after)


@pytest.mark.parametrize(
    "bias", [torch.tensor([3, 200, 7], dtype=torch.uint8), torch.tensor([True, False, True])]
)
def test_what_has_no_opposite_is_added_as_it_was(bias):
    before, after, calls = _rewritten(lambda x, w, b: x @ w + b, torch.randn(5, 4), torch.randn(4, 3), bias)
    assert aten.add.Tensor in calls
    assert torch.equal(before, after)


def test_what_pooling_holds_is_held():
    x = torch.randn(5)
    before, after, calls = _rewritten(lambda x: corne.hold(x + 1) * 2, x)
    assert torch.ops._inductor_test.realize.default in calls
    assert corne.hold.default not in calls
    assert torch.equal(before, after)


def test_numbers_are_held_for_arrays_only():
    x, rate = torch.randn(5), torch.tensor(0.5)
    before, after, calls = _rewritten(lambda x, rate: x * (1 - rate * rate), x, rate)
    assert calls.count(torch.ops._inductor_test.realize.default) == 1
    assert torch.equal(before, after)
