"""The core's initializers go through the kit, and bad ones don't get through."""

from __future__ import annotations

import numpy as np
import pytest
from corne import backend as backends
from corne.initializers import Initializer
from corne_testkit import InitializerCase, InitializerConformance

_DRAWN = (
    "RandomNormal RandomUniform TruncatedNormal VarianceScaling GlorotNormal GlorotUniform HeNormal HeUniform "
    "LecunNormal LecunUniform Orthogonal"
)


class TestInitializers(InitializerConformance):
    cases = [
        *(InitializerCase(name, {"seed": 3}) for name in _DRAWN.split()),
        InitializerCase("Zeros"),
        InitializerCase("Ones"),
        InitializerCase("Constant", {"value": 0.5}),
        InitializerCase("Identity", {"gain": 2.0}, shape=(4, 4)),
        InitializerCase("STFT", {"side": "imag", "periodic": True}, shape=(8, 1, 5)),
    ]


class Seedless(Initializer):
    def __call__(self, shape, dtype=None, **kwargs):
        return backends.active().asarray(np.random.default_rng().normal(size=shape), "float32")


def test_bad_ones_fail(backend):
    kit = InitializerConformance()
    with pytest.raises(pytest.fail.Exception, match="equal seeds should give equal arrays"):
        kit.test_is_repeatable(InitializerCase(Seedless), backend)
    with pytest.raises(pytest.fail.Exception, match="dtype float64"):
        kit.test_shape_and_dtype(InitializerCase(Seedless), backend, "float64")
