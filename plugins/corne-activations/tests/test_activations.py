"""Activations: values at the edges, names, and bad input."""

from __future__ import annotations

import numpy as np
import pytest
from corne import activations
from corne import backend as backends
from corne.errors import ArgumentError, UnknownNameError


def run(name, x, **arguments):
    engine = backends.active()
    return engine.to_numpy(getattr(activations, name)(engine.asarray(np.asarray(x, "float32")), **arguments))


def test_nothing_overflows_far_from_zero(backend):
    far = [-1e4, 1e4]
    assert run("sigmoid", far).tolist() == [0.0, 1.0]
    assert run("softplus", far).tolist() == [0.0, 1e4]
    assert run("log_sigmoid", far).tolist() == [-1e4, 0.0]
    assert run("silu", far).tolist() == [0.0, 1e4]
    assert run("elu", far).tolist() == [-1.0, 1e4]
    assert run("softmax", far).tolist() == [0.0, 1.0]
    assert run("log_softmax", far).tolist() == [-2e4, 0.0]


def test_softmax_sums_to_one(backend):
    x = np.random.default_rng(0).normal(size=(5, 7))
    np.testing.assert_allclose(run("softmax", x).sum(-1), np.ones(5), atol=1e-6)
    np.testing.assert_allclose(run("softmax", x, axis=0).sum(0), np.ones(7), atol=1e-6)
    np.testing.assert_allclose(run("sparsemax", x).sum(-1), np.ones(5), atol=1e-6)


def test_sparsemax_is_the_nearest_distribution(backend):
    # 1 and 0.8 are kept, lowered by the same 0.4 so that they sum to 1
    np.testing.assert_allclose(run("sparsemax", [1.0, 0.8, -1.0]), [0.6, 0.4, 0.0], atol=1e-6)
    np.testing.assert_allclose(run("sparsemax", [[1.0], [0.8]], axis=0), [[0.6], [0.4]], atol=1e-6)


def test_relu_with_all_arguments(backend):
    # below 1: 0.5 * (x - 1); from 1 to 3: x; above: 3
    result = run("relu", [-1, 2, 9], negative_slope=0.5, max_value=3, threshold=1)
    assert result.tolist() == [-1.0, 2.0, 3.0]


def test_dtype_is_kept(backend):
    engine = backends.active()
    for dtype in ("float16", "float64"):
        for name in ("relu", "gelu", "softmax", "mish", "hard_sigmoid", "selu", "squareplus"):
            assert engine.dtype_name(getattr(activations, name)(engine.asarray([0.5, 1.0], dtype))) == dtype
        x = activations.relu(engine.asarray([0.5], dtype), negative_slope=0.1, max_value=2.5, threshold=0.2)
        assert engine.dtype_name(x) == dtype


def test_none_means_linear():
    assert activations.get(None) is activations.linear


def test_a_function_is_itself():
    def mine(x):
        return x

    assert activations.get(mine) is mine


def test_negative_max_value():
    with pytest.raises(ArgumentError, match="max_value"):
        activations.relu(1.0, max_value=-1)


def test_a_misspelt_name_is_answered_with_the_nearest():
    with pytest.raises(UnknownNameError, match="sigmoid"):
        activations.get("sigmoyd")
