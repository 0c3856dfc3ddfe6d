"""Hashing and HashedCrossing: wrong use; test_facts.py has the values."""

from __future__ import annotations

import numpy as np
import pytest
from corne import layers
from corne.errors import ArgumentError, DTypeError, ShapeError
from corne_preprocessing.fingerprint64 import fingerprint64


@pytest.mark.oracle
def test_fingerprints_of_all_lengths():
    """As pyfarmhash has them, through each of the four ways by length."""
    farmhash = pytest.importorskip("farmhash")
    data = np.random.default_rng(0).integers(0, 256, 300).astype("uint8").tobytes()
    assert all(fingerprint64(data[:n]) == farmhash.fingerprint64(data[:n]) for n in range(300))


def test_wrong_use():
    """Arguments out of range, inputs that have no hash, shapes that don't fit."""
    for arguments in ({"num_bins": 0}, {"num_bins": 2, "salt": "x"}, {"num_bins": 2, "dtype": "float32"},
                      {"num_bins": 2, "output_mode": "tf_idf"}, {"num_bins": 2, "sparse": True}):  # fmt: skip
        with pytest.raises(ArgumentError):
            layers.Hashing(**arguments)
    with pytest.raises(DTypeError):
        layers.Hashing(2)(np.array([True]))
    crossing = layers.HashedCrossing(3)
    for inputs in ("a", [["a"]]):
        with pytest.raises(ArgumentError):
            crossing(inputs)
    with pytest.raises(ShapeError):
        crossing((["a", "b"], ["a"]))
    with pytest.raises(ShapeError):
        crossing(([["a", "b"]], [["a", "b"]]))
    with pytest.raises(DTypeError):
        crossing((["a"], [1.5]))
