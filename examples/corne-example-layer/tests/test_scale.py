"""Scale: values by hand, and the conformance tests of a layer."""

from __future__ import annotations

import numpy as np
import pytest
from corne.errors import ArgumentError, ShapeError
from corne.layers import Scale


def test_values(backend):
    layer = Scale()
    x = backend.asarray(np.array([[1.0, 2.0], [3.0, 4.0]], "float32"))
    assert np.allclose(backend.to_numpy(layer(x)), [[1e-4, 2e-4], [3e-4, 4e-4]])
    layer.gamma.assign([10.0, 0.5])
    assert np.allclose(backend.to_numpy(layer(x)), [[10.0, 1.0], [30.0, 2.0]])


def test_channels_may_be_on_another_axis(backend):
    layer = Scale(axis=1, initial_value=1.0)
    layer.build((None, 2, 3))
    layer.gamma.assign([2.0, 3.0])
    x = backend.asarray(np.ones((1, 2, 3), "float32"))
    assert backend.to_numpy(layer(x)).tolist() == [[[2.0] * 3, [3.0] * 3]]


@pytest.mark.parametrize("axis", [0, 1.5, None])
def test_an_axis_that_can_not_be_is_refused(axis):
    with pytest.raises(ArgumentError, match="an integer other than 0"):
        Scale(axis=axis)


@pytest.mark.parametrize(
    ("axis", "shape", "message"),
    [(3, (None, 4), "an axis 3 besides the batch"), (-1, (None, None), "a fixed size on axis -1")],
)
def test_a_shape_without_that_axis_is_refused(backend, axis, shape, message):
    with pytest.raises(ShapeError, match=message):
        Scale(axis=axis).build(shape)
