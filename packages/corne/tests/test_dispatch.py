"""How operations are called: conversion, kernels, symbolic tensors, operators."""

from __future__ import annotations

import numpy as np
import pytest
from corne import Variable, ops, tree
from corne import backend as backends
from corne.backend.kernels import replaced, without_kernels
from corne.errors import DTypeError, ShapeError
from corne.symbolic import SymbolicTensor
from corne_testkit.operation_cases import CASES


@pytest.fixture
def x():
    return SymbolicTensor((None, 3))


def values(result):
    return ops.convert_to_numpy(result).tolist()


def test_what_counts_as_an_array(backend):
    ours = ops.convert_to_tensor([1.0, 2.0])
    for x in ([1.0, 2.0], (1.0, 2.0), np.float32([1, 2]), Variable([1.0, 2.0]), ours):
        assert values(ops.square(x)) == [1.0, 4.0]
        assert values(ops.square(x=x)) == [1.0, 4.0]


def test_structures_of_arrays_are_converted_item_by_item(backend):
    assert values(ops.concatenate([Variable([1.0]), np.float32([2])])) == [1.0, 2.0]
    assert values(ops.stack((ops.convert_to_tensor([1]), [2]))) == [[1], [2]]


def test_python_numbers_are_weak(backend):
    half = ops.ones(2, dtype="float16")
    for result in (half * 2, half * 2.0, ops.add(half, 0.5), ops.maximum(0.5, half), ops.divide(half, 3)):
        assert ops.dtype(result) == "float16"
    assert ops.dtype(ops.add(np.int8([1]), 1)) == "int8"
    assert ops.dtype(ops.add(np.int8([1]), 1.5)) == "float32"


def test_a_backend_s_kernel_takes_the_place_of_the_body(backend):
    with replaced(backend, {"square": lambda x: "kernel"}):
        assert ops.square([1.0]) == "kernel"
    assert values(ops.square([3.0])) == [9.0]
    assert values(ops.exp([0.0])) == [1.0]


def test_symbolic_tensors_are_recorded(backend, x):
    y = ops.softmax(ops.matmul(x, np.ones((3, 5), "float32")), axis=-1)
    assert (y.shape, y.dtype) == ((None, 5), "float32")
    assert y.node.operation.function is ops.softmax
    assert y.node.inputs[0].node.operation.function is ops.matmul
    assert y.node.inputs[0].node.inputs == [x]


def test_recorded_calls_can_be_replayed(backend, x):
    y = ops.einsum("bi,bj->bij", x, x)
    node = y.node
    assert y.shape == (None, 3, 3)
    arguments = [np.float32([[1, 2, 3]]) if a is x else a for a in node.args]
    assert values(node.operation(*arguments, **node.kwargs)) == [[[1, 2, 3], [2, 4, 6], [3, 6, 9]]]


def test_symbolic_tensors_are_found_in_lists_and_keywords(backend, x):
    assert ops.concatenate([x, np.ones((1, 3), "float32")], axis=0).shape == (None, 3)
    assert ops.add(1.0, x2=x).shape == (None, 3)
    assert ops.slice_update(x, (0, 0), updates=np.ones((1, 2), "float32")).shape == (None, 3)
    assert [m.shape for m in ops.meshgrid(SymbolicTensor((4,)), np.ones(2))] == [(2, 4), (2, 4)]


OPERATORS = {
    "x + 1": lambda x: x + 1, "1 - x": lambda x: 1 - x, "x * x": lambda x: x * x, "x / 2": lambda x: x / 2,
    "7 // x": lambda x: 7 // x, "x % 2": lambda x: x % 2, "x ** 2": lambda x: x**2, "-x": lambda x: -x,
    "abs(x)": lambda x: abs(x), "x > 1": lambda x: x > 1, "x <= 1": lambda x: x <= 1,
    "~(x > 1)": lambda x: ~(x > 1), "(x > 1) | (x < 0)": lambda x: (x > 1) | (x < 0),
    "x[0]": lambda x: x[0], "x[..., None]": lambda x: x[..., None], "x[:, 1:]": lambda x: x[:, 1:],
    "x @ m": lambda x: x @ np.ones((3, 2), "float32"),
}  # fmt: skip


@pytest.mark.parametrize("text", OPERATORS)
def test_operators(backend, text):
    sample = np.float32([[1, -2, 3], [4, 5, -6]])
    m = np.ones((3, 2), "float32")
    expected = eval(text, {"x": sample, "m": m})
    symbolic = OPERATORS[text](SymbolicTensor((2, 3)))
    assert (symbolic.shape, symbolic.dtype) == (expected.shape, str(expected.dtype))
    real = OPERATORS[text](Variable(sample))
    np.testing.assert_allclose(ops.convert_to_numpy(real), expected)


@pytest.mark.parametrize(
    "use", [bool, float, int, len, list, np.asarray, lambda x: [1][x > 0]], ids=lambda f: f.__name__
)
def test_symbolic_tensors_have_no_values(x, use):
    with pytest.raises((DTypeError, TypeError)):
        use(x)


def test_taking_apart_an_axis_of_unknown_size_is_refused(x):
    with pytest.raises(ShapeError, match="known size on axis 0"):
        ops.unstack(x)
    assert [row.shape for row in ops.unstack(x, axis=1)] == [(None,)] * 3


DYNAMIC = {"nonzero": "its size depends on the values", "where": "with a condition alone",
           "bincount": "its size depends on the values", "segment_sum": "without num_segments"}  # fmt: skip


@pytest.mark.parametrize("case", [case for case in CASES if case.name not in DYNAMIC], ids=str)
def test_symbolic_shapes_and_dtypes_are_the_real_ones(backend, case):
    """Every operation, with each floating array made symbolic."""

    def symbolic(leaf):
        float_array = isinstance(leaf, np.ndarray) and leaf.dtype == np.float32
        return SymbolicTensor(leaf.shape, "float32") if float_array else leaf

    args, kwargs = tree.map_structure(symbolic, (case.args, case.kwargs))
    with np.errstate(all="ignore"):
        real = tree.flatten(case.run())
        described = tree.flatten(getattr(ops, case.name)(*args, **kwargs))
    assert len(described) == len(real)
    for spec, array in zip(described, real, strict=True):
        assert (tuple(spec.shape), ops.dtype(spec)) == (tuple(array.shape), ops.dtype(array))


def test_threads_choose_their_backend(backend):
    import threading

    seen = []
    thread = threading.Thread(target=lambda: seen.append(backends.active().name))
    with backends.use("numpy"):
        thread.start()
        thread.join()
        assert backends.active().name == "numpy"
    assert seen != []


def test_default_bodies_know_no_device_and_take_negative_axes(backend):
    with without_kernels():
        y = ops.average_pool(
            ops.conv(SymbolicTensor((None, 8, 8, 2)), np.ones((3, 3, 2, 4), "float32"), padding="same"),
            3,
            1,
            "same",
        )
        assert y.shape == (None, 8, 8, 4)
        assert values(ops.transpose(np.arange(6).reshape(1, 2, 3), (0, -1, -2))) == [[[0, 3], [1, 4], [2, 5]]]
