"""Initializers: what Keras does not say about them, and bad input. Values: test_random_oracle.py."""

from __future__ import annotations

import math

import numpy as np
import pytest
from corne import config, initializers
from corne.errors import ArgumentError, CorneError, MissingPluginError, ShapeError, UnknownNameError
from corne.initializers import Initializer, Orthogonal
from corne.random import SeedGenerator


def values(backend, array):
    return backend.to_numpy(array).astype("float64")


@pytest.mark.parametrize(
    ("name", "deviation"),
    [
        ("GlorotUniform", math.sqrt(2 / 1100)), ("GlorotNormal", math.sqrt(2 / 1100)),
        ("HeUniform", math.sqrt(2 / 100)), ("HeNormal", math.sqrt(2 / 100)),
        ("LecunUniform", math.sqrt(1 / 100)), ("LecunNormal", math.sqrt(1 / 100)),
        ("RandomNormal", 0.05), ("RandomUniform", 0.1 / math.sqrt(12)), ("TruncatedNormal", 0.05 * 0.87962566),
    ],
)  # fmt: skip
def test_spread(backend, name, deviation):
    drawn = values(backend, getattr(initializers, name)(seed=1)((100, 1000)))
    # 100,000 numbers: the deviation's own relative error is below 1 / sqrt(200,000) = 0.0022.
    assert abs(drawn.std() / deviation - 1) < 5 * 0.0023
    assert abs(drawn.mean()) < 5 * deviation / math.sqrt(1e5)


def test_an_integer_repeats_and_a_generator_goes_on(backend):
    fixed = initializers.RandomNormal(seed=3)
    assert np.array_equal(values(backend, fixed((2, 3))), values(backend, fixed((2, 3))))
    moving = initializers.RandomNormal(seed=SeedGenerator(3))
    first, second = (values(backend, moving((2, 3))) for _ in range(2))
    assert np.array_equal(first, values(backend, fixed((2, 3))))
    assert not np.array_equal(first, second)


def test_two_unseeded_initializers_differ(backend):
    one, two = (values(backend, initializers.GlorotUniform()((3, 4))) for _ in range(2))
    assert not np.array_equal(one, two)


@pytest.mark.parametrize("shape", [(5, 3), (3, 5), (2, 3, 4), (2, 2, 8)])
def test_orthogonal_rows_or_columns(backend, shape):
    matrix = values(backend, Orthogonal(gain=2.0, seed=1)(shape)).reshape(-1, shape[-1])
    product = matrix @ matrix.T if matrix.shape[0] < matrix.shape[1] else matrix.T @ matrix
    np.testing.assert_allclose(product, 4 * np.eye(len(product)), atol=1e-5)


def test_constant_takes_an_array(backend):
    rows = np.array([[1.0], [2.0]])
    assert np.array_equal(values(backend, initializers.Constant(rows)((2, 3))), rows * np.ones((2, 3)))
    again = initializers.deserialize(initializers.serialize(initializers.Constant(rows)))
    assert np.array_equal(values(backend, again((2, 3))), rows * np.ones((2, 3)))


def test_stft_is_a_fourier_transform(backend):
    frame = np.random.default_rng(0).normal(size=8)
    real, imaginary = (
        values(backend, initializers.STFT(side, window=None)((8, 1, 5), "float64"))
        for side in ("real", "imag")
    )
    expected = np.fft.rfft(frame)
    np.testing.assert_allclose(np.einsum("t,tcf->f", frame, real), expected.real, atol=1e-12)
    np.testing.assert_allclose(np.einsum("t,tcf->f", frame, imaginary), expected.imag, atol=1e-12)


def test_stft_with_an_array_as_window(backend):
    window = np.hanning(9)[:8]
    named = initializers.STFT(window="hann", periodic=True)((8, 1, 5))
    again = initializers.deserialize(initializers.serialize(initializers.STFT(window=window)))
    np.testing.assert_allclose(values(backend, named), values(backend, again((8, 1, 5))), atol=1e-7)


