"""Conversion, control flow, gradients that are given."""

from __future__ import annotations

import numpy as np
import pytest
from corne import Variable, ops
from corne.errors import ArgumentError, DataError, DTypeError
from corne.symbolic import SymbolicTensor


def values(result):
    return ops.convert_to_numpy(result).tolist()


def test_conversion_there_and_back(backend):
    for dtype in ("float32", "float16", "bfloat16", "int8", "int64", "uint8", "bool", "float64"):
        array = ops.convert_to_tensor([0.0, 1.0], dtype=dtype)
        assert ops.dtype(array) == dtype
        assert str(ops.convert_to_numpy(array).dtype) == dtype
        assert ops.is_tensor(array)
    assert ops.is_tensor(SymbolicTensor((1,)))
    assert not ops.is_tensor([1.0])
    assert ops.convert_to_numpy(Variable([1.0])).tolist() == [1.0]


def test_shapes_of_anything(backend):
    for x in ([[1, 2, 3]], np.ones((1, 3)), ops.ones((1, 3)), Variable(np.ones((1, 3)))):
        assert (ops.shape(x), ops.ndim(x), ops.size(x)) == ((1, 3), 2, 3)
    symbolic = SymbolicTensor((None, 3))
    assert (ops.shape(symbolic), ops.ndim(symbolic), ops.size(symbolic)) == ((None, 3), 2, None)


@pytest.mark.parametrize(
    ("value", "error"), [(["a"], DTypeError), ([[1], [1, 2]], DataError), ([None], DTypeError)]
)
def test_what_is_no_array_is_refused(backend, value, error):
    with pytest.raises(error, match="convert_to_tensor"):
        ops.convert_to_tensor(value)


def test_sparse_and_ragged_are_refused(backend):
    for argument in ("sparse", "ragged"):
        with pytest.raises(ArgumentError, match="dense array"):
            ops.convert_to_tensor([1.0], **{argument: True})
    with pytest.raises(ArgumentError, match="sparse"):
        ops.one_hot([1], 2, sparse=True)


def test_result_type_takes_arrays_names_and_numbers(backend):
    assert ops.result_type(ops.ones(1, dtype="float16"), "int32", 3) == "float16"
    assert ops.result_type(1, 2.0) == "float32"


def test_empty_arrays_have_shape_and_dtype(backend):
    assert (ops.empty((2, 3), "int32").shape, ops.dtype(ops.empty_like(np.ones(2, "int8")))) == (
        (2, 3),
        "int8",
    )


def test_cond_takes_one_way(backend):
    assert ops.cond(ops.convert_to_tensor(True), lambda: 1, lambda: 1 / 0) == 1
    assert ops.cond(ops.convert_to_tensor([0.0])[0] > 1, lambda: 1 / 0, lambda: 2) == 2


def test_switch_clips_its_index(backend):
    branches = [lambda x: x, lambda x: -x]
    assert [ops.switch(i, branches, 5) for i in (-3, 0, 1, 9)] == [5, 5, -5, -5]


def test_while_loop_stops_at_the_condition_or_the_limit(backend):
    def double(n, x):
        return n + 1, x * 2

    start = (0, ops.convert_to_tensor([1.0, 3.0]))
    assert values(ops.while_loop(lambda n, x: n < 3, double, start)[1]) == [8.0, 24.0]
    assert values(ops.while_loop(lambda n, x: True, double, start, maximum_iterations=2)[1]) == [4.0, 12.0]
    assert ops.while_loop(lambda n: n < 5, lambda n: n + 2, 0) == 6


def test_fori_loop(backend):
    # 1 * 2 * 3 * 4
    assert values(ops.fori_loop(1, 5, lambda i, total: total * i, ops.convert_to_tensor(1.0))) == 24.0
    assert ops.fori_loop(0, 3, lambda i, x: x + i, SymbolicTensor((None, 2))).shape == (None, 2)


def step(carry, x):
    return carry + x["a"], {"sum": carry + x["a"], "square": x["b"] * x["b"]}


