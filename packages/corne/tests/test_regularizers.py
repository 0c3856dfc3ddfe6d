"""Regularizers: penalties worked out by hand, their gradients, names, configs and bad input."""

from __future__ import annotations

import math

import numpy as np
import pytest
from corne import Variable, regularizers
from corne.errors import ArgumentError, ShapeError, UnknownNameError

X = np.array([[3.0, -4.0], [0.0, 2.0]], "float32")


@pytest.mark.parametrize(
    ("make", "penalty"),
    [
        (lambda: regularizers.L1(0.1), 0.9),  # |3| + |-4| + |2| = 9
        (lambda: regularizers.L2(0.1), 2.9),  # 9 + 16 + 4 = 29
        (lambda: regularizers.L1L2(0.1, 0.01), 0.9 + 0.29),
        (lambda: regularizers.L1L2(), 0.0),
        # Rows of length 1: (0.6, -0.8) and (0, 1); their product is -0.8, of one pair.
        (lambda: regularizers.OrthogonalRegularizer(0.1), 0.08),
        # Columns of length 1: (1, 0) and (-4, 2) / sqrt(20); their product is -4 / sqrt(20).
        (lambda: regularizers.OrthogonalRegularizer(0.1, "columns"), 0.4 / math.sqrt(20)),
    ],
)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_penalties(backend, make, penalty, dtype):
    given = make()(backend.asarray(X, dtype))
    assert (tuple(given.shape), backend.dtype_name(given)) == ((), dtype)
    assert float(backend.to_numpy(given)) == pytest.approx(penalty, rel=1e-6)


@pytest.mark.parametrize(
    ("make", "gradient"),
    [
        (lambda: regularizers.L1(0.1), 0.1 * np.sign(X)),
        (lambda: regularizers.L2(0.1), 0.2 * X),
        (lambda: regularizers.L1L2(0.1, 0.1), 0.1 * np.sign(X) + 0.2 * X),
    ],
)
def test_gradients(backend, make, gradient):
    if "gradients" not in backend.capabilities:
        pytest.skip(f"{backend.name} has no gradients")
    x = Variable(X)
    _, (given,) = backend.value_and_grad(lambda: (make()(x.value), None), [x])
    np.testing.assert_allclose(backend.to_numpy(given), gradient, rtol=1e-6)


@pytest.mark.parametrize(
    ("identifier", "config"),
    [
        ("l1", {"l1": 0.01}), ("l2", {"l2": 0.01}), ("l1_l2", {"l1": 0.0, "l2": 0.0}), ("L1L2", {"l1": 0.0, "l2": 0.0}),
        ("orthogonal_regularizer", {"factor": 0.01, "mode": "rows"}),
        ({"class_name": "L2", "config": {"l2": 0.5}}, {"l2": 0.5}),
    ],
)  # fmt: skip
def test_names_and_configs(identifier, config):
    one = regularizers.get(identifier)
    assert one.get_config() == config
    written = regularizers.serialize(one)
    assert written["module"] == "keras.regularizers"
    assert regularizers.deserialize(written).get_config() == config


@pytest.mark.parametrize("factor", [-0.1, math.inf, math.nan, "0.1", True])
@pytest.mark.parametrize(
    "make",
    [
        regularizers.L1, regularizers.L2, lambda f: regularizers.L1L2(l1=f), lambda f: regularizers.L1L2(l2=f),
        regularizers.OrthogonalRegularizer,
    ],
)  # fmt: skip
def test_bad_factors(make, factor):
    with pytest.raises(ArgumentError, match="a finite number, at least 0"):
        make(factor)


def test_bad_orthogonal_regularizers(backend):
    with pytest.raises(ArgumentError, match="'rows' or 'columns'"):
        regularizers.OrthogonalRegularizer(mode="both")
    with pytest.raises(ShapeError, match=r"a matrix, got shape \(2, 3, 4\)"):
        regularizers.OrthogonalRegularizer()(backend.asarray(np.ones((2, 3, 4), "float32")))


def test_unknown_names_are_refused_with_the_nearest():
    with pytest.raises(UnknownNameError, match="l1_l2"):
        regularizers.get("l1_12")


def test_a_subclass_without_its_parts_says_so():
    with pytest.raises(NotImplementedError, match="write one"):
        regularizers.Regularizer()(X)
    assert regularizers.Regularizer().get_config() == {}  # derived from the constructor
