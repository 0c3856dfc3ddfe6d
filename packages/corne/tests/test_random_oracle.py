"""Equal seeds give the numbers that Keras draws on PyTorch."""

from __future__ import annotations

import os

os.environ.setdefault("KERAS_BACKEND", "torch")

import corne
import numpy as np
import pytest
from corne import initializers, random

pytestmark = [
    pytest.mark.oracle,
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]
keras = pytest.importorskip("keras")

LOGITS = np.log(np.array([[0.1, 0.2, 0.7], [0.3, 0.3, 0.4]], "float32"))
X = np.arange(24, dtype="float32").reshape(4, 3, 2)
CALLS = [
    ("uniform", ((3, 4),), {}),
    ("uniform", ((3, 4), -1.0, 2.0), {}),
    ("uniform", ((),), {}),
    ("normal", ((3, 4),), {}),
    ("normal", ((300,), 1.0, 0.5), {}),  # from 16 elements on PyTorch fills in another order
    ("normal", ((3, 4),), {"dtype": "float64"}),
    ("truncated_normal", ((3, 4),), {}),
    ("truncated_normal", ((300,), 1.0, 0.5), {}),
    ("randint", ((3, 4), -5, 9), {}),
    ("categorical", (LOGITS, 5), {}),
    ("shuffle", (X,), {}),
    ("shuffle", (X, 1), {}),
    ("dropout", (X, 0.3), {}),
    ("dropout", (X, 0.3, (None, 1, 2)), {}),
    ("gamma", ((3, 4), 2.0), {}),
    ("gamma", ((3, 2), np.array([0.3, 4.0], "float32")), {}),
    ("beta", ((3, 4), 2.0, 0.5), {}),
    ("binomial", ((3, 4), 8.0, 0.4), {}),
]


@pytest.fixture(autouse=True)
def _cpu():
    if corne.backend.available().get("cpu", "absent") is not None:
        pytest.skip("needs the cpu backend")
    with corne.backend.use("cpu"):
        yield


@pytest.mark.parametrize(
    ("name", "args", "kwargs"), CALLS, ids=[f"{n}-{i}" for i, (n, *_) in enumerate(CALLS)]
)
def test_equal_seeds_give_equal_numbers(name, args, kwargs):
    mine, theirs = (framework.random.SeedGenerator(42) for framework in (corne, keras))
    pairs = [(7, 7), (mine, theirs), (mine, theirs)]  # the second draw of a generator has another key
    for my_seed, their_seed in pairs:
        ours = getattr(random, name)(*args, **kwargs, seed=my_seed)
        their_args = [keras.ops.convert_to_tensor(a) if isinstance(a, np.ndarray) else a for a in args]
        expected = getattr(keras.random, name)(*their_args, **kwargs, seed=their_seed)
        np.testing.assert_allclose(ours, keras.ops.convert_to_numpy(expected), rtol=1e-6, atol=1e-7)


DRAWN = [
    "RandomNormal", "RandomUniform", "TruncatedNormal", "VarianceScaling", "GlorotNormal", "GlorotUniform",
    "HeNormal", "HeUniform", "LecunNormal", "LecunUniform",
]  # fmt: skip
SCALINGS = [
    {"scale": 2.0, "mode": mode, "distribution": distribution, **axes}
    for mode in ("fan_in", "fan_out", "fan_avg")
    for distribution in ("normal", "truncated_normal", "untruncated_normal", "uniform")
    for axes in ({}, {"input_axes": [0], "output_axes": [1]})
]
FIXED = [
    ("Zeros", {}, (2, 3)),
    ("Ones", {}, (2, 3)),
    ("Constant", {"value": 0.3}, (2, 3)),
    ("Identity", {"gain": 2.0}, (3, 3)),
    ("Identity", {}, (2, 3)),
    ("Orthogonal", {"seed": 3}, (4, 4)),
    ("Orthogonal", {"seed": 3, "gain": 2.0}, (2, 2, 5)),
    ("Orthogonal", {"seed": 3}, (3, 5)),
    *(
        ("STFT", {"side": side, "window": window, "scaling": scaling, "periodic": periodic}, (8, 1, 5))
        for side in ("real", "imag")
        for window in ("hann", "hamming", "blackman", None)
        for scaling in ("density", "spectrum", None)
        for periodic in (False, True)
    ),
]


def compare(name, arguments, shape, **kwargs):
    ours = getattr(initializers, name)(**arguments)
    theirs = getattr(keras.initializers, name)(**arguments)
    expected = keras.ops.convert_to_numpy(theirs(shape, **kwargs))
    # Keras works out the transform's angles in float32, up to 22 times pi: 2e-6.
    np.testing.assert_allclose(ours(shape, **kwargs), expected, rtol=1e-5, atol=3e-6)
    mine, config = ours.get_config(), theirs.get_config()
    assert {**config, **({"gain": arguments.get("gain", 1.0)} if name == "Identity" else {})} == mine
    return ours, theirs


@pytest.mark.parametrize("name", DRAWN)
@pytest.mark.parametrize("shape", [(), (5,), (6, 4), (3, 3, 2, 4)])
def test_initializers_draw_equal_weights(name, shape):
    compare(name, {"seed": 5}, shape)


@pytest.mark.parametrize("arguments", SCALINGS, ids=str)
def test_variance_scaling(arguments):
    compare("VarianceScaling", {**arguments, "seed": 5}, (4, 2, 3))


@pytest.mark.parametrize(("name", "arguments", "shape"), FIXED, ids=str)
def test_other_initializers(name, arguments, shape):
    compare(name, arguments, shape)


@pytest.mark.parametrize("name", DRAWN)
def test_unseeded_models_start_alike(name):
    starts = []
    for framework in (keras, corne):
        framework.utils.set_random_seed(3)
        starts.append([getattr(framework.initializers, name)()((2, 3)) for _ in range(2)])
    for expected, ours in zip(*starts, strict=True):
        np.testing.assert_allclose(ours, keras.ops.convert_to_numpy(expected), rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("name", [n for n in dir(keras.initializers) if n not in ("get", "serialize", "deserialize") and not n.startswith("_")])  # fmt: skip
def test_every_name_of_keras_is_there(name):
    assert getattr(initializers, name).__name__ == getattr(keras.initializers, name).__name__


@pytest.mark.parametrize("name", [*DRAWN, "Zeros", "Orthogonal", "STFT"])
def test_configs_travel_both_ways(name):
    ours, theirs = getattr(initializers, name)(), getattr(keras.initializers, name)()
    assert type(keras.initializers.deserialize(initializers.serialize(ours))) is type(theirs)
    assert type(initializers.deserialize(keras.initializers.serialize(theirs))) is type(ours)
