"""The backend "cuda"; most tests need a GPU."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from corne import backend as backends
from corne import errors, ops, random
from corne.backend import Backend, TensorSpec, choice
from corne.variable import Variable
from corne_cuda import spec


@pytest.fixture(autouse=True)
def fresh_probe() -> Iterator[None]:
    """Probe anew in each test."""
    spec.probe.cache_clear()
    yield
    spec.probe.cache_clear()


class Driver:
    """Stands in for NVIDIA's library."""

    def __init__(self, devices: int, failure: int = 0) -> None:
        self.devices, self.failure = devices, failure

    def cuInit(self, flags: int) -> int:
        return self.failure

    def cuDeviceGetCount(self, count: Any) -> int:
        ctypes.cast(count, ctypes.POINTER(ctypes.c_int))[0] = self.devices
        return 0


@pytest.mark.parametrize(
    ("installed", "visible", "driver", "reason"),
    [
        ("2.13.0", "0", Driver(1), None),
        ("2.13.0+cu130", "0,1", Driver(2), None),
        ("2.13.0+cpu", "0", Driver(1), "processors only"),
        ("2.13.0", "", Driver(1), "hides every GPU"),
        ("2.13.0", "-1", Driver(1), "hides every GPU"),
        ("2.13.0", "0", Driver(0), "finds no GPU"),
        ("2.13.0", "0", Driver(1, failure=100), "cuInit returned 100"),
        ("2.13.0", "0", None, "driver is installed"),
    ],
)
def test_probe(
    installed: str, visible: str, driver: Driver | None, reason: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load(name: str) -> Driver:
        if driver is None:
            raise OSError(name)
        return driver

    monkeypatch.setattr(spec, "version", lambda name: installed)
    monkeypatch.setattr(spec, "find_spec", lambda name: object())
    monkeypatch.setattr(spec.ctypes, "CDLL", load)
    monkeypatch.setattr(spec.ctypes, "byref", ctypes.pointer)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    found = spec.probe()
    assert found is None if reason is None else reason in str(found)


def test_it_is_registered() -> None:
    assert choice.specs()["cuda"] is spec.SPEC
    assert spec.SPEC.priority > choice.specs()["cpu"].priority


def test_without_a_gpu_the_engine_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch
    from corne_cuda.backend import CudaBackend

    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(errors.BackendError, match="a PyTorch that can use an NVIDIA GPU"):
        CudaBackend()


@pytest.fixture
def cuda() -> Iterator[Backend]:
    """Run a test on the GPU, or skip it."""
    reason = spec.probe()
    if reason is not None:
        pytest.skip(reason)
    with backends.use("cuda") as active:
        yield active


@pytest.mark.cuda
def test_arrays_are_made_on_the_gpu(cuda: Backend) -> None:
    frozen = np.arange(100000, dtype="float32")
    frozen.flags.writeable = False
    for value in (1.0, [1, 2], np.ones(3), frozen, np.float32(1)):
        assert str(cuda.asarray(value).device) == cuda.devices()[0]
    np.testing.assert_array_equal(cuda.to_numpy(cuda.asarray(frozen)), frozen)
    for made in (cuda.xp.zeros((2,)), cuda.xp.arange(3), ops.full((2,), 1.0), ops.one_hot([1], 3)):
        assert made.device.type == "cuda"
    assert cuda.random_normal((1, 0), (3,), "float32").device.type == "cuda"


@pytest.mark.cuda
def test_it_agrees_with_the_processor(cuda: Backend) -> None:
    x = np.random.default_rng(0).normal(size=(2, 8, 8, 3)).astype("float32")
    kernel = np.random.default_rng(1).normal(size=(3, 3, 3, 4)).astype("float32")
    results = []
    for name in ("cpu", "cuda"):
        with backends.use(name) as active:
            y = ops.softmax(ops.max_pool(ops.conv(x, kernel, padding="same"), 2))
            results.append(active.to_numpy(y))
    np.testing.assert_allclose(*results, rtol=1e-3, atol=1e-4)


@pytest.mark.cuda
def test_it_trains(cuda: Backend) -> None:
    weight = Variable(np.full((3, 1), 0.5, "float32"))
    (value, _), (gradient,) = cuda.value_and_grad(
        lambda: (ops.sum(ops.matmul(np.ones((2, 3), "float32"), weight)), None), [weight]
    )
    assert float(value) == 3.0
    assert cuda.to_numpy(gradient).tolist() == [[2], [2], [2]]


@pytest.mark.cuda
def test_keys_decide_draws(cuda: Backend) -> None:
    one, two = (random.dropout(np.ones(1000, "float32"), 0.5, seed=3) for _ in range(2))
    assert bool((one == two).all())


@pytest.mark.cuda
def test_shapes_are_inferred(cuda: Backend) -> None:
    assert cuda.infer_specs(lambda x: ops.relu(x) + ops.ones((3,)), TensorSpec((None, 3))).shape == (None, 3)


@pytest.mark.cuda
def test_facts_name_the_gpu(cuda: Backend) -> None:
    assert "GiB" in cuda.facts()["gpu"]
