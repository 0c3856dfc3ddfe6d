"""A subclass of a layer without weights may make some."""

from __future__ import annotations

import numpy as np
import pytest
from corne import Input, Sequential, layers, ops

X = np.full((2, 3, 4), 0.5, "float32")


@pytest.mark.parametrize(
    ("base", "arguments"),
    [
        (layers.Flatten, ()),
        (layers.Activation, ("linear",)),
        (layers.Dropout, (0.1,)),
        (layers.ReLU, ()),
        (layers.Reshape, ((12,),)),
        (layers.Permute, ((2, 1),)),
        (layers.Identity, ()),
        (layers.Softmax, ()),
        (layers.Masking, ()),
    ],
)
@pytest.mark.parametrize("first", [[], [Input((3, 4))]])
def test_its_build_is_called_once(base, arguments, first, backend):
    class Scaled(base):
        calls = 0

        def build(self, input_shape):
            self.calls += 1
            self.scale = self.add_weight(shape=(), initializer="ones", name="scale")

        def call(self, inputs, **kwargs):
            return ops.multiply(super().call(inputs, **kwargs), self.scale)

    plain, layer = base(*arguments), Scaled(*arguments)
    assert plain.built
    model = Sequential([*first, layer])
    got = ops.convert_to_numpy(model(X))
    assert (layer.calls, len(model.weights)) == (1, 1)
    np.testing.assert_array_equal(got, ops.convert_to_numpy(plain(X)))  # times one
