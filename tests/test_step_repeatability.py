"""One seed gives one result, to the bit, on every workload of the benchmarks."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

import corne
import numpy as np
import pytest

pytest.importorskip("torch")
sys.path.insert(0, str(Path(__file__).parents[1]))

compiler = importlib.import_module("corne_torch.traced.compiler")
workloads = importlib.import_module("benchmarks.workloads")
TRAINED = {workload.name: workload for workload in workloads.TRAINED}


def train(name: str, jit_compile: bool) -> list[Any]:
    x, y = TRAINED[name].data()  # before the seed: importing what it needs may draw random numbers
    corne.utils.set_random_seed(7)
    model = TRAINED[name].build(corne, jit_compile=jit_compile)
    model.fit(x[:18], y[:18], batch_size=6, epochs=2, verbose=0)
    if jit_compile:
        assert model.explain_steps()["train"] == "compiled: as asked"
    return [v.numpy() for v in [*model.variables, *model.optimizer.variables]]


def check(name: str, jit_compile: bool) -> None:
    for one, two in zip(train(name, jit_compile), train(name, jit_compile), strict=True):
        np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize("name", TRAINED)
def test_eager_steps(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workloads.resnet, "BLOCKS", 1)
    check(name, False)


@pytest.mark.skipif(compiler.cpp_compiler() is None, reason="no C++ compiler")
@pytest.mark.parametrize("name", ["seed-mlp", "gru-dropout"])
def test_compiled_steps(name: str) -> None:
    check(name, True)
