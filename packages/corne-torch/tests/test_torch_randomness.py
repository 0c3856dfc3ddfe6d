"""Draws are functions of their keys."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from corne import random
from corne_torch.backend import TorchBackend
from corne_torch.native import random as native
from corne_torch.randomness import KINDS, draw
from torch.fx.experimental.proxy_tensor import make_fx

CPU = torch.device("cpu")
ARGUMENTS = {
    "gamma": (torch.full((4, 5), 2.0),),
    "beta": (torch.full((4, 5), 2.0), torch.full((4, 5), 3.0)),
    "binomial": (torch.full((4, 5), 9.0), torch.full((4, 5), 0.3)),
    "categorical": (torch.full((4, 3), 1 / 3),),
}
NUMBERS = {"randint": (2, 9), "bernoulli": (0.5,)}


def sample(kind: str, key: tuple, arguments: tuple[torch.Tensor, ...] | None = None) -> torch.Tensor:
    arguments = ARGUMENTS.get(kind, ()) if arguments is None else arguments
    return draw(kind, key, (4, 5), torch.float32, CPU, arguments, NUMBERS.get(kind, ()))


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_equal_keys_equal_draws(kind: str) -> None:
    state = torch.get_rng_state()
    assert sample(kind, (1, 2)).equal(sample(kind, (1, 2)))
    assert not sample(kind, (1, 2)).equal(sample(kind, (1, 3)))
    assert torch.get_rng_state().equal(state)  # PyTorch's own generator is left alone


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_recorded_draws_read_their_key(kind: str) -> None:
    def fn(key: torch.Tensor, *arguments: torch.Tensor) -> torch.Tensor:
        return sample(kind, (key[0], key[1]), arguments)

    arguments = ARGUMENTS.get(kind, ())
    graph = make_fx(fn, tracing_mode="fake")(torch.tensor([1, 2]), *arguments)
    for counter in (2, 3):
        assert graph(torch.tensor([1, counter]), *arguments).equal(sample(kind, (1, counter)))


def test_moments(engine: TorchBackend) -> None:
    # 10,000 draws: the mean of a distribution with deviation s strays by s / 100, so 0.05 is five of those.
    assert float(engine.random_uniform((1, 0), (10000,), "float32").mean()) == pytest.approx(0.5, abs=0.02)
    normal = engine.random_normal((1, 0), (10000,), "float64")
    assert (float(normal.mean()), float(normal.std())) == (
        pytest.approx(0, abs=0.05),
        pytest.approx(1, abs=0.05),
    )
    truncated = random.truncated_normal((10000,), seed=1)
    # The variance of a normal distribution cut at 2 is 1 - 2 * 2 * phi(2) / 0.9545 = 0.7737.
    assert float(truncated.std()) == pytest.approx(0.7737**0.5, abs=0.03)
    assert float(truncated.abs().max()) < 2
    assert random.gamma((10000,), 3.0, seed=1).mean().item() == pytest.approx(3, abs=0.1)
    assert random.beta((10000,), 2.0, 3.0, seed=1).mean().item() == pytest.approx(0.4, abs=0.02)
    assert random.binomial((10000,), 10, 0.3, seed=1).mean().item() == pytest.approx(3, abs=0.1)


def test_dropout(engine: TorchBackend) -> None:
    x = torch.ones(1000, 3, requires_grad=True)
    dropped = random.dropout(x, 0.25, seed=3)
    assert dropped.unique().tolist() == [0.0, pytest.approx(1 / 0.75)]
    (gradient,) = torch.autograd.grad(dropped.sum(), x)
    assert gradient.equal(dropped)
    shared = random.dropout(x, 0.5, noise_shape=(None, 1), seed=3)
    assert (shared[:, :1] == shared).all()
    assert not random.dropout(x, 1.0, seed=3).any()
    assert random.dropout(x, 0.0, seed=3) is x
    assert random.dropout(x.to(torch.float16), 0.5, seed=3).dtype == torch.float16


def test_shuffle_keeps_rows(engine: TorchBackend) -> None:
    x = torch.arange(20).reshape(10, 2)
    shuffled = random.shuffle(x, seed=1)
    assert not shuffled.equal(x)
    assert shuffled[shuffled[:, 0].argsort()].equal(x)


def test_threads_do_not_disturb_each_other(engine: TorchBackend) -> None:
    def many(seed: int) -> list[float]:
        return [float(engine.random_normal((seed, i), (50,), "float32").sum()) for i in range(50)]

    alone = [many(seed) for seed in range(4)]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(many, range(4))) == alone


def test_dtypes(engine: TorchBackend) -> None:
    for dtype in ("float16", "bfloat16", "float32", "float64"):
        assert engine.dtype_name(engine.random_normal((1, 0), (3,), dtype)) == dtype
        assert engine.dtype_name(engine.random_uniform((1, 0), (3,), dtype)) == dtype
    assert np.array_equal(random.randint((9,), 3, 4, seed=1), np.full(9, 3))


@pytest.mark.parametrize("shape", [(2048,), (3, 683), (5, 624), (2, 4, 911), (65536,)])
@pytest.mark.parametrize("seed", [0, 1, 2**31, 2**32 - 1])
def test_native_numbers_are_pytorchs(shape: tuple[int, ...], seed: int) -> None:
    if native.library() is None:
        pytest.skip("no C compiler")
    expected = torch.rand(shape, generator=torch.Generator().manual_seed(seed))
    assert native.runs(shape, torch.float32, CPU)
    assert torch.equal(native.rand(seed, shape), expected)


def test_without_a_compiler_pytorch_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORNE_NATIVE", "0")
    native.library.cache_clear()
    try:
        drawn = draw("uniform", (1, 2), (5000,), torch.float32, CPU)
    finally:
        native.library.cache_clear()
    assert torch.equal(drawn, torch.rand(5000, generator=torch.Generator().manual_seed(3)))