def test_scan(backend):
    xs = {"a": ops.convert_to_tensor([1.0, 2.0, 4.0]), "b": ops.convert_to_tensor([3.0, 5.0, 7.0])}
    carry, ys = ops.scan(step, ops.convert_to_tensor(10.0), xs)
    assert values(carry) == 17.0
    assert values(ys["sum"]) == [11.0, 13.0, 17.0]
    assert values(ys["square"]) == [9.0, 25.0, 49.0]
    carry, ys = ops.scan(step, ops.convert_to_tensor(10.0), xs, reverse=True)
    assert values(ys["sum"]) == [17.0, 16.0, 14.0]


def test_scan_without_inputs_counts(backend):
    carry, ys = ops.scan(lambda c, _: (c + 1, None), ops.convert_to_tensor(0), length=3)
    assert (values(carry), ys) == (3, None)


def test_scan_of_symbolic_tensors(backend):
    carry, ys = ops.scan(step, SymbolicTensor((2,)), {"a": SymbolicTensor((5, 2)), "b": SymbolicTensor((5,))})
    assert (carry.shape, ys["sum"].shape, ys["square"].shape) == ((2,), (5, 2), (5,))


@pytest.mark.parametrize("arguments", [{}, {"xs": np.ones(3), "length": 2}, {"xs": [np.ones(3), np.ones(2)]}])
def test_scan_needs_one_number_of_steps(backend, arguments):
    with pytest.raises(ArgumentError, match="one number of steps"):
        ops.scan(lambda c, x: (c, x), 0, **arguments)


def test_maps(backend):
    x = ops.convert_to_tensor([[1.0, 2.0], [3.0, 4.0]])
    for mapping in (ops.map, ops.vectorized_map):
        assert values(mapping(lambda row: ops.sum(row), x)) == [3.0, 7.0]
        first, second = mapping(lambda pair: (pair[0] + 1, pair[1] * 2), (x, x))
        assert values(first) == [[2.0, 3.0], [4.0, 5.0]]
        assert values(second) == [[2.0, 4.0], [6.0, 8.0]]
    assert ops.map(lambda row: row * 2, SymbolicTensor((4, 2))).shape == (4, 2)


def test_custom_gradient(backend):
    @ops.custom_gradient
    def clipped(x, y):
        def grad(upstream):
            return upstream * 0.5, upstream * 7.0

        return x * y, grad

    a, b = Variable([2.0]), Variable([3.0])
    assert values(clipped(a.value, b.value)) == [6.0]
    if "gradients" in backend.capabilities:
        _, gradients = backend.value_and_grad(lambda: (ops.sum(clipped(a.value, b.value)), None), [a, b])
        assert [values(g) for g in gradients] == [[0.5], [7.0]]


def test_stop_gradient(backend):
    if "gradients" in backend.capabilities:
        a = Variable([2.0])
        _, (gradient,) = backend.value_and_grad(lambda: (ops.sum(a.value * ops.stop_gradient(a)), None), [a])
        assert values(gradient) == [2.0]


def test_loops_and_branches_are_the_backends_to_run(backend, monkeypatch):
    """An engine that traces replaces them; the operations ask it."""
    asked = []
    for name in ("switch", "while_loop", "fori_loop"):
        run = getattr(backend, name)
        monkeypatch.setattr(
            backend, name, lambda *args, _n=name, _r=run: asked.append(_n) or _r(*args), raising=False
        )
    assert ops.switch(backend.asarray(7), [lambda x: x, lambda x: x * 3], 2) == 6  # clipped to the last
    assert ops.while_loop(lambda i: i < 3, lambda i: i + 1, 0) == 3
    assert ops.while_loop(lambda i, j: i < 3, lambda i, j: [i + 1, j + i], [0, 0], 2) == (2, 1)
    assert ops.fori_loop(backend.asarray(1), 4, lambda i, total: total + i, 0) == 6  # 1 + 2 + 3
    assert asked == ["switch", "while_loop", "while_loop", "fori_loop"]