def test_dtype_defaults_to_floatx(backend):
    config.set_floatx("float64")
    try:
        drawn = [
            initializers.get(name)((2, 2)) for name in ("zeros", "glorot_uniform", "orthogonal", "identity")
        ]
    finally:
        config.set_floatx("float32")
    assert [backend.dtype_name(x) for x in drawn] == ["float64"] * 4


@pytest.mark.parametrize(
    ("identifier", "name"),
    [
        ("glorot_uniform", "GlorotUniform"), ("he_normal", "HeNormal"), ("zeros", "Zeros"), ("one", "Ones"),
        ("uniform", "RandomUniform"), ("normal", "RandomNormal"), ("orthogonal", "Orthogonal"),
        ("IdentityInitializer", "Identity"), ("STFTInitializer", "STFT"), ("stft", "STFT"),
        ({"class_name": "Constant", "config": {"value": 2.0}}, "Constant"),
    ],
)  # fmt: skip
def test_names(identifier, name):
    assert type(initializers.get(identifier)).__name__ == name


def test_identifiers_that_are_not_names():
    made = initializers.Zeros()
    assert initializers.get(made) is made
    assert initializers.get(None) is None
    assert isinstance(initializers.get(initializers.Zeros), initializers.Zeros)


def test_clone_has_the_same_arguments():
    clone = initializers.TruncatedNormal(1.0, 2.0, seed=3).clone()
    assert (clone.mean, clone.stddev, clone.seed) == (1.0, 2.0, 3)


def test_generators_are_part_of_a_config(backend):
    again = initializers.deserialize(initializers.serialize(initializers.RandomNormal(seed=SeedGenerator(4))))
    expected = values(backend, initializers.RandomNormal(seed=4)((3,)))
    assert np.array_equal(values(backend, again((3,))), expected)


@pytest.mark.parametrize(
    ("make", "error", "says"),
    [
        (lambda: initializers.RandomNormal(seed="1"), ArgumentError, "an integer, a SeedGenerator or None"),
        (lambda: initializers.RandomNormal(seed=True), ArgumentError, "RandomNormal"),
        (lambda: initializers.VarianceScaling(scale=0), ArgumentError, "a positive number"),
        (lambda: initializers.VarianceScaling(mode="fan"), ArgumentError, "fan_in"),
        (lambda: initializers.VarianceScaling(distribution="beta"), ArgumentError, "truncated_normal"),
        (lambda: initializers.HeNormal(input_axes=[0]), ArgumentError, "HeNormal.*two lists of axes"),
        (lambda: initializers.HeNormal(input_axes=0, output_axes=1), ArgumentError, "two lists of axes"),
        (lambda: initializers.Identity()((2, 3, 4)), ShapeError, "two axes"),
        (lambda: initializers.Orthogonal()((3,)), ShapeError, "two axes or more"),
        (lambda: initializers.STFT("both"), ArgumentError, "'real' or 'imag'"),
        (lambda: initializers.STFT(scaling="power"), ArgumentError, "'density', 'spectrum' or None"),
        (lambda: initializers.STFT()((8, 2, 5)), ShapeError, "Transform one channel"),
        (lambda: initializers.STFT(window=np.ones(7))((8, 1, 5)), ShapeError, "the frame's length"),
        (lambda: initializers.get("glorot_unifrom"), UnknownNameError, "glorot_uniform"),
    ],
)
def test_bad_input(make, error, says):
    with pytest.raises(error, match=says) as raised:
        make()
    assert isinstance(raised.value, CorneError)


def test_unknown_windows(monkeypatch):
    pytest.importorskip("scipy")
    with pytest.raises(ArgumentError, match=r"scipy\.signal.*'hahn'"):
        initializers.STFT(window="hahn")((8, 1, 5))
    monkeypatch.setitem(__import__("sys").modules, "scipy.signal", None)
    with pytest.raises(MissingPluginError, match="pip install scipy"):
        initializers.STFT(window="blackman")((8, 1, 5))


def test_a_subclass_without_call_says_so():
    with pytest.raises(NotImplementedError, match="write one"):
        Initializer()((2,))
