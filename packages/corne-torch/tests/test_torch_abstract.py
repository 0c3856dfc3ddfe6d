"""Shapes and dtypes without arrays."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
import torch
from corne import ops, random
from corne.backend import TensorSpec
from corne.variable import Variable
from corne_torch.backend import TorchBackend


def test_unknown_sizes_stay_unknown(engine: TorchBackend) -> None:
    weight = Variable(np.ones((3, 5), "float32"))

    def fn(x: Any, scale: float) -> Any:
        y = ops.matmul(x, weight) * scale
        return {
            "y": y,
            "flat": ops.reshape(y, (-1,)),
            "sum": ops.sum(y),
            "top": ops.argmax(y, axis=-1),
            "n": 1,
        }

    assert engine.infer_specs(fn, TensorSpec((None, 3)), scale=2.0) == {
        "y": TensorSpec((None, 5)),
        "flat": TensorSpec((None,)),
        "sum": TensorSpec(()),
        "top": TensorSpec((None,), "int32"),
        "n": 1,
    }
    assert engine.infer_specs(fn, TensorSpec((4, 3)), 2.0)["flat"] == TensorSpec((20,))


def test_large_windows_and_divisors_are_tried(engine: TorchBackend) -> None:
    assert engine.infer_specs(lambda x: x[:, 100:], TensorSpec((2, None))).shape == (2, None)
    assert engine.infer_specs(lambda x: ops.reshape(x, (-1, 7)), TensorSpec((None,))).shape == (None, 7)
    assert engine.infer_specs(
        lambda x: ops.max_pool(x, 50, padding="valid"), TensorSpec((None, None, 3))
    ).shape == (None, None, 3)


def test_nothing_happens_to_state(engine: TorchBackend) -> None:
    count, seeds = Variable(np.float32(0), trainable=False), random.SeedGenerator(1)

    def fn(x: Any) -> Any:
        count.assign_add(1.0)
        noise = random.normal(ops.shape(x), seed=seeds) + random.uniform((), seed=seeds)
        return random.dropout(x + noise, 0.5, seed=seeds) * count.value

    assert engine.infer_specs(fn, TensorSpec((None, 3))) == TensorSpec((None, 3))
    assert count.numpy() == 0
    assert seeds.next() == (1, 0)


def test_variables_made_inside_are_real(engine: TorchBackend) -> None:
    made: list[Variable] = []

    def fn(x: Any) -> Any:
        if not made:
            made.append(
                Variable(lambda shape, dtype: random.normal(shape, dtype=dtype, seed=1), (x.shape[-1], 2))
            )
        return ops.matmul(x, made[0])

    assert engine.infer_specs(fn, TensorSpec((None, 3))).shape == (None, 2)
    assert np.isfinite(made[0].numpy()).all()
    assert made[0].numpy().any()


def test_constants_keep_their_values(engine: TorchBackend) -> None:
    def fn(x: Any) -> Any:
        place = ops.convert_to_tensor([1, 2]) + 1
        return (
            x[:, : int(place[0])],
            x + torch.zeros(3, device="cpu"),
            x.to("cpu") * torch.ones(1000)[0],
            x.cpu(),
        )

    shapes = [spec.shape for spec in engine.infer_specs(fn, TensorSpec((None, 3)))]
    assert shapes == [(None, 2), (None, 3), (None, 3), (None, 3)]


def test_what_depends_on_values_says_so(engine: TorchBackend) -> None:
    with pytest.raises(RuntimeError, match="meta"):
        engine.infer_specs(lambda x: float(ops.sum(x)), TensorSpec((2,)))


def test_no_mode_is_left_behind(engine: TorchBackend) -> None:
    def fn(x: Any) -> Any:
        raise KeyError("inside")

    with pytest.raises(KeyError):
        engine.infer_specs(fn, TensorSpec((2,)))
    assert torch.zeros(2).device.type == "cpu"


def test_other_threads_go_on_computing(engine: TorchBackend) -> None:
    def fn(x: Any) -> Any:
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(lambda: float(torch.ones(3).sum())).result() == 3
        return x

    assert engine.infer_specs(fn, TensorSpec((None, 3))) == TensorSpec((None, 3))
