"""What is left after many fits: nothing but the model."""

from __future__ import annotations

import collections
import gc
import linecache
import math
import os
import platform
import subprocess
import sys
import weakref
from typing import Any

import corne
import numpy as np
import pytest
import torch
from corne import layers
from corne.optimizer import Optimizer
from corne.random import set_random_seed
from corne_torch import memory
from corne_torch.traced import compiler
from corne_torch.traced import step as traced
from corne_torch.traced.cost_model import CostModel
from torch._subclasses.fake_tensor import FakeTensor, FakeTensorMode

rng = np.random.default_rng(0)
X = rng.normal(size=(22, 8)).astype("float32")
Y = rng.integers(0, 3, 22)
#: Kinds that hold arrays, graphs or compiled code, or that hold those that do.
KINDS = (
    torch.Tensor, FakeTensor, FakeTensorMode, torch.fx.GraphModule, torch.fx.Graph, torch.autograd.graph.Node,
    corne.Variable, corne.Layer, Optimizer, corne.Metric,
)  # fmt: skip


#: Uses after which batches of all sizes have come as often as recording them needs.
_SETTLED = 3


def make(jit_compile: bool) -> corne.Model:
    set_random_seed(0)
    model = corne.Sequential([
        layers.Input((8,)), layers.Dense(6, activation="relu", kernel_regularizer="l2"), layers.BatchNormalization(),
        layers.Dropout(0.2), layers.Dense(3, activation="softmax"),
    ])  # fmt: skip
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"], jit_compile=jit_compile)
    return model


def use(model: corne.Model) -> None:
    model.fit(X, Y, batch_size=8, epochs=2, verbose=0, validation_data=(X, Y))
    model.evaluate(X, Y, verbose=0)
    model.predict(X, verbose=0)


def living() -> dict[str, int]:
    gc.collect()
    found: collections.Counter[str] = collections.Counter()
    for item in gc.get_objects():
        kind: type[Any] = type(item)  # isinstance would call properties of lazy objects
        if issubclass(kind, KINDS):
            found[kind.__name__] += 1
    found["texts of graphs"] = sum(name.startswith("<eval_with_key>") for name in linecache.cache)
    return dict(found)


def check(jit_compile: bool, fits: int) -> None:
    model = make(jit_compile)
    for _ in range(_SETTLED):
        use(model)
    before = living()
    for _ in range(fits):
        use(model)
    assert living() == before  # one model, many fits

    ended = weakref.ref(model)
    del model
    gc.collect()
    assert ended() is None
    models = []
    for _ in range(fits):
        model = make(jit_compile)
        use(model)
        models.append(weakref.ref(model))
        del model
    gc.collect()
    assert [ref() for ref in models] == [None] * fits
    model = make(jit_compile)
    for _ in range(_SETTLED):
        use(model)
    assert living() == before  # many models


@pytest.mark.parametrize(
    ("jit_compile", "calls"),
    [(False, math.inf), (False, 1.0), (True, 0.0)],
    ids=["eager", "replayed", "recorded"],
)
def test_fits_leave_nothing(jit_compile: bool, calls: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CostModel, "calls_to_record", lambda self: calls)
    monkeypatch.setattr(traced, "compile_graph", lambda recording, _: lambda inputs: recording.graph(*inputs))
    check(jit_compile, 10)


@pytest.mark.skipif(compiler.cpp_compiler() is None, reason="no C++ compiler")
def test_compiled_fits_leave_nothing() -> None:
    check(True, 3)


_FAULTS = """
import resource
import torch
from corne import backend

backend.active()
faults = []
for _ in range(5):  # ten arrays of 4 MB, 1,024 pages each, together more than twice the largest
    arrays = [torch.ones(1 << 20) for _ in range(10)]
    del arrays
    faults.append(resource.getrusage(resource.RUSAGE_SELF).ru_minflt)
print(faults[-1] - faults[-2])
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library")
@pytest.mark.parametrize(
    ("environment", "is_kept"), [({}, True), ({"MALLOC_TRIM_THRESHOLD_": "1000000"}, False)]
)
def test_freed_memory_is_kept(environment: dict[str, str], is_kept: bool) -> None:
    others = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("MALLOC_", "GLIBC_", "CORNE_KEEP"))
    }
    done = subprocess.run(
        [sys.executable, "-c", _FAULTS],
        env={**others, "CORNE_BACKEND": "cpu", **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    assert (int(done.stdout) < 1000) is is_kept


@pytest.mark.parametrize(
    ("name", "value"), [("CORNE_KEEP_MEMORY", "0"), ("GLIBC_TUNABLES", "glibc.malloc.check=0")]
)
def test_the_allocator_is_left_alone_if_asked(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    monkeypatch.setattr(memory.ctypes, "CDLL", lambda *_: pytest.fail("the C library was asked for"))
    memory.keep_freed_memory.__wrapped__()
