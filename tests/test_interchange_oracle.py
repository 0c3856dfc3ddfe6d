"""``.keras`` and ``.weights.h5`` files, to Keras and back, for every layer both have."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from typing import Any

import corne
import numpy as np
import pytest
from corne import layers, optimizers, tree
from corne.plugins import registry
from corne.random import set_random_seed
from corne_testkit import Case, LayerConformance

os.environ.setdefault("KERAS_BACKEND", "torch")
keras = pytest.importorskip("keras")
pytest.importorskip("torch")
pytestmark = [pytest.mark.oracle, pytest.mark.filterwarnings("ignore")]

ROOT = Path(__file__).parents[1]
#: Names that are no layers of their own: bases, cells and wrappers are tried inside other layers.
INSIDE = {
    "Layer", "Wrapper", "InputLayer", "Lambda", "StackedRNNCells",
}  # fmt: skip


def _cases() -> list[Case]:
    """Return the cases of the plugins' conformance tests, for layers that Keras has."""
    found: list[Case] = []
    for path in sorted(ROOT.glob("plugins/*/tests/test_conformance_*.py")):
        name = f"interchange_{path.stem}"
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        for item in vars(module).values():
            if isinstance(item, type) and issubclass(item, LayerConformance):
                found += [case for case in item.cases if isinstance(case, Case)]
    # Functions in a Lambda are passed by the reader, never taken from a file.
    return [
        case
        for case in found
        if hasattr(keras.layers, case.layer_class.__name__) and case.layer_class.__name__ != "Lambda"
    ]


CASES = _cases()


def _model(case: Case) -> corne.Model:
    inputs = case.symbolic_inputs()
    layer = case.make_built()
    return corne.Model(inputs, case.call(layer, inputs))


def _outputs(model: Any, data: Any) -> list[Any]:
    return [np.asarray(y) for y in tree.flatten(model.predict(data, verbose=0))]


def _as_given(case: Case, data: Any) -> Any:
    return list(data.values()) if isinstance(data, dict) and case.takes_keywords else data


def test_every_layer_has_a_case() -> None:
    found = {
        name: registry.get("layers", name) for name in registry.names("layers") if hasattr(keras.layers, name)
    }
    names = {
        name
        for name, item in found.items()
        if isinstance(item, type) and issubclass(item, layers.Layer) and item.__name__ == name
    }
    tried = {case.layer_class.__name__ for case in CASES}
    assert names - tried == INSIDE & names


def _theirs(value: Any) -> Any:
    """Return an argument as Keras takes it: layers and the like made anew there."""
    if isinstance(value, (list, tuple)):
        return type(value)(_theirs(item) for item in value)
    if hasattr(value, "get_config"):
        return keras.saving.deserialize_keras_object(corne.saving.serialize_keras_object(value))
    return value


def _model_of_keras(case: Case) -> Any:
    """Make the case's layer by Keras's constructor, with Keras's initial weights, in a functional model."""

    def inputs(shape: Any) -> Any:
        if isinstance(shape, dict):
            return {key: inputs(value) for key, value in shape.items()}
        if isinstance(shape, list):
            return [inputs(value) for value in shape]
        return keras.layers.Input(tuple(shape), dtype=case.input_dtype)

    arguments = {key: _theirs(value) for key, value in case.constructor_arguments().items()}
    layer = getattr(keras.layers, case.layer_class.__name__)(**arguments)
    symbolic = inputs(case.input_shape)
    return keras.Model(symbolic, case.call(layer, symbolic))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_files_that_keras_began(case: Case, tmp_path: Path) -> None:
    theirs = _model_of_keras(case)
    data = case.inputs()
    expected = _outputs(theirs, data)
    theirs.save(tmp_path / "theirs.keras")
    ours = corne.models.load_model(tmp_path / "theirs.keras")
    assert len(ours.weights) == len(theirs.weights)
    if case.deterministic:
        for a, b in zip(expected, _outputs(ours, data), strict=True):
            np.testing.assert_allclose(b, a, rtol=1e-6, atol=1e-6)
    ours.save(tmp_path / "ours.keras")
    again = keras.saving.load_model(tmp_path / "ours.keras")
    for a, b in zip(theirs.weights, again.weights, strict=True):
        np.testing.assert_array_equal(np.asarray(a.numpy()), np.asarray(b.numpy()), err_msg=a.path)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_there_and_back(case: Case, tmp_path: Path) -> None:
    model = _model(case)
    data = case.inputs()
    ours = _outputs(model, data)
    model.save(tmp_path / "ours.keras")
    theirs = keras.saving.load_model(tmp_path / "ours.keras")
    if case.deterministic:
        for a, b in zip(ours, _outputs(theirs, data), strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-6, atol=1e-6)
    theirs.save(tmp_path / "theirs.keras")
    again = corne.models.load_model(tmp_path / "theirs.keras")
    for a, b in zip(model.weights, again.weights, strict=True):
        np.testing.assert_array_equal(a.numpy(), b.numpy(), err_msg=a.path)
    theirs.save_weights(tmp_path / "theirs.weights.h5")
    other = _model(case)
    other.load_weights(tmp_path / "theirs.weights.h5")
    if case.deterministic:
        for a, b in zip(ours, _outputs(other, data), strict=True):
            np.testing.assert_array_equal(a, b)


