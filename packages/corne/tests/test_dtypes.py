"""Dtypes: names, kinds, limits, and how they combine."""

from __future__ import annotations

import ml_dtypes
import numpy as np
import pytest
from corne import config, dtypes
from corne.errors import DTypeError
from hypothesis import given
from hypothesis import strategies as st

ALL = sorted(dtypes.NAMES - {"string"})
PYTHON = [bool, int, float, complex]


@pytest.mark.parametrize(
    "given_, name",
    [("float32", "float32"), (np.dtype("int8"), "int8"), (np.float16, "float16"), (np.bool_, "bool"),
     (float, "float32"), (int, "int32"), (bool, "bool"), (None, "float32"), (ml_dtypes.bfloat16, "bfloat16"),
     (np.dtype(ml_dtypes.bfloat16), "bfloat16"), ("torch.float64", "float64")],
)  # fmt: skip
def test_standard_names(given_, name):
    assert dtypes.standardize_dtype(given_) == name


def test_floatx_is_the_default(monkeypatch):
    monkeypatch.setattr(config, "floatx", lambda: "float64")
    assert dtypes.standardize_dtype(None) == "float64"
    assert dtypes.result_type(int, float) == "float64"


@pytest.mark.parametrize(("name", "hint"), [("flaot32", "float32"), ("int33", "int3"), ("double", "")])
def test_unknown_names_are_refused_with_the_nearest(name, hint):
    with pytest.raises(DTypeError, match=f"expected a dtype's name.*{hint}"):
        dtypes.standardize_dtype(name)


def test_kinds():
    assert [name for name in ALL if dtypes.is_float(name)] == [
        "bfloat16", "float16", "float32", "float64", "float8_e4m3fn", "float8_e5m2"]  # fmt: skip
    assert [name for name in ALL if dtypes.is_int(name)] == [
        "int16", "int32", "int64", "int8", "uint16", "uint32", "uint64", "uint8"]  # fmt: skip


@pytest.mark.parametrize("name", [name for name in ALL if "complex" not in name and name != "bool"])
def test_limits_are_those_of_the_formats(name):
    info = ml_dtypes.finfo(name) if dtypes.is_float(name) else np.iinfo(name)
    assert (
        dtypes.limits(name) == (float(info.min), float(info.max))
        if dtypes.is_float(name)
        else (info.min, info.max)
    )


@pytest.mark.parametrize("name", ALL)
def test_sizes_are_those_of_the_formats(name):
    assert dtypes.itemsize(name) == np.dtype(getattr(ml_dtypes, name, name)).itemsize


@pytest.mark.parametrize(
    "combined, expected",
    [(("int32", "float32"), "float32"), (("bfloat16", "float16"), "float32"), (("int64", "float16"), "float16"),
     (("float16", float), "float16"), (("int8", float), "float32"), (("int8", int), "int8"),
     (("uint8", "int8"), "int16"), (("uint32", "int32"), "int64"), (("uint64", "int64"), "float32"),
     (("bool", int), "int32"), (("bool", "uint8"), "uint8"), ((bool, bool), "bool"), ((), "float32"),
     (("float64", "complex64"), "complex128"), (("float32", complex), "complex64")],
)  # fmt: skip
def test_combinations(combined, expected):
    assert dtypes.result_type(*combined) == expected


def test_float8_must_be_cast_by_hand():
    assert dtypes.result_type("float8_e5m2", "float8_e5m2") == "float8_e5m2"
    for other in ("float8_e4m3fn", "float32", float):
        with pytest.raises(DTypeError, match="Cast it first"):
            dtypes.result_type("float8_e5m2", other)


KINDS = st.sampled_from([*(name for name in ALL if "float8" not in name), *PYTHON])


@given(KINDS, KINDS)
def test_order_does_not_matter(one, two):
    assert dtypes.result_type(one, two) == dtypes.result_type(two, one)


@given(KINDS)
def test_a_dtype_combined_with_itself_stays(one):
    alone = dtypes.result_type(one)
    assert dtypes.result_type(one, one) == alone
    if isinstance(one, str):
        assert alone == one


# uint64 has no integer above it and a signed one: they meet at a weak float, which forgets them.
LATTICE = st.sampled_from([name for name in ALL if "float8" not in name and name != "uint64"])


@given(LATTICE, LATTICE, LATTICE)
def test_combining_is_associative(one, two, three):
    together = dtypes.result_type(one, two, three)
    assert dtypes.result_type(dtypes.result_type(one, two), three) == together
