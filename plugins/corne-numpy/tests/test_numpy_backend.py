"""The numpy backend: conversion, abstract evaluation, bfloat16, random draws, and no gradients."""

from __future__ import annotations

import ml_dtypes
import numpy as np
import pytest
from corne import Variable, ops
from corne import backend as backends
from corne.backend import TensorSpec
from corne.errors import BackendError, DataError, DTypeError
from corne_testkit.operation_cases import CASES


@pytest.fixture(autouse=True)
def numpy():
    with backends.use("numpy") as backend:
        yield backend


@pytest.mark.parametrize(
    "value, dtype",
    [(1.5, "float32"), ([1, 2], "int32"), (True, "bool"), (2**40, "int64"), (np.float64(1), "float64"),
     (np.int8([1]), "int8"), ([[1.0], [2.0]], "float32"), (1j, "complex64")],
)  # fmt: skip
def test_python_numbers_get_the_defaults_and_arrays_keep_theirs(numpy, value, dtype):
    array = numpy.asarray(value)
    assert numpy.dtype_name(array) == dtype
    assert (array == value).all()


def test_asarray_casts(numpy):
    assert numpy.asarray([1.7], "int32").tolist() == [1]
    assert numpy.dtype_name(numpy.asarray([1.7], "bfloat16")) == "bfloat16"


@pytest.mark.parametrize(
    "value", [["a", "b"], [None], np.array([object()]), np.array(["2024-01-01"], "datetime64")]
)
def test_what_is_no_number_is_refused(numpy, value):
    with pytest.raises(DTypeError, match="expected numbers, got an array of"):
        numpy.asarray(value)


def test_ragged_lists_are_refused(numpy):
    with pytest.raises(DataError, match="nested lists of one shape"):
        numpy.asarray([[1.0], [2.0, 3.0]])


def test_training_says_what_to_install(numpy):
    with pytest.raises(BackendError, match="pip install corne-cpu"):
        numpy.value_and_grad(lambda: (ops.sum([1.0]), None), [])


def test_storage_is_a_copy_and_results_handed_out_stay(numpy):
    start = np.ones(2, "float32")
    variable = Variable(start)
    start[:] = 5
    before = variable.value
    variable.assign_add([1.0, 1.0])
    assert before.tolist() == [1.0, 1.0]
    assert variable.numpy().tolist() == [2.0, 2.0]


def test_equal_keys_draw_equal_numbers(numpy):
    one, two, other = (numpy.random_normal(key, (1000,), "float32") for key in ((1, 2), (1, 2), (1, 3)))
    assert (one == two).all()
    assert not (one == other).any()
    # Mean of 1000 standard normal numbers: standard deviation 0.032, so 0.16 is 5 of them.
    assert abs(one.mean()) < 0.16


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
def test_uniform_draws_do_not_reach_one(numpy, dtype):
    uniform = numpy.random_uniform((7, 0), (20000,), dtype)
    assert numpy.dtype_name(uniform) == dtype
    assert uniform.min() >= 0
    assert uniform.max() < 1
    # The mean of n uniform draws has standard deviation 0.29 / sqrt(n) = 0.002; bfloat16 truncates by 2**-9.
    assert abs(uniform.astype("float64").mean() - 0.5) < 0.012


class TestInferSpecs:
    def test_unknown_sizes_stay_unknown(self, numpy):
        spec = numpy.infer_specs(lambda x, y: ops.matmul(x, y), TensorSpec((None, 3)), TensorSpec((3, 4)))
        assert spec == TensorSpec((None, 4), "float32")

    def test_sizes_that_depend_on_them_are_unknown(self, numpy):
        spec = numpy.infer_specs(lambda x: ops.reshape(x, (-1,)), TensorSpec((None, 5), "int32"))
        assert spec == TensorSpec((None,), "int32")

    def test_structures_and_other_leaves(self, numpy):
        result = numpy.infer_specs(
            lambda d, k: {"sum": d["a"] + d["b"], "k": k, "none": None},
            {"a": TensorSpec((None, 2)), "b": TensorSpec((1, 2))}, k=3,
        )  # fmt: skip
        assert result == {"sum": TensorSpec((None, 2)), "k": 3, "none": None}

    def test_large_windows_get_larger_tries(self, numpy):
        spec = numpy.infer_specs(lambda x: x[:, 100:], TensorSpec((None, None)))
        assert spec.shape == (None, None)
        spec = numpy.infer_specs(lambda x: ops.max_pool(x, 50, strides=1), TensorSpec((None, None, None, 1)))
        assert spec.shape == (None, None, None, 1)

    def test_errors_of_the_first_try_are_the_ones_shown(self, numpy):
        with pytest.raises(ValueError, match=r"shapes \(2, 3\)"):
            numpy.infer_specs(lambda x: ops.matmul(x, np.ones((4, 4))), TensorSpec((None, 3)))

    def test_known_sizes_are_evaluated_once(self, numpy):
        calls = []
        numpy.infer_specs(lambda x: calls.append(x.shape), TensorSpec((2, 3)))
        assert calls == [(2, 3)]

    def test_variables_keep_their_values(self, numpy):
        variable = Variable([1.0])
        numpy.infer_specs(lambda x: variable.assign(x), TensorSpec((1,)))
        assert variable.numpy().tolist() == [1.0]


EXPECTED = {"nan_to_num": "asks for the dtype's own limits", "ceil": "jumps", "trunc": "jumps", "floor": "jumps",
            "floor_divide": "jumps", "sort": "", "argsort": "", "qr": "signs are free"}  # fmt: skip


@pytest.mark.parametrize("case", [c for c in CASES if c.name not in EXPECTED], ids=str)
def test_bfloat16_is_near_float32_and_stays_bfloat16(numpy, case):
    from corne import tree

    def low(leaf):
        return (
            leaf.astype(ml_dtypes.bfloat16)
            if isinstance(leaf, np.ndarray) and leaf.dtype == "float32"
            else leaf
        )

    args, kwargs = tree.map_structure(low, (case.args, case.kwargs))
    with np.errstate(all="ignore"):
        expected = tree.flatten(case.run())
        results = tree.flatten(getattr(ops, case.name)(*args, **kwargs))
    given = [leaf for leaf in tree.flatten((args, kwargs)) if isinstance(leaf, np.ndarray)]
    if not any(leaf.dtype == ml_dtypes.bfloat16 for leaf in given):
        return
    for result, wanted in zip(results, expected, strict=True):
        if wanted.dtype == "float32" and kwargs.get("dtype") is None:
            assert numpy.dtype_name(result) == "bfloat16"
            # bfloat16 has 8 significant bits: a relative step of 2**-8, a few of which add up.
            np.testing.assert_allclose(result.astype("float32"), wanted, rtol=0.05, atol=0.05)
        else:
            assert result.dtype == wanted.dtype


def test_sums_in_bfloat16_keep_their_digits(numpy):
    # Added one by one in bfloat16, ones stop to count at 256 = 2**8.
    assert float(ops.sum(ops.ones(1000, dtype="bfloat16"))) == 1000
    assert float(ops.mean(ops.ones(1000, dtype="bfloat16"))) == 1
