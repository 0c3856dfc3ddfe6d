"""swirl by hand: a quarter of a turn makes (1, 2) into (-2, 1)."""

from __future__ import annotations

import math

import numpy as np
import pytest
from corne import ops
from corne.errors import ShapeError
from corne.layers import Swirl


def test_a_quarter_of_a_turn(backend):
    x = backend.asarray(np.array([[1.0, 2.0, 3.0, 4.0]], "float32"))
    both = backend.to_numpy(ops.swirl(x, math.pi / 2))
    second = backend.to_numpy(ops.swirl(x, [0.0, math.pi / 2]))
    assert np.allclose(both, [[-2, 1, -4, 3]], atol=1e-6)
    assert np.allclose(second, [[1, 2, -4, 3]], atol=1e-6)


@pytest.mark.parametrize(("shape", "angles"), [((2, 3), ()), ((2, 4), (3,)), ((), ())])
def test_shapes_that_do_not_fit_are_refused(backend, shape, angles):
    with pytest.raises(ShapeError) as caught:
        ops.swirl(np.ones(shape, "float32"), np.ones(angles, "float32"))
    assert caught.value.where.startswith("swirl(")


def test_the_layer_refuses_an_odd_number_of_channels(backend):
    with pytest.raises(ShapeError):
        Swirl().build((None, 3))
