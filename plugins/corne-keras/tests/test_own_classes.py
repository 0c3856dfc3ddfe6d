"""Classes and functions of users' own in legacy files: written by their registered names, found by them."""

from __future__ import annotations

import json

import numpy as np
import pytest
from corne import Input, Model, Sequential, layers, ops
from corne.errors import CorneError, StateError, UnknownNameError
from corne.models import load_model, model_from_json
from corne.saving import register_keras_serializable


@register_keras_serializable(package="corne-keras-tests")
class Scaled(layers.Layer):
    def __init__(self, start="ones", **kwargs):
        super().__init__(**kwargs)
        self.start = start

    def build(self, input_shape):
        self.scale = self.add_weight((input_shape[-1],), self.start, name="scale")

    def call(self, inputs):
        return inputs * self.scale


@register_keras_serializable(package="corne-keras-tests")
def doubled(x):
    return x * 2


def test_registered_names(backend, tmp_path):
    model = Sequential(
        [Input((3,)), Scaled(start="uniform"), layers.Lambda(doubled), layers.Dense(2, activation=doubled)]
    )
    model.save(tmp_path / "m.h5")
    again = load_model(tmp_path / "m.h5")
    x = np.ones((2, 3))
    np.testing.assert_array_equal(again.predict(x, verbose=0), model.predict(x, verbose=0))
    assert type(again.layers[0]) is Scaled


def test_anonymous_functions_are_refused_on_writing(backend, tmp_path):
    model = Sequential([Input((3,)), layers.Lambda(lambda x: x)])
    with pytest.raises(StateError, match="lambda"):
        model.save(tmp_path / "m.h5")
    assert list(tmp_path.iterdir()) == []


def test_models_that_legacy_files_cannot_hold(backend, tmp_path):
    class Own(Model):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.inside = layers.Dense(2)

        def call(self, inputs):
            return self.inside(inputs)

    x = Input((3,))
    with_operation = Model(x, ops.tanh(layers.Dense(2)(x)))
    own = Own()
    own(np.ones((1, 3)))
    for model, match in ((own, "Own"), (with_operation, "tanh"), (Sequential([layers.Dense(2)]), "built")):
        with pytest.raises(StateError, match=match):
            model.save(tmp_path / "m.h5")
    assert list(tmp_path.iterdir()) == []
    own.save_weights(tmp_path / "w.h5")  # weights alone need no configuration
    expected = own.get_weights()
    own.set_weights([np.zeros_like(w) for w in expected])
    own.load_weights(tmp_path / "w.h5")
    for now, then in zip(own.get_weights(), expected, strict=True):
        np.testing.assert_array_equal(now, then)


def test_keras_2_package_and_loss_of_ones_own(backend, tmp_path):
    """``Custom>Name`` is what Keras 2 called classes that were registered without a package."""
    entry = {
        "class_name": "Custom>Mine",
        "config": {"name": "m", "batch_input_shape": [None, 3], "dtype": "float32"},
    }
    text = json.dumps(
        {"class_name": "Sequential", "keras_version": "2.9.0", "config": {"name": "s", "layers": [entry]}}
    )
    with pytest.raises(UnknownNameError, match="Custom>Mine"):
        model_from_json(text)
    model = model_from_json(text, custom_objects={"Custom>Mine": Scaled})
    assert model.predict(np.ones((1, 3)), verbose=0).tolist() == [[1.0, 1.0, 1.0]]


def test_loss_of_ones_own(backend, tmp_path):
    def squared(y_true, y_pred):
        return ops.mean(ops.square(y_true - y_pred), axis=-1)

    model = Sequential([Input((3,)), layers.Dense(2)])
    model.compile("sgd", squared, metrics=["mae"])
    register_keras_serializable(package="corne-keras-tests")(squared)
    model.save(tmp_path / "m.h5")
    again = load_model(tmp_path / "m.h5")
    x, y = np.ones((4, 3)), np.zeros((4, 2))
    assert again.evaluate(x, y, verbose=0) == pytest.approx(model.evaluate(x, y, verbose=0))


def test_mixed_precision(backend, tmp_path):
    model = Sequential(
        [Input((3,)), layers.Dense(2, dtype="mixed_bfloat16"), layers.Dense(2, dtype="bfloat16")]
    )
    try:
        expected = model.predict(np.ones((1, 3)), verbose=0)
    except CorneError:
        pytest.skip("not on this backend")
    model.save(tmp_path / "m.h5")
    again = load_model(tmp_path / "m.h5")
    assert [layer.dtype_policy.name for layer in again.layers] == ["mixed_bfloat16", "bfloat16"]
    np.testing.assert_array_equal(again.predict(np.ones((1, 3)), verbose=0), expected)
