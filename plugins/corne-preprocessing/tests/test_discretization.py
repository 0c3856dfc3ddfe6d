"""Discretization: bins by given or learned boundaries."""

from __future__ import annotations

import numpy as np
import pytest
from corne import layers
from corne.errors import ArgumentError, DataError, StateError
from corne_testkit import Case, LayerConformance


class TestDiscretization(LayerConformance):
    """What every layer owes."""

    cases = [
        Case(
            "Discretization",
            {"bin_boundaries": [-1.0, 0.0, 1.0], "output_mode": mode},
            input_shape=(3,),
            differentiable=False,
        )
        for mode in ("int", "one_hot", "count")
    ]


def test_learns_quartiles(backend):
    """A quarter of 0, 1, ..., 99 lies in each of four bins."""
    layer = layers.Discretization(num_bins=4)
    layer.adapt(np.random.default_rng(0).permutation(100))
    bins = backend.to_numpy(layer(np.arange(100)))
    np.testing.assert_allclose(np.bincount(bins), 25, atol=1)


def test_learned_boundaries_are_in_the_configuration(backend):
    """A layer made from it computes the same."""
    layer = layers.Discretization(num_bins=3)
    layer.adapt(np.arange(30.0))
    again = layers.Discretization.from_config(layer.get_config())
    assert again.bin_boundaries == layer.bin_boundaries


def test_wrong_use():
    """Contradictions, gaps, and calls before adapt()."""
    for arguments in ({}, {"num_bins": 2, "bin_boundaries": [1.0]}, {"num_bins": 0}, {"bin_boundaries": [2, 1]},
                      {"num_bins": 2, "sparse": True}, {"num_bins": 2, "output_mode": "tf_idf"}):  # fmt: skip
        with pytest.raises(ArgumentError):
            layers.Discretization(**arguments)
    layer = layers.Discretization(num_bins=2)
    with pytest.raises(StateError):
        layer(np.ones(3))
    for data in ([], ["a"], [1.0, np.nan]):
        with pytest.raises(DataError):
            layer.adapt(data)
    with pytest.raises(ArgumentError):
        layers.Discretization(bin_boundaries=[1.0]).adapt([1.0])
