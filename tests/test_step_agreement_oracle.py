"""Twenty steps of every workload of the benchmarks: compiled, eager and Keras's.

Rounding differs between them: sums are taken in another order. Adam divides a gradient by its size, so where a gradient is
itself no more than rounding, it moves the weight by up to the learning rate in a direction that nobody can foretell.
Therefore:

* In float64 compiled and eager steps agree a hundred thousand times closer than 1e-5, every weight. Were they
  different functions, no precision would bring them together.
* In float32, with plain gradient descent, they and Keras agree to 1e-5, every weight, but for the workloads below.
* In float32, with the workload's own optimizer, losses and predictions agree to 1e-5; where rounding grows by more than
  that, the bounds below say to what.

Keras has no float64 to compare with: on PyTorch it computes some of it in float32.
"""

from __future__ import annotations

import functools
import itertools
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import corne
import numpy as np
import pytest

os.environ.setdefault("KERAS_BACKEND", "torch")
keras = pytest.importorskip("keras")
pytest.importorskip("torch")
sys.path.insert(0, str(Path(__file__).parents[1]))

from corne_torch.traced.compiler import cpp_compiler  # noqa: E402

from benchmarks.workloads import TRAINED, resnet  # noqa: E402

pytestmark = [pytest.mark.oracle, pytest.mark.slow, pytest.mark.filterwarnings("ignore")]
needs_compiler = pytest.mark.skipif(cpp_compiler() is None, reason="no C++ compiler")

STEPS, BATCH, TOLERANCE = 20, 8, 1e-5
WORKLOADS = {workload.name: workload for workload in TRAINED}
#: Those in which rounding grows beyond 1e-5 within 20 steps.
SENSITIVE = {"resnet", "transformer"}


class Seeded:
    """The layers of Keras or Corne; random ones with seeds, for equal seeds give equal numbers in both."""

    def __init__(self, K: Any) -> None:
        self._layers, self._seeds = K.layers, itertools.count(1)

    def __getattr__(self, name: str) -> Any:
        made = getattr(self._layers, name)
        if name not in ("Dropout", "GRU"):
            return made
        return lambda *args, **kwargs: made(*args, seed=next(self._seeds), **kwargs)


class Trained(NamedTuple):
    """What twenty steps gave."""

    start: list[Any]
    losses: Any
    predictions: Any
    weights: dict[str, Any]


@pytest.fixture(autouse=True)
def _smaller_and_plain(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(resnet, "BLOCKS", 1)  # ResNet-8: what takes minutes to compile is more of the same
    yield
    corne.config.set_floatx("float32")


def run(
    K: Any, name: str, optimizer: str, start: list[Any] | None = None, dtype: str = "float32", **options: Any
) -> Trained:
    workload = WORKLOADS[name]
    if K is corne:
        corne.config.set_floatx(dtype)
    K.utils.set_random_seed(0)
    library = SimpleNamespace(
        layers=Seeded(K), Sequential=K.Sequential, Model=K.Model, optimizers=K.optimizers
    )
    model = workload.build(library, **options)
    if optimizer == "sgd":
        model.compile(K.optimizers.SGD(0.01), model.loss, metrics=["accuracy"], **options)
    if start is None:
        start = [w.astype("float32") for w in model.get_weights()]
    model.set_weights(start)
    x, y = workload.data()
    order = np.arange(STEPS * BATCH) % len(x)
    x, y = x[order], y[order]
    if x.dtype == "float32":
        x = x.astype(dtype)
    losses = [model.train_on_batch(x[i : i + BATCH], y[i : i + BATCH])[0] for i in range(0, len(x), BATCH)]
    if options.get("jit_compile"):
        assert model.explain_steps()["train"] == "compiled: as asked"
    model.jit_compile = False  # prediction by one and the same way
    predictions = model.predict(x[: 4 * BATCH], batch_size=BATCH, verbose=0)
    names = [f"{i} {v.path}" for i, v in enumerate(model.weights)]
    weights = dict(zip(names, [np.asarray(w) for w in model.get_weights()], strict=True))
    return Trained(start, np.array(losses, "float64"), np.asarray(predictions), weights)


@functools.cache
def eager(name: str, optimizer: str, dtype: str = "float32") -> Trained:
    start = None if dtype == "float32" else eager(name, optimizer).start
    return run(corne, name, optimizer, start, dtype, jit_compile=False)


def distance(one: Any, two: Any) -> float:
    return float(np.abs(np.asarray(one, "float64") - np.asarray(two, "float64")).max())


def assert_weights_agree(one: Trained, two: Trained, tolerance: float) -> None:
    for (name, a), b in zip(one.weights.items(), two.weights.values(), strict=True):
        assert distance(a, b) <= tolerance, name


def tolerance(name: str, what: str) -> float:
    """Return 1e-5, or for workloads in which rounding grows what it grows to."""
    if name == "transformer":
        # Measured, not derived: compiled and eager losses agree to 1e-6 for nine steps and are 2e-5 apart after
        # twenty (1e-13 in float64); Keras's are 4e-5 from either.
        return 2e-4
    if name not in SENSITIVE:
        return TOLERANCE
    exact, rounded = eager(name, "own", "float64"), eager(name, "own")
    # Two roundings are up to twice as far apart as one is from the truth; as much again for luck.
    return max(TOLERANCE, 4 * distance(getattr(exact, what), getattr(rounded, what)))


def assert_agree(name: str, one: Trained, two: Trained) -> None:
    assert distance(one.losses, two.losses) <= tolerance(name, "losses")
    assert distance(one.predictions, two.predictions) <= tolerance(name, "predictions")
    if name not in SENSITIVE:
        assert_weights_agree(one, two, 2 * TOLERANCE)


@needs_compiler
@pytest.mark.parametrize("name", WORKLOADS)
def test_compiled_steps_are_the_eager_ones_in_double_precision(name: str) -> None:
    exact = eager(name, "own", "float64")
    compiled = run(corne, name, "own", exact.start, "float64", jit_compile=True)
    # ResNet's differences grow in float64 as they do in float32, from 1e-16.
    assert_weights_agree(compiled, exact, 1e-6 if name == "resnet" else 1e-10)
    assert distance(compiled.losses, exact.losses) <= 1e-6  # metrics are float32


@needs_compiler
@pytest.mark.parametrize("name", WORKLOADS)
def test_compiled_and_eager(name: str) -> None:
    reference = eager(name, "own")
    compiled = run(corne, name, "own", reference.start, jit_compile=True)
    assert_agree(name, compiled, reference)


@pytest.mark.parametrize("name", WORKLOADS)
def test_eager_and_keras(name: str) -> None:
    reference = eager(name, "own")
    theirs = run(keras, name, "own", reference.start, jit_compile=False)
    assert_agree(name, theirs, reference)


@pytest.mark.parametrize("name", WORKLOADS)
def test_gradient_descent_as_in_keras(name: str) -> None:
    reference = eager(name, "sgd")
    theirs = run(keras, name, "sgd", reference.start, jit_compile=False)
    exact = eager(name, "sgd", "float64")
    for (path, a), b, c in zip(
        theirs.weights.items(), reference.weights.values(), exact.weights.values(), strict=True
    ):
        bound = max(TOLERANCE, 4 * distance(b, c)) if name in SENSITIVE else TOLERANCE
        assert distance(a, b) <= bound, path
