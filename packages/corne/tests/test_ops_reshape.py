"""reshape with sizes that are not known while a graph is made."""

from __future__ import annotations

import numpy as np
import pytest
from corne import Input, Model, ops
from corne.errors import CorneError


def test_none_keeps_the_size_of_its_axis():
    x = np.arange(24.0, dtype="float32").reshape(2, 3, 4)
    assert ops.reshape(x, (None, None, 2, 2)).shape == (2, 3, 2, 2)
    assert ops.reshape(x, (None, -1)).shape == (2, 12)
    with pytest.raises(CorneError):
        ops.reshape(x, (None, 5))


def test_a_shape_of_unknown_sizes_with_one_axis_more():
    inputs = Input((None, 4))
    outputs = ops.reshape(inputs, (*ops.shape(inputs), 1))
    assert outputs.shape == (None, None, 4, 1)
    x = np.arange(24.0, dtype="float32").reshape(2, 3, 4)
    np.testing.assert_array_equal(Model(inputs, outputs).predict(x, verbose=0), x[..., None])
