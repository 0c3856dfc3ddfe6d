"""Computations that users write as classes, and graphs that can be called."""

from __future__ import annotations

import numpy as np
import pytest
from corne import Function, Input, KerasTensor, Model, Operation, backend, ops
from corne.errors import ArgumentError, StateError
from corne.models import Model as Same
from corne.models import clone_model, load_model
from corne.saving import register_keras_serializable

X = np.arange(6.0, dtype="float32").reshape(2, 3)


@register_keras_serializable("tests")
class Scaled(Operation):
    def __init__(self, factor=2.0, name=None):
        super().__init__(name=name)
        self.factor = factor

    def call(self, x, shift=0.0):
        return ops.add(ops.multiply(x, self.factor), shift)


def test_on_arrays_and_in_a_graph(tmp_path):
    operation = Scaled(factor=3.0)
    np.testing.assert_array_equal(ops.convert_to_numpy(operation(X)), 3 * X)
    x = Input((3,))
    y = operation(x, shift=1.0)
    assert y.shape == (None, 3)
    model = Model(x, ops.relu(y))
    assert operation in model.operations
    np.testing.assert_array_equal(model.predict(X, verbose=0), 3 * X + 1)
    model.save(tmp_path / "m.keras")
    for again in (load_model(tmp_path / "m.keras"), clone_model(model), Same.from_config(model.get_config())):
        np.testing.assert_array_equal(again.predict(X, verbose=0), 3 * X + 1)


def test_an_operation_with_its_own_spec():
    class First(Operation):
        def call(self, x):
            return x[..., 0]

        def compute_output_spec(self, x):
            return KerasTensor(x.shape[:-1], x.dtype)

    assert First()(Input((4, 5))).shape == (None, 4)
    with pytest.raises(NotImplementedError, match="Operation"):
        Operation()(X)


def test_a_function_of_several_tensors():
    a, b = KerasTensor((None, 3)), KerasTensor((None, 3))
    function = Function([a, b], {"sum": ops.add(a, b), "product": ops.multiply(a, b)})
    result = function([X, X])
    np.testing.assert_array_equal(ops.convert_to_numpy(result["sum"]), 2 * X)
    np.testing.assert_array_equal(ops.convert_to_numpy(result["product"]), X * X)
    assert [operation.name.rpartition("_")[0] or operation.name for operation in function.operations]
    assert function.compute_output_shape([(5, 3), (5, 3)]) == {"sum": (5, 3), "product": (5, 3)}
    assert function([a, b])["sum"].shape == (None, 3)
    with pytest.raises(ArgumentError):
        function([X])
    with pytest.raises(ArgumentError):
        Function([X], a)
    with pytest.raises(StateError):
        Function(a, ops.add(a, b))


def test_device():
    with backend.device("cpu:0") as chosen:
        assert backend.active() is chosen
        assert "cpu" in chosen.devices()[0]
    for wrong in ("tpu", 3):
        with pytest.raises(ArgumentError):
            backend.device(wrong)
