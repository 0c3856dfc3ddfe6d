"""Pipeline: layers one after the other."""

from __future__ import annotations

import corne
import numpy as np
import pytest
from corne import backend as backends
from corne import layers
from corne.errors import ArgumentError
from corne_testkit import Case, LayerConformance


class TestPipeline(LayerConformance):
    """What every layer owes."""

    cases = [
        Case(
            "Pipeline",
            lambda: {"layers": [layers.Rescaling(2.0), layers.Rescaling(1.0, offset=1.0)]},
            input_shape=(3,),
            skip={"test_dtype_policies": "the layers inside have policies of their own",
                  "test_gradients": "the layers inside have policies of their own"},
        )
    ]  # fmt: skip


def test_text(backend):
    """A pipeline that begins with text takes it, in a model too, and on NumPy outside of one."""
    steps = [layers.StringLookup(vocabulary=["a", "b"]), layers.CategoryEncoding(3, output_mode="one_hot")]
    pipeline = layers.Pipeline(steps)
    assert backend.to_numpy(pipeline(["b", "x"])).tolist() == [[0, 0, 1], [1, 0, 0]]
    with backends.use("numpy"):
        assert isinstance(pipeline(["b"]), np.ndarray)
    x = corne.Input((1,), dtype="string")
    model = corne.Model(x, layers.Pipeline(steps)(x))
    assert model.predict(np.array(["b"]), verbose=0).tolist() == [[0, 0, 1]]


def test_random_layers_are_active_unless_told_otherwise(backend):
    """As in Keras, training is True by default."""
    pipeline = layers.Pipeline([layers.Dropout(0.5, seed=1)])
    x = np.ones((4, 50), "float32")
    assert (backend.to_numpy(pipeline(x)) == 0).any()
    assert (backend.to_numpy(pipeline(x, training=False)) == 1).all()


def test_wrong_use():
    """Only layers."""
    with pytest.raises(ArgumentError):
        layers.Pipeline([len])
