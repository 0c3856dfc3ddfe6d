"""Rescaling: a factor and an offset."""

from __future__ import annotations

import numpy as np
import pytest
from corne import config, layers
from corne.errors import ArgumentError
from corne_testkit import Case, LayerConformance


class TestRescaling(LayerConformance):
    """What every layer owes."""

    cases = [
        Case("Rescaling", {"scale": 2.0, "offset": -1.0}, input_shape=(4, 3)),
        Case("Rescaling", {"scale": [1.0, 2.0, 0.5], "offset": [0.0, 1.0, 2.0]}, input_shape=(2, 3)),
        Case(
            "Rescaling",
            {"scale": 1 / 255},
            input_shape=(3, 3, 1),
            input_dtype="uint8",
            input_data=lambda rng, shape: rng.integers(0, 256, shape),
        ),
    ]


def test_lists_run_along_the_channels(backend):
    """With channels first, three factors meet the first of three axes."""
    config.set_image_data_format("channels_first")
    try:
        y = layers.Rescaling([1.0, 10.0])(np.ones((1, 2, 2, 2), "float32"))
    finally:
        config.set_image_data_format("channels_last")
    assert backend.to_numpy(y)[0, :, 0, 0].tolist() == [1.0, 10.0]


@pytest.mark.parametrize("wrong", ["x", None, [[1.0], [1.0, 2.0]]])
def test_wrong_scale(wrong):
    """Only numbers scale."""
    with pytest.raises(ArgumentError) as caught:
        layers.Rescaling(wrong)
    assert caught.value.where == "Rescaling(scale=…)"
