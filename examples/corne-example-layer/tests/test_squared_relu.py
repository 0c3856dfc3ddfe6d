"""squared_relu by hand: max(x, 0) squared."""

from __future__ import annotations

import numpy as np
from corne import activations
from corne_example_layer.squared_relu import squared_relu


def test_values(backend):
    # -2 -> 0, 0 -> 0, 0.5 -> 0.25, 3 -> 9
    x = backend.asarray(np.array([-2.0, 0.0, 0.5, 3.0], "float32"))
    assert np.allclose(backend.to_numpy(squared_relu(x)), [0.0, 0.0, 0.25, 9.0])


def test_it_is_found_by_name():
    assert activations.get("squared_relu") is squared_relu
    assert activations.get("corne-example-layer:squared_relu") is squared_relu
    assert activations.serialize(squared_relu) == "squared_relu"
