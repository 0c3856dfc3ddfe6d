"""CategoryEncoding: class numbers as vectors."""

from __future__ import annotations

import numpy as np
import pytest
from corne import layers
from corne.errors import ArgumentError
from corne_testkit import Case, LayerConformance


class TestCategoryEncoding(LayerConformance):
    """What every layer owes."""

    cases = [
        Case(
            "CategoryEncoding",
            {"num_tokens": 5, "output_mode": mode},
            input_shape=(3,),
            input_dtype="int32",
            input_data=lambda rng, shape: rng.integers(0, 5, shape),
        )
        for mode in ("one_hot", "multi_hot", "count")
    ]


def test_wrong_use():
    """Arguments out of range."""
    for arguments in ({}, {"num_tokens": 0}, {"num_tokens": 2, "output_mode": "int"}):
        with pytest.raises(ArgumentError):
            layers.CategoryEncoding(**arguments)
    with pytest.raises(ArgumentError):
        layers.CategoryEncoding(3)(np.array([[1]]), count_weights=np.array([[1.0]]))
