"""Files that Keras 2 wrote: the same predictions, and training that goes on where it stopped."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from corne import layers, ops
from corne.errors import FileFormatError, UnknownNameError
from corne.models import load_model, model_from_json

FILES = Path(__file__).parent / "files"
MODELS = sorted(path.stem for path in (FILES / "keras-2.15").glob("*.npz"))
TRAINED = ["adagrad", "adam_new", "branches", "nested", "rms_legacy", "rnn"]


def given(name):
    """Return inputs, expected outputs, and outputs after more training."""
    with np.load(FILES / "keras-2.15" / f"{name}.npz") as data:
        return [[data[key] for key in sorted(data) if key[0] == kind] for kind in "xyt"]


def alone(values):
    return values if len(values) > 1 else values[0]


def assert_predicts(model, inputs, expected):
    outputs = model.predict(alone(inputs), verbose=0)
    outputs = outputs if isinstance(outputs, list) else [outputs]
    assert len(outputs) == len(expected)
    for given_output, output in zip(outputs, expected, strict=True):
        np.testing.assert_allclose(given_output, output, atol=2e-6, rtol=1e-5)


@pytest.mark.parametrize("name", MODELS)
def test_whole_model(backend, name):
    inputs, expected, _ = given(name)
    model = load_model(FILES / "keras-2.15" / f"{name}.h5")
    assert_predicts(model, inputs, expected)


@pytest.mark.parametrize("name", MODELS)
def test_weights_by_name(backend, name):
    inputs, expected, _ = given(name)
    path = FILES / "keras-2.15" / f"{name}.h5"
    model = load_model(path, compile=False)
    assert not model.compiled
    model.set_weights([np.zeros_like(w) for w in model.get_weights()])
    model.load_weights(path, by_name=True)
    assert_predicts(model, inputs, expected)


@pytest.mark.parametrize("name", ["branches", "nested"])
def test_weights_alone(backend, name):
    inputs, expected, _ = given(name)
    model = load_model(FILES / "keras-2.15" / f"{name}.h5", compile=False)
    model.set_weights([np.zeros_like(w) for w in model.get_weights()])
    model.load_weights(FILES / "keras-2.15" / f"{name}_weights.h5")
    assert_predicts(model, inputs, expected)


@pytest.mark.parametrize("name", ["nested", "rnn"])
def test_json(backend, name):
    inputs, expected, _ = given(name)
    model = model_from_json((FILES / "keras-2.15" / f"{name}.json").read_text())
    model.load_weights(FILES / "keras-2.15" / f"{name}.h5")
    assert_predicts(model, inputs, expected)


@pytest.mark.parametrize("name", TRAINED)
def test_training_goes_on(backend, name):
    """The optimizer's state, its learning rate's place in its schedule, and frozen layers are as they were."""
    if "gradients" not in backend.capabilities:
        pytest.skip("only evaluates")
    inputs, expected, later = given(name)
    model = load_model(FILES / "keras-2.15" / f"{name}.h5")
    targets = alone([np.full_like(y, 0.5) for y in expected])
    for _ in range(2):
        model.train_on_batch(alone(inputs), targets)
    assert max(np.abs(a - b).max() for a, b in zip(expected, later, strict=True)) > 0.1
    assert_predicts(model, inputs, later)


def test_what_it_was_compiled_with(backend):
    model = load_model(FILES / "keras-2.15" / "conv1d.h5")
    assert model.loss.from_logits is True
    assert float(model.optimizer.learning_rate) < 0.01  # after four steps of decay
    inputs, expected, _ = given("conv1d")
    targets = np.round(expected[0] - expected[0].min())
    assert {"loss", "binary_accuracy", "auc"} == set(
        model.evaluate(inputs[0], targets, verbose=0, return_dict=True)
    )


# -- files of a package from 2018 and 2019 --------------------------------------------------------------
class GlobalAveragePooling1D_Mask0(layers.Layer):
    """The mean over the steps that have a base, as the package defines it."""

    def __init__(self, data_format="channels_last", **kwargs):
        super().__init__(**kwargs)

    def call(self, inputs):
        values, bases = inputs
        mask = ops.max(bases, axis=2, keepdims=True)
        return ops.sum(values * mask, axis=1) / ops.maximum(ops.sum(mask, axis=1), 1e-7)


class ConvDNA(layers.Conv1D):
    """A convolution with two arguments that only matter for training."""

    def __init__(self, *args, seq_length=None, background_probs=None, **kwargs):
        super().__init__(*args, **kwargs)


OWN = {"ConvDNA": ConvDNA, "GlobalAveragePooling1D_Mask0": GlobalAveragePooling1D_Mask0}


@pytest.mark.parametrize("name", ["Acceptor", "Exon", "Exon_prime3", "Intron3"])
def test_models_of_mmsplice(backend, name):
    model = load_model(FILES / "mmsplice" / f"{name}.h5", custom_objects=OWN)
    with np.load(FILES / "mmsplice" / "expected.npz") as expected:
        assert_predicts(model, [expected[f"{name}_x"]], [expected[f"{name}_y"]])


def test_classes_of_ones_own_are_asked_for(backend):
    with pytest.raises(UnknownNameError, match=r"custom_objects=\{'ConvDNA': …\}"):
        load_model(FILES / "mmsplice" / "Acceptor.h5")


def test_state_of_keras_2_1(backend):
    """Its names tell nothing; the order of the layers does."""
    model = load_model(FILES / "mmsplice" / "Acceptor.h5", custom_objects=OWN)
    assert int(model.optimizer.iterations.numpy()) > 1000
    assert model.optimizer.built


def test_weights_are_not_a_model(backend):
    with pytest.raises(FileFormatError, match=r"load_weights"):
        load_model(FILES / "keras-2.15" / "nested_weights.h5")
