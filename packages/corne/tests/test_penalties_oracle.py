"""Regularizers and constraints agree with Keras, and read each other's configs."""

from __future__ import annotations

import os

os.environ.setdefault("KERAS_BACKEND", "torch")

import numpy as np
import pytest
from corne import constraints, regularizers

pytestmark = [
    pytest.mark.oracle,
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]
keras = pytest.importorskip("keras")

MATRIX = np.random.default_rng(0).normal(size=(5, 3)).astype("float32")
KERNEL = np.random.default_rng(1).normal(size=(3, 3, 2, 4)).astype("float32")
CASES = [
    (regularizers, "L1", {"l1": 0.3}, MATRIX),
    (regularizers, "L2", {"l2": 0.3}, KERNEL),
    (regularizers, "L1L2", {"l1": 0.3, "l2": 0.1}, MATRIX),
    (regularizers, "L1L2", {"l1": 0.3}, MATRIX),
    *(
        (regularizers, "OrthogonalRegularizer", {"factor": 0.3, "mode": m}, MATRIX)
        for m in ("rows", "columns")
    ),
    (constraints, "NonNeg", {}, MATRIX),
    (constraints, "MaxNorm", {}, MATRIX),
    (constraints, "MaxNorm", {"max_value": 0.7, "axis": [0, 1, 2]}, KERNEL),
    (constraints, "UnitNorm", {"axis": 1}, MATRIX),
    (constraints, "MinMaxNorm", {"min_value": 0.5, "max_value": 0.9, "rate": 0.3}, MATRIX),
    (constraints, "MinMaxNorm", {"min_value": 0.5, "max_value": 0.9, "axis": [0, 1]}, KERNEL),
]


def rounded(thing):
    """Return the config with factors as float32 holds them, which is how Keras keeps some."""
    config = thing.get_config().items()
    return {key: np.float32(value) if isinstance(value, float) else value for key, value in config}


@pytest.mark.parametrize(("face", "name", "arguments", "x"), CASES, ids=[f"{c[1]}{c[2]}" for c in CASES])
def test_values_and_configs(backend, face, name, arguments, x):
    theirs_face = getattr(keras, face.__name__.rpartition(".")[2])
    ours, theirs = getattr(face, name)(**arguments), getattr(theirs_face, name)(**arguments)
    expected = keras.ops.convert_to_numpy(theirs(keras.ops.convert_to_tensor(x)))
    np.testing.assert_allclose(backend.to_numpy(ours(backend.asarray(x))), expected, rtol=1e-5, atol=1e-6)
    assert rounded(ours) == rounded(theirs)
    assert rounded(theirs_face.deserialize(face.serialize(ours))) == rounded(ours)
    assert rounded(face.deserialize(theirs_face.serialize(theirs))) == rounded(ours)


@pytest.mark.parametrize("face", [regularizers, constraints])
def test_every_name_of_keras_is_there(face):
    theirs = getattr(keras, face.__name__.rpartition(".")[2])
    names = {n for n in dir(theirs) if not n.startswith("_")} - {"get", "serialize", "deserialize"}
    assert {n: getattr(face, n).__name__ for n in names} == {n: getattr(theirs, n).__name__ for n in names}
