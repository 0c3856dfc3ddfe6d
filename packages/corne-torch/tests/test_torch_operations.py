"""Operations of Corne's own, as graphs hold them and as replays call them."""

from __future__ import annotations

import pytest
import torch
from corne_torch.operations import FUNCTIONS, define
from corne_torch.traced.eager_recorder import replay
from corne_torch.traced.step_graph import StepGraph
from torch.fx.experimental.proxy_tensor import make_fx


def _tripled(x, by=3.0):
    return x * by


TRIPLED = define("tripled_in_a_test(Tensor x, float by=3.0) -> Tensor", _tripled)
HALVED = define(
    "halved_in_a_test(Tensor x) -> Tensor", lambda x: (x / 2).clone(), lambda x: torch.empty_like(x)
)


@pytest.mark.parametrize(("operation", "factor"), [(TRIPLED, 3.0), (HALVED, 0.5)])
def test_an_operation_is_one_node_of_a_graph_and_has_specs(operation, factor):
    x = torch.randn(4, 5)
    assert torch.equal(operation(x), x * factor)
    assert operation(x.to("meta")).shape == (4, 5)
    graph = make_fx(lambda x: operation(x) + 1, tracing_mode="fake")(x)
    assert [node.target for node in graph.graph.nodes if node.op == "call_function"] == [
        operation, torch.ops.aten.add.Tensor,
    ]  # fmt: skip
    assert torch.equal(graph(x), x * factor + 1)


def test_a_replay_calls_functions_directly_and_gives_the_same():
    x = torch.randn(4, 5)

    def function(x):
        whole = torch.ops.aten._to_copy.default(TRIPLED(x, 2.0), dtype=torch.int32)
        same = torch.ops.aten._to_copy.default(x, dtype=torch.float32)
        moved = torch.ops.aten._to_copy.default(HALVED(x), dtype=torch.float64, device=torch.device("cpu"))
        return [whole, same, moved]

    graph = make_fx(function)(x)
    before = graph(x)
    after = replay(StepGraph(graph, [], [], [], [], [], lambda results: results))([x])
    assert {node.target for node in graph.graph.nodes} >= {
        FUNCTIONS[TRIPLED],
        FUNCTIONS[HALVED],
        torch.Tensor.to,
    }
    assert all(torch.equal(a, b) and a.dtype is b.dtype for a, b in zip(before, after, strict=True))
    assert after[1] is not x  # a copy, though nothing is converted
