"""Updates of all weights at once give what one update after another gives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from corne import backend as backends
from corne.variable import Variable
from corne_torch.backend import TorchBackend
from corne_torch.kernels import optimizers as kernels

optimizers = pytest.importorskip("corne_optimizers")

from corne import optimizers as namespace  # noqa: E402


class Kernels(TorchBackend):
    name = "kernels"

    def devices(self) -> list[str]:
        return ["cpu"]


class Defaults(Kernels):
    name = "defaults"
    kernels: dict[str, Any] = {}


SHAPES = ((3, 4), (4,), (2, 2, 3), ())
CASES: list[tuple[str, dict[str, Any]]] = [
    ("SGD", {}),
    ("SGD", {"momentum": 0.9}),
    ("SGD", {"momentum": 0.9, "nesterov": True, "clipvalue": 0.5}),
    ("Adam", {}),
    ("Adam", {"amsgrad": True, "clipnorm": 0.7}),
    ("Adam", {"beta_1": 0.0, "global_clipnorm": 0.7, "epsilon": 1e-3}),
    ("Adam", {"use_ema": True, "ema_momentum": 0.8, "weight_decay": 0.01}),
    ("AdamW", {}),
    ("RMSprop", {}),
    ("RMSprop", {"momentum": 0.9, "centered": True}),
]


def train(backend: TorchBackend, name: str, arguments: dict[str, Any]) -> list[np.ndarray]:
    random = np.random.default_rng(1)
    with backends.use(backend):
        weights = [Variable(random.normal(size=shape).astype("float32")) for shape in SHAPES]
        optimizer = getattr(namespace, name)(learning_rate=0.05, **arguments)
        for _ in range(5):
            gradients = [torch.from_numpy(np.array(random.normal(size=s), "float32")) for s in SHAPES]
            gradients[2] = (
                gradients[2].movedim(0, -1).contiguous().movedim(-1, 0)
            )  # as convolutions give them
            optimizer.apply(gradients, weights)
        return [v.numpy() for v in (*weights, *optimizer.variables)]


@pytest.mark.parametrize(("name", "arguments"), CASES, ids=str)
@pytest.mark.parametrize("at_hand", [True, False], ids=["fused", "foreach"])
def test_all_at_once(
    name: str, arguments: dict[str, Any], at_hand: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = train(Defaults("cpu"), name, arguments)
    monkeypatch.setattr(kernels, "_is_at_hand", lambda variables: at_hand)
    result = train(Kernels("cpu"), name, arguments)
    for one, two in zip(result, expected, strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-5, atol=1e-6)


def test_adam_by_hand() -> None:
    # The first step of Adam is learning_rate * g / (|g| + epsilon / sqrt(1 - beta_2)): 0.1 * 2 / 2 = 0.1.
    weight, moment, velocity = torch.tensor([1.0]), torch.zeros(1), torch.zeros(1)
    kernels.adam_update(
        [weight], [torch.tensor([2.0])], torch.tensor(0.1), step=torch.tensor(1), momentums=[moment],
        velocities=[velocity], velocity_hats=None, beta_1=0.9, beta_2=0.999, epsilon=1e-7,
    )  # fmt: skip
    assert weight.item() == pytest.approx(0.9, abs=1e-5)
    assert (moment.item(), velocity.item()) == (pytest.approx(0.2), pytest.approx(0.004))


def test_a_norm_that_is_not_finite_shows() -> None:
    clipped = kernels.clip_by_global_norm([torch.tensor([1.0, float("inf")]), torch.ones(2)], 1.0)
    assert all(torch.isnan(g).all() for g in clipped)


@pytest.mark.parametrize("at_hand", [True, False])
@pytest.mark.parametrize("gradient", [1.0, float("inf")])
def test_updates_that_depend_on_a_value(monkeypatch, at_hand, gradient):
    monkeypatch.setattr(kernels, "_is_at_hand", lambda arrays: at_hand)
    with backends.use(Kernels("cpu")):
        weight = Variable(np.array([1.0, 2.0], "float32"))
        inner = namespace.Adam(0.1, gradient_accumulation_steps=2, use_ema=True)
        optimizer = namespace.LossScaleOptimizer(inner, initial_scale=4.0)
        for value in (1.0, gradient, 1.0):
            optimizer.apply([torch.full((2,), value)], [weight])
        # a gradient that is not finite does not count; the second one that does makes an update
        assert int(inner._iterations) == (3 if gradient == 1.0 else 2)
        np.testing.assert_allclose(weight.numpy(), [0.9, 1.9], rtol=1e-5)
        assert weight.value.requires_grad
        assert float(optimizer.dynamic_scale) == (4.0 if gradient == 1.0 else 2.0)
