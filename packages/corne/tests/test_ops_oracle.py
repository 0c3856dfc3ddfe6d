"""Operations against Keras: values, shapes and dtypes on every backend, gradients where there are any."""

from __future__ import annotations

import itertools
import os
import warnings

import numpy as np
import pytest
from corne import Variable, dtypes, ops, tree
from corne.backend.kernels import replaced
from corne_testkit.operation_cases import CASES

os.environ.setdefault("KERAS_BACKEND", "torch")
keras = pytest.importorskip("keras")
torch = pytest.importorskip("torch")

pytestmark = [pytest.mark.oracle, pytest.mark.filterwarnings("ignore:You passed `rms_scaling")]

#: Where Keras on torch is not the measure, and why.
DIFFERENT = {
    "sparsemax(": "its results do not sum to 1",
    "where(bool[3, 4])": "one array there, one for each axis in Keras's documentation",
    "nonzero(": "one array there, one for each axis in Keras's documentation",
    "sum(float32[3, 4], axis=None, keepdims=True": "drops the axes it should keep",
    "max(float32[3, 4], axis=None, keepdims=True": "drops the axes it should keep",
    "min(float32[3, 4], axis=None, keepdims=True": "drops the axes it should keep",
    "prod(float32[3, 4], axis=None, keepdims=True": "drops the axes it should keep",
    "top_k(": "int64 indices there, int32 in Keras's documentation",
    "pad(int32[3, 4], 2": "pads the last axis alone",
    "pad(float32[3, 4], [1, 2]": "pads the last axis alone",
    "pad(float32[3, 4], [[1, 2], [2, 1]], mode='symmetric'": "repeats the edge, unlike numpy.pad",
    "linspace(0.0, 1.0, 5, retstep=True": "a float64 step beside float32 numbers",
    "cross(float32[3, 3], float32[3, 3])": "takes the first axis of size 3, not the last",
}


def theirs(case):
    """Return Keras's flat results, or None where it can't."""
    if not hasattr(keras.ops, case.name) or any(str(case).startswith(start) for start in DIFFERENT):
        return None
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        args, kwargs = tree.map_structure(tensor, (case.args, case.kwargs))
        try:
            results = getattr(keras.ops, case.name)(*args, **kwargs)
        except (RuntimeError, NotImplementedError, TypeError, ValueError):
            return None
        return [np.asarray(keras.ops.convert_to_numpy(leaf)) for leaf in tree.flatten(results)]


def tensor(leaf):
    return torch.as_tensor(leaf.copy()) if isinstance(leaf, np.ndarray) else leaf


EXPECTED = [(case, result) for case in CASES if (result := theirs(case)) is not None]


@pytest.mark.parametrize("case, expected", EXPECTED, ids=[str(case) for case, _ in EXPECTED])
def test_values_and_dtypes(backend, case, expected):
    with np.errstate(all="ignore"):
        result = [np.asarray(ops.convert_to_numpy(leaf)) for leaf in tree.flatten(case.run())]
    assert [(r.shape, str(r.dtype)) for r in result] == [(e.shape, str(e.dtype)) for e in expected]
    for one, two in zip(result, expected, strict=True):
        np.testing.assert_allclose(one, two, rtol=2e-5, atol=1e-5)


#: Calls whose gradients are not compared, and why.
NO_GRADIENT = {
    "sign(": "zero", "floor(": "zero", "ceil(": "zero", "trunc(": "zero", "round(": "zero", "floor_divide(": "zero",
    "stop_gradient(": "none", "full_like(": "none", "full(": "none", "linspace(": "Keras has none",
    "logspace(": "Keras has none", "bincount(": "Keras has none",
    "median(": "which of two middle elements gets it is open", "angle(": "zero but for a jump",
    **{f"scatter_update(float32[3, 4], int32[3, 2], float32[3], reduction='{name}'": "Keras fails: updated in place"
       for name in ("max", "min", "mul")},
}  # fmt: skip


def differentiable(case, expected):
    given = [leaf for leaf in tree.flatten((case.args, case.kwargs)) if is_float(leaf)]
    skipped = any(str(case).startswith(start) for start in NO_GRADIENT) or not any(map(np.any, given))
    return bool(given) and any(map(is_float, expected)) and not skipped


def is_float(leaf):
    return isinstance(leaf, np.ndarray) and leaf.dtype == np.float32 and np.isfinite(leaf).all()


def weight(index, shape):
    return np.random.default_rng(index).uniform(0.5, 1.5, shape).astype("float32")


@pytest.fixture
def bodies_only(backend):
    with replaced(backend, {}):
        yield


WITH_GRADIENT = [pair for pair in EXPECTED if differentiable(*pair)]


@pytest.mark.parametrize("case, expected", WITH_GRADIENT, ids=[str(case) for case, _ in WITH_GRADIENT])
@pytest.mark.parametrize("kernels", [True, False], ids=["kernels", "bodies"])
def test_gradients(backend, case, expected, kernels, request):
    if "gradients" not in backend.capabilities:
        return
    if not kernels:
        request.getfixturevalue("bodies_only")
    weights = [weight(i, e.shape) if is_float(e) else None for i, e in enumerate(expected)]
    variables = []

    def ours(leaf):
        if is_float(leaf):
            variables.append(Variable(leaf))
            return variables[-1]
        return leaf

    args, kwargs = tree.map_structure(ours, (case.args, case.kwargs))

    def total():
        results = tree.flatten(getattr(ops, case.name)(*args, **kwargs))
        return sum(
            ops.sum(r * ops.convert_to_tensor(w))
            for r, w in zip(results, weights, strict=True)
            if w is not None
        ), None

    _, gradients = backend.value_and_grad(total, variables)
    leaves = []

    def keras_leaf(leaf):
        if is_float(leaf):
            leaves.append(torch.as_tensor(leaf.copy()).requires_grad_())
            return leaves[-1]
        return tensor(leaf)

    args, kwargs = tree.map_structure(keras_leaf, (case.args, case.kwargs))
    results = tree.flatten(getattr(keras.ops, case.name)(*args, **kwargs))
    sum(
        (r * torch.as_tensor(w)).sum() for r, w in zip(results, weights, strict=True) if w is not None
    ).backward()
    for gradient, leaf in zip(gradients, leaves, strict=True):
        if gradient is None or leaf.grad is None:
            value = backend.to_numpy(gradient) if gradient is not None else leaf.grad
            assert value is None or not np.asarray(value).any()
        else:
            np.testing.assert_allclose(backend.to_numpy(gradient), leaf.grad.numpy(), rtol=1e-4, atol=1e-5)


def test_keras_can_do_nearly_all_cases():
    assert len(EXPECTED) > 0.9 * len(CASES)


def test_promotion_of_dtypes():
    from keras.src.backend.common.dtypes import result_type

    names = [name for name in dtypes.NAMES if not name.startswith(("float8", "complex", "string"))]
    narrow = {"float64": "float32", "int64": "int32", "uint64": "uint32"}  # Keras has at most 32 bits
    for one, two in itertools.product([*sorted(names), int, float], repeat=2):
        ours = dtypes.result_type(one, two)
        assert narrow.get(ours, ours) == result_type(one, two), (one, two)
