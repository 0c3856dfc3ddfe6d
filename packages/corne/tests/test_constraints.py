"""Constraints: weights worked out by hand, the same again where they hold already, and bad input."""

from __future__ import annotations

import numpy as np
import pytest
from corne import constraints
from corne.errors import ArgumentError, UnknownNameError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

W = np.array([[3.0, 0.1], [-4.0, 0.0]], "float32")  # columns of length 5 and 0.1


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda: constraints.NonNeg(), [[3.0, 0.1], [0.0, 0.0]]),
        (lambda: constraints.MaxNorm(2.5), [[1.5, 0.1], [-2.0, 0.0]]),
        (
            lambda: constraints.MaxNorm(2.0, axis=1),
            [[3 * 2 / np.sqrt(9.01), 0.2 / np.sqrt(9.01)], [-2.0, 0.0]],
        ),
        (lambda: constraints.MaxNorm(1.0, axis=[0, 1]), W / np.sqrt(25.01)),
        (lambda: constraints.UnitNorm(), [[0.6, 1.0], [-0.8, 0.0]]),
        (lambda: constraints.UnitNorm(axis=[0, 1]), W / np.sqrt(25.01)),
        (lambda: constraints.MinMaxNorm(1.0, 2.5), [[1.5, 1.0], [-2.0, 0.0]]),
        # Half of the way: lengths 3.75 and 0.55.
        (lambda: constraints.MinMaxNorm(1.0, 2.5, rate=0.5), [[2.25, 0.55], [-3.0, 0.0]]),
    ],
)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_values(backend, make, expected, dtype):
    given_ = make()(backend.asarray(W, dtype))
    assert backend.dtype_name(given_) == dtype
    # Keras adds epsilon, 1e-7, to each norm it divides by: 1e-6 of the shorter column.
    np.testing.assert_allclose(backend.to_numpy(given_), expected, rtol=3e-6)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    w=arrays.arrays("float32", (3, 4), elements=st.floats(-10, 10, width=32)),
    name=st.sampled_from(["NonNeg", "MaxNorm", "MinMaxNorm"]),
)
def test_what_holds_is_left_alone(backend, w, name):
    constraint = getattr(constraints, name)()
    once = backend.to_numpy(constraint(w))
    np.testing.assert_allclose(backend.to_numpy(constraint(once)), once, rtol=1e-3, atol=1e-6)


def test_zeros_stay_finite(backend):
    for name in ("NonNeg", "MaxNorm", "UnitNorm", "MinMaxNorm"):
        assert not backend.to_numpy(getattr(constraints, name)()(np.zeros((2, 2), "float32"))).any()


@pytest.mark.parametrize(
    ("identifier", "config"),
    [
        ("non_neg", {}), ("NonNeg", {}), ("max_norm", {"max_value": 2, "axis": 0}), ("unit_norm", {"axis": 0}),
        ("min_max_norm", {"min_value": 0.0, "max_value": 1.0, "rate": 1.0, "axis": 0}),
        ({"class_name": "UnitNorm", "config": {"axis": [0, 1]}}, {"axis": [0, 1]}),
    ],
)  # fmt: skip
def test_names_and_configs(identifier, config):
    one = constraints.get(identifier)
    assert one.get_config() == config
    written = constraints.serialize(one)
    assert written["module"] == "keras.constraints"
    assert constraints.deserialize(written).get_config() == config


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: constraints.MinMaxNorm(rate=1.5), "a number from 0 to 1"),
        (lambda: constraints.MinMaxNorm(rate="1"), "a number from 0 to 1"),
        (lambda: constraints.MinMaxNorm(2.0, 1.0), "at most max_value"),
        (lambda: constraints.MinMaxNorm(-1.0), "at least 0"),
        (lambda: constraints.MaxNorm(-1.0), "at least 0"),
        (lambda: constraints.MaxNorm(2, axis="rows"), "an axis or a list of axes"),
        (lambda: constraints.UnitNorm(axis=1.0), "an axis or a list of axes"),
    ],
)
def test_bad_arguments(make, says):
    with pytest.raises(ArgumentError, match=says):
        make()


def test_unknown_names_are_refused_with_the_nearest():
    with pytest.raises(UnknownNameError, match="MaxNorm"):
        constraints.get("maxnrom")


def test_a_subclass_without_call_says_so():
    with pytest.raises(NotImplementedError, match="write one"):
        constraints.Constraint()(W)