def _branches(k: Any) -> Any:
    one, two = k.layers.Input((6,), name="one"), k.layers.Input((6,), name="two")
    shared = k.layers.Dense(4, activation="tanh", name="shared")
    inner = k.Sequential(
        [k.layers.Input((4,)), k.layers.Dense(3, name="deep"), k.layers.BatchNormalization()]
    )
    a, b = inner(shared(one)), inner(shared(two))
    joined = k.layers.Concatenate()([a, b])
    first = k.layers.Dense(2, name="first")(k.layers.Dropout(0.2)(joined))
    second = k.layers.Dense(1, name="second")(k.layers.Add()([a, b]))
    return k.Model([one, two], [first, second])


def _plain(k: Any) -> Any:
    return k.Sequential([k.layers.Input((6,)), k.layers.Dense(5, activation="relu"), k.layers.Dense(2)])


def _inside(k: Any) -> Any:
    """A functional model inside another, called more than once and at its end."""
    one, outer = k.layers.Input((6,)), k.layers.Input((6,))
    inner = k.Model(one, k.layers.Dense(6, activation="tanh")(k.layers.Dense(4)(one)), name="inner")
    return k.Model(outer, inner(inner(outer)))


def _sequence(k: Any) -> Any:
    recurrent = k.layers.Bidirectional(k.layers.LSTM(3, return_sequences=True))
    return k.Sequential([k.layers.Input((4, 3)), recurrent, k.layers.GRU(2)])


MODELS = {
    "branches": (_branches, [(6,), (6,)]),
    "inside": (_inside, [(6,)]),
    "plain": (_plain, [(6,)]),
    "sequence": (_sequence, [(4, 3)]),
}
OPTIMIZERS = {
    "adam": {"learning_rate": 0.01}, "sgd": {"learning_rate": 0.1, "momentum": 0.9}, "rmsprop": {}, "adamw": {},
    "adagrad": {}, "adadelta": {}, "adamax": {}, "nadam": {}, "ftrl": {}, "lion": {},
}  # fmt: skip


def _data(shapes: list[Any], model: Any) -> tuple[Any, Any]:
    rng = np.random.default_rng(0)
    x = [rng.normal(size=(16, *shape)).astype("float32") for shape in shapes]
    y = [rng.normal(size=(16, *output.shape[1:])).astype("float32") for output in model.outputs]
    return (x, y) if len(x) > 1 else (x[0], y[0])


@pytest.mark.parametrize("first", ["ours", "theirs"])
@pytest.mark.parametrize("name", MODELS)
def test_trained_models_go_on_in_the_other(name: str, first: str, tmp_path: Path) -> None:
    make, shapes = MODELS[name]
    here, there = (corne, keras) if first == "ours" else (keras, corne)
    set_random_seed(1)
    keras.utils.set_random_seed(1)
    model = make(here)
    model.compile(optimizer="adam", loss="mse")
    x, y = _data(shapes, model)
    model.fit(x, y, epochs=3, verbose=0, shuffle=False)
    model.save(tmp_path / "model.keras")
    other = (keras.saving if there is keras else corne.models).load_model(tmp_path / "model.keras")
    for a, b in zip(_outputs(model, x), _outputs(other, x), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)
    if name != "branches":  # dropout draws from generators whose states the formats keep, each its own way
        for trained in (model, other):
            trained.fit(x, y, epochs=2, verbose=0, shuffle=False)
        for a, b in zip(_outputs(model, x), _outputs(other, x), strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_optimizers_go_on_in_the_other(name: str, tmp_path: Path) -> None:
    model = _plain(corne)
    model.compile(optimizer=optimizers.get({"class_name": name, "config": OPTIMIZERS[name]}), loss="mse")
    x, y = _data([(6,)], model)
    model.fit(x, y, epochs=3, verbose=0, shuffle=False)
    model.save(tmp_path / "ours.keras")
    theirs = keras.saving.load_model(tmp_path / "ours.keras")
    theirs.save(tmp_path / "theirs.keras")
    again = corne.models.load_model(tmp_path / "theirs.keras")
    for a, b in zip(model.optimizer.variables, again.optimizer.variables, strict=True):
        np.testing.assert_allclose(a.numpy(), b.numpy(), rtol=1e-6, err_msg=a.path)
    for trained in (model, theirs, again):
        trained.fit(x, y, epochs=2, verbose=0, shuffle=False)
    for other in (theirs, again):
        np.testing.assert_allclose(
            model.predict(x, verbose=0), other.predict(x, verbose=0), rtol=1e-4, atol=1e-5
        )
