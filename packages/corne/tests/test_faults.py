"""Errors that name an operation's arguments, instead of an engine's words; sizes that a graph leaves open."""

from __future__ import annotations

import numpy as np
import pytest
from corne import Input, backend, ops
from corne.errors import ArgumentError, DTypeError, ShapeError

X = np.arange(6.0, dtype="float32").reshape(2, 3)


@pytest.mark.parametrize(
    ("call", "kind", "where"),
    [
        (lambda: ops.reshape(X, (4, 2)), ShapeError, "ops.reshape(newshape)"),
        (lambda: ops.reshape(X, (-1, 4)), ShapeError, "ops.reshape(newshape)"),
        (lambda: ops.concatenate([X, X[:, :2]], axis=0), ShapeError, "ops.concatenate"),
        (lambda: ops.stack([X, X[:1]]), ShapeError, "ops.stack"),
        (lambda: ops.softmax(X, axis=5), ArgumentError, "ops.softmax(axis=…)"),
        (lambda: ops.sum(X, axis=(0, 2)), ArgumentError, "ops.sum(axis=…)"),
        (lambda: ops.expand_dims(X, 7), ArgumentError, "ops.expand_dims(axis=…)"),
        (lambda: ops.take(X, [7], axis=0), ArgumentError, "ops.take(indices)"),
        (lambda: ops.one_hot([1], -1), ArgumentError, "ops.one_hot(num_classes=…)"),
        (lambda: ops.add(X, np.zeros(5, "float32")), ShapeError, "ops.add"),
        (lambda: ops.split(X, 0), ArgumentError, "ops.split"),
        (lambda: ops.concatenate([Input((4,)), Input((4, 5))], axis=1), ShapeError, "ops.concatenate"),
    ],
)
def test_an_operation_names_what_is_wrong(call, kind, where):
    with pytest.raises(kind) as caught:
        call()
    assert caught.value.where == where


def test_complex_numbers_have_no_order():
    pytest.importorskip("corne_cpu")  # NumPy has an order for them
    with backend.use("cpu"), pytest.raises(DTypeError) as caught:
        ops.maximum(ops.convert_to_tensor([1j]), ops.convert_to_tensor([2j]))
    assert caught.value.where == "ops.maximum(x1)"


def test_errors_of_callbacks_stay_as_they_are():
    def refuse(a, b):
        raise ValueError("mine")

    with pytest.raises(ValueError, match="mine"):
        ops.scan(lambda carry, x: refuse(carry, x), 0, ops.convert_to_tensor([1, 2]))


@pytest.mark.parametrize(
    ("call", "shape"),
    [
        (lambda: Input((None, 8)) + Input((5, 8)), (None, 5, 8)),
        (lambda: ops.stack([Input((None, 8)), Input((5, 8))], axis=1), (None, 2, 5, 8)),
        (lambda: ops.matmul(Input((4, None)), Input((8, 5))), (None, 4, 5)),
        (lambda: np.ones((6, 7, 3), "float32") + Input((None, None, 3)), (None, 6, 7, 3)),
        (lambda: ops.einsum("bij,bjk->bik", Input((4, None)), Input((8, 5))), (None, 4, 5)),
    ],
)
def test_a_size_that_another_argument_fixes(call, shape):
    assert call().shape == shape


def test_take_by_one_index():
    assert float(ops.take(np.arange(5.0), 2)) == 2
    assert ops.take(Input(batch_shape=(5,)), 2).shape == ()


def test_parts_of_nothing():
    assert [tuple(part.shape) for part in ops.split(np.zeros((0, 3)), 2)] == [(0, 3), (0, 3)]


def test_branches_of_a_graph():
    from corne import Model

    x = Input((2,))
    chosen = ops.cond(ops.sum(x) > 0, lambda: x * 2, lambda: -x)
    second = ops.switch(ops.cast(ops.sum(x), "int32"), [lambda v: v, lambda v: v * 10], x)
    model = Model(x, [chosen, second])
    one, two = (ops.convert_to_numpy(y).tolist() for y in model(np.array([[1.0, 2.0]], "float32")))
    assert (one, two) == ([[2, 4]], [[10, 20]])  # the sum, 3, is clipped to the last branch
    one, two = (ops.convert_to_numpy(y).tolist() for y in model(np.array([[-1.0, 0.0]], "float32")))
    assert (one, two) == ([[1, 0]], [[-1, 0]])
