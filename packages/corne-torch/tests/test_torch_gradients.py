"""Gradients, also where variables have their values in a scope and where a graph is recorded."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from corne import ops
from corne.random import SeedGenerator
from corne.random import dropout as drop
from corne.variable import StatelessScope, Variable
from corne_torch.backend import TorchBackend
from torch.fx.experimental.proxy_tensor import make_fx


def test_value_and_gradients(engine: TorchBackend) -> None:
    # d/dw of w**2 * 3 at 2 is 12; nothing depends on the other weight.
    weight, unused = Variable(np.float32(2)), Variable(np.float32(1))
    (value, aux), gradients = engine.value_and_grad(
        lambda: (weight.value**2 * 3, {"w": weight.value, "n": 7}), [weight, unused]
    )
    assert (value.item(), gradients[0].item(), gradients[1]) == (12, 12, None)
    assert not value.requires_grad
    assert not aux["w"].requires_grad
    assert aux["n"] == 7


def test_a_value_that_depends_on_nothing(engine: TorchBackend) -> None:
    weight = Variable(np.float32(2))
    (value, _), gradients = engine.value_and_grad(lambda: (torch.tensor(3.0), None), [weight])
    assert (value.item(), gradients) == (3, [None])


def test_a_weight_unfrozen_later(engine: TorchBackend) -> None:
    weight = Variable(np.float32(2), trainable=False)
    assert engine.value_and_grad(lambda: (weight.value * 5, None), [weight])[1] == [5]


def test_values_in_a_scope(engine: TorchBackend) -> None:
    weight, total = Variable(np.float32(2)), Variable(np.float32(0), trainable=False)
    inside = torch.tensor(3.0)

    def loss() -> tuple[Any, Any]:
        total.assign_add(weight.value)
        return weight.value**2, None

    with StatelessScope([(weight, inside)]) as scope:
        (value, _), (gradient,) = engine.value_and_grad(loss, [weight])
        assert scope.get(weight) is inside
        assert scope.get(total).item() == 3
    assert (value.item(), gradient.item()) == (9, 6)
    assert (weight.numpy(), total.numpy()) == (2, 0)


def test_a_whole_step_becomes_a_graph(engine: TorchBackend) -> None:
    """Forward, backward, update, statistics and random draws, from state to new state."""
    weight = Variable(np.ones((3, 1), "float32"))
    total = Variable(np.float32(0), trainable=False)
    seeds = SeedGenerator(7)

    def step(values: list[torch.Tensor], x: torch.Tensor) -> list[torch.Tensor]:
        with StatelessScope(list(zip((weight, total, seeds.state), values, strict=True))) as scope:

            def loss() -> tuple[Any, Any]:
                y = ops.matmul(drop(ops.relu(x), 0.5, seed=seeds), weight)
                return ops.mean(ops.square(y)), None

            (value, _), (gradient,) = engine.value_and_grad(loss, [weight])
            total.assign_add(value)
            weight.assign_sub(0.1 * gradient)
            return [scope.get(v) for v in (weight, total, seeds.state)]

    x = torch.randn(4, 3)
    start = [weight.value.detach().clone(), total.value.clone(), torch.tensor([7, 0])]
    graph = make_fx(step, tracing_mode="fake")(start, x)
    one, two = start, start
    for _ in range(3):
        one, two = graph(one, x), step(two, x)
        for a, b in zip(one, two, strict=True):
            torch.testing.assert_close(a, b)
    assert one[2].tolist() == [7, 3]  # the counter goes on: each run draws anew
    assert sum("corne.draw" in str(node.target) for node in graph.graph.nodes) == 1


def test_stop_gradient(engine: TorchBackend) -> None:
    weight = Variable(np.float32(2))
    value = engine.value_and_grad(lambda: (weight.value * engine.stop_gradient(weight.value), None), [weight])
    assert value[1] == [2]


def test_custom_gradient(engine: TorchBackend) -> None:
    weight = Variable(np.float32(2))

    @engine.custom_gradient
    def thrice(x: Any, y: Any) -> Any:
        return x * y, lambda upstream: (upstream * 3, None)

    (value, _), gradients = engine.value_and_grad(lambda: (thrice(weight, torch.tensor(5.0)), None), [weight])
    assert (value.item(), gradients) == (10, [3])


@pytest.mark.parametrize("scoped", [False, True])
def test_checkpoint_recomputes_the_same(engine: TorchBackend, scoped: bool) -> None:
    weight, count = Variable(np.ones((64,), "float32")), Variable(np.float32(0), trainable=False)
    seeds, runs = SeedGenerator(3), []

    def layer(x: Any) -> Any:
        runs.append(1)
        count.assign_add(1.0)
        return ops.square(drop(x * weight.value, 0.5, seed=seeds)) * count.value

    def gradient(fn: Any) -> Any:
        count.assign(0.0)
        seeds.state.assign([3, 0])
        return engine.value_and_grad(lambda: (ops.sum(fn(torch.arange(64.0))), None), [weight])[1][0]

    if scoped:
        with StatelessScope([(weight, torch.ones(64))]):
            plain, again = gradient(layer), gradient(engine.checkpoint(layer))
            assert count.value.item() == 1
    else:
        plain, again = gradient(layer), gradient(engine.checkpoint(layer))
        assert (count.numpy(), seeds.state.numpy()[1]) == (1, 1)
    assert len(runs) == 3
    torch.testing.assert_close(plain, again)


def test_inference_keeps_no_tape_and_gives_ordinary_arrays(engine: TorchBackend) -> None:
    weight = Variable(np.float32(2))
    result = engine.step(lambda x: weight.value * x, [weight], training=False, jit_compile=False)(
        torch.ones(2)
    )
    assert not result.requires_grad
    assert not result.is_inference()  # it may take part in a gradient later
    trained = engine.step(lambda x: weight.value * x, [weight], training=True, jit_compile=False)(
        torch.ones(2)
    )
    assert trained.requires_grad
