"""Default bodies of operations are composed from the array-API standard alone, and backends agree."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from corne import backend as backends
from corne import ops, tree
from corne_numpy.backend import NumpyBackend
from corne_testkit.operation_cases import CASES, Case
from corne_testkit.strict import StrictBackend


class BareNumpy(NumpyBackend):
    """The numpy backend with default bodies only."""

    def __init__(self) -> None:
        self.kernels = {}


def outcome(backend: Any, case: Case) -> list[Any]:
    """Run a case and return the flat results as NumPy arrays."""
    with backends.use(backend), np.errstate(all="ignore"):
        return [np.asarray(ops.convert_to_numpy(leaf)) for leaf in tree.flatten(case.run())]


def assert_same(results: list[Any], expected: list[Any]) -> None:
    assert [(r.shape, r.dtype) for r in results] == [(e.shape, e.dtype) for e in expected]
    for result, wanted in zip(results, expected, strict=True):
        np.testing.assert_allclose(result, wanted, rtol=2e-5, atol=1e-5)


def needs_float16(case: Case) -> bool:
    return any(isinstance(a, str) and a == "float16" for a in case.args)  # the standard has no such dtype


@pytest.mark.parametrize("case", [c for c in CASES if not needs_float16(c)], ids=str)
def test_default_body_runs_on_the_standard_alone(case):
    assert_same(outcome(StrictBackend(), case), outcome(BareNumpy(), case))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_backends_agree_with_numpy_without_kernels(backend, case):
    assert_same(outcome(backend, case), outcome(BareNumpy(), case))


#: Operations with tests of their own.
ELSEWHERE = {
    "convolution": {"conv", "conv_transpose", "depthwise_conv", "separable_conv", "max_pool", "average_pool",
                    "adaptive_average_pool", "adaptive_max_pool", "image.resize"},
    "test_ops_recurrent": {"rnn"},
    "test_ops_control": {"cond", "switch", "while_loop", "fori_loop", "scan", "map", "vectorized_map",
                         "custom_gradient", "convert_to_numpy", "convert_to_tensor", "dtype", "is_tensor", "ndim",
                         "shape", "size", "result_type", "empty", "empty_like"},
}  # fmt: skip


def test_every_operation_has_a_case():
    tested = {case.name for case in CASES}.union(*ELSEWHERE.values())
    own = {name for name in ops.__all__ if getattr(ops, name).__module__.startswith("corne.")}
    assert own - tested == set()
