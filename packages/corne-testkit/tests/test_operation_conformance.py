"""OperationConformance finds planted faults."""

from __future__ import annotations

import numpy as np
import pytest
from corne import backend as backends
from corne import ops
from corne.backend.kernels import replaced
from corne.operation import op, xp
from corne_testkit import OperationCase, OperationConformance

FAILED = pytest.fail.Exception
X = np.array([[0.5, -1.0, 2.0]], "float32")


class Kit(OperationConformance):
    pass


def test_wrong_values_are_found(backend):
    Kit().test_values(OperationCase(ops.exp, inputs=(X,), expected=np.exp), backend)
    with pytest.raises(FAILED, match="values of the case"):
        Kit().test_values(OperationCase(ops.exp, inputs=(X,), expected=np.expm1), backend)


@pytest.mark.parametrize("kernel", [lambda x: x + 1, lambda x: x > 0], ids=["values", "dtype"])
def test_wrong_kernels_are_found(backend, kernel):
    case = OperationCase(ops.square, inputs=(X,))
    Kit().test_kernels(case, backend)
    with replaced(backend, {"square": kernel}), pytest.raises(FAILED, match="kernels should"):
        Kit().test_kernels(case, backend)


def test_a_wrong_gradient_is_found(backend):
    if "gradients" not in backend.capabilities:
        return

    @op()
    def half_cut(x):
        return x * x + ops.stop_gradient(x)  # its derivative is 2x + 1

    with pytest.raises(FAILED, match="gradients that agree"):
        Kit().test_gradients(OperationCase(half_cut, inputs=(X,)), backend)
    Kit().test_gradients(OperationCase(ops.square, inputs=(X,)), backend)


def test_a_body_beyond_the_standard_is_found():
    pytest.importorskip("array_api_strict")
    if backends.available().get("numpy", "absent") is not None:
        pytest.skip("needs corne-numpy")

    @op()
    def special(x):
        return xp().nan_to_num(x)  # NumPy has it, the standard does not

    with pytest.raises(AttributeError, match="nan_to_num"):
        Kit().test_body_is_portable(OperationCase(special, inputs=(X,)))


def test_a_body_that_looks_at_sizes_is_found(backend):
    calls = []

    @op()
    def odd(x):
        calls.append(1)
        return x if len(calls) == 1 else x[..., :2]

    with pytest.raises(FAILED, match="a symbolic call should"):
        Kit().test_symbolic(OperationCase(odd, inputs=(X,)), backend, unknown=False)
