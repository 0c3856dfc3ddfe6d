"""The checks of arguments: what each accepts, what it returns, what its error says."""

from __future__ import annotations

import numpy as np
import pytest
from corne import checks, config
from corne.errors import ArgumentError, ShapeError


@pytest.mark.parametrize("value", [3, np.int32(3), np.array(3)])
def test_an_integer_of_any_make_is_a_python_int(value):
    assert type(checks.integer("f(k=…)", value, 1, 3)) is int
    assert checks.integer("f(k=…)", value) == 3


@pytest.mark.parametrize("value", [True, np.True_, 3.0, "3", None, 0, 5, np.ones(2, int)])
def test_what_is_no_integer_in_range_is_refused(value):
    with pytest.raises(ArgumentError) as caught:
        checks.integer("f(k=…)", value, 1, 4)
    assert (caught.value.where, caught.value.expected) == ("f(k=…)", "an integer from 1 to 4")
    assert caught.value.given == repr(value)


@pytest.mark.parametrize(
    "limits, expected",
    [
        ({}, "an integer"),
        ({"least": 1}, "a positive integer"),
        ({"least": 0}, "an integer, at least 0"),
        ({"most": 9}, "an integer, at most 9"),
    ],
)
def test_the_expected_part_states_the_limits_of_an_integer(limits, expected):
    with pytest.raises(ArgumentError) as caught:
        checks.integer("f(k=…)", "x", **limits)
    assert caught.value.expected == expected


@pytest.mark.parametrize("value", [0.5, np.float32(0.5), np.float64(0.5)])
def test_a_number_of_any_make_is_a_python_float(value):
    assert type(checks.number("f(rate=…)", value, 0, 1)) is float


def test_whole_numbers_stay_whole():
    assert type(checks.number("f(rate=…)", np.int64(1), 0, 1)) is int


@pytest.mark.parametrize("value", [True, np.False_, "0.5", None, float("nan"), -0.1, 1.5, 1j])
def test_what_is_no_number_in_range_is_refused(value):
    with pytest.raises(ArgumentError) as caught:
        checks.probability("f(rate=…)", value)
    assert caught.value.expected == "a number from 0 to 1"


@pytest.mark.parametrize(
    "limits, wrong, expected",
    [
        ({"above": 0}, 0, "a positive number"),
        ({"above": 0, "below": 1}, 1, "a number between 0 and 1, both excluded"),
        ({"least": 0, "below": 1}, 1.0, "a number, at least 0 and below 1"),
        ({"least": 0}, -1, "a number, at least 0"),
        ({"finite": True}, float("inf"), "a finite number"),
        ({"finite": True, "least": 0}, float("inf"), "a finite number, at least 0"),
        ({}, "x", "a number"),
    ],
)
def test_the_expected_part_states_the_limits_of_a_number(limits, wrong, expected):
    with pytest.raises(ArgumentError) as caught:
        checks.number("f(x=…)", wrong, **limits)
    assert caught.value.expected == expected


def test_infinity_is_a_number_unless_it_must_be_finite():
    assert checks.number("f(clipnorm=…)", float("inf"), 0) == float("inf")


def test_only_a_bool_is_a_boolean():
    assert checks.boolean("f(on=…)", np.True_) is True
    for value in (1, 0, "True", None):
        with pytest.raises(ArgumentError):
            checks.boolean("f(on=…)", value)


def test_one_of_lists_the_choices():
    assert checks.one_of("f(kind=…)", None, ("a", None)) is None
    with pytest.raises(ArgumentError) as caught:
        checks.one_of("f(kind=…)", "c", ("a", "b", None))
    assert caught.value.expected == "'a', 'b' or None"


def test_one_of_suggests_the_nearest_name():
    with pytest.raises(ArgumentError) as caught:
        checks.one_of("f(kind=…)", "meen", ("mean", "sum"))
    assert "'mean'" in caught.value.fix


def test_data_format_falls_back_on_the_configuration():
    assert checks.data_format("f(data_format=…)", None) == config.image_data_format()
    assert checks.data_format("f(data_format=…)", "channels_first") == "channels_first"
    with pytest.raises(ArgumentError):
        checks.data_format("f(data_format=…)", "NCHW")


def test_axes_exist_differ_and_have_sizes():
    assert checks.axis("f(axis=…)", np.int64(-3), rank=3) == -3
    with pytest.raises(ArgumentError):
        checks.axis("f(axis=…)", 3, rank=3)
    checks.axes("norm", (0, -1), (None, 4))
    with pytest.raises(ShapeError):
        checks.axes("norm", (2,), (None, 4))
    with pytest.raises(ArgumentError):
        checks.axes("norm", (1, -1), (None, 4))  # -1 is axis 1
    with pytest.raises(ShapeError):
        checks.axes("norm", (0,), (None, 4), sized=True)


def test_an_unsupported_argument_is_named():
    checks.unsupported("Dense", "quantization", {"quantization_config": None})
    with pytest.raises(ArgumentError) as caught:
        checks.unsupported("Dense", "quantization", {"quantization_config": {}})
    assert caught.value.where == "Dense(quantization_config=…)"
