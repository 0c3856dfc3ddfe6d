"""Equal seeds give Keras's numbers."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import pytest

os.environ.setdefault("KERAS_BACKEND", "torch")

from corne import random
from corne_torch.backend import TorchBackend

# NumPy 2 tells Keras's SeedGenerator how to write __array__.
pytestmark = [pytest.mark.oracle, pytest.mark.filterwarnings("ignore:__array__ implementation")]

CALLS: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = [
    ("uniform", ((3, 4),), {}),
    ("uniform", ((5,), -2.0, 3.0), {}),
    ("uniform", ((),), {}),
    ("normal", ((3, 4),), {}),
    ("normal", ((3, 4), 1.0, 0.05), {}),
    ("truncated_normal", ((300, 4), 1.0, 2.0), {}),
    ("randint", ((30,), -3, 9), {}),
    ("categorical", (np.log(np.array([[0.2, 0.3, 0.5], [0.9, 0.05, 0.05]], "float32")), 40), {}),
    ("shuffle", (np.arange(24, dtype="float32").reshape(6, 4),), {}),
    ("shuffle", (np.arange(24, dtype="float32").reshape(2, 3, 4),), {"axis": 1}),
    ("dropout", (np.arange(1, 41, dtype="float32").reshape(10, 4), 0.3), {}),
    ("dropout", (np.ones((10, 4), "float32"), 0.3), {"noise_shape": (10, 1)}),
    ("gamma", ((50,), 0.7), {}),
    ("gamma", ((2, 3), np.array([1.0, 2.0, 3.0], "float32")), {}),
    ("beta", ((50,), 0.7, 2.0), {}),
    ("binomial", ((50,), 9.0, 0.3), {}),
]


@pytest.mark.parametrize("seed", [0, 1, 1234567, 2**31 + 5])
@pytest.mark.parametrize(("name", "args", "kwargs"), CALLS, ids=lambda v: v if isinstance(v, str) else "")
def test_keras_numbers(engine: TorchBackend, name: str, args: Any, kwargs: Any, seed: int) -> None:
    keras = pytest.importorskip("keras")
    theirs = [keras.ops.convert_to_tensor(a) if isinstance(a, np.ndarray) else a for a in args]
    expected = keras.ops.convert_to_numpy(getattr(keras.random, name)(*theirs, **kwargs, seed=seed))
    result = engine.to_numpy(getattr(random, name)(*args, **kwargs, seed=seed))
    np.testing.assert_allclose(result, expected, rtol=1e-6, atol=1e-6)


def test_generators_go_on_alike(engine: TorchBackend) -> None:
    keras = pytest.importorskip("keras")
    ours, theirs = random.SeedGenerator(42), keras.random.SeedGenerator(42)
    for _ in range(3):
        expected = keras.ops.convert_to_numpy(keras.random.normal((4,), seed=theirs))
        np.testing.assert_allclose(engine.to_numpy(random.normal((4,), seed=ours)), expected, rtol=1e-6)
