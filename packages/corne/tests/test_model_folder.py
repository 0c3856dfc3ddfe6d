"""Models as folders and in file objects, and the arguments of ``save_model``."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest
from corne import Input, Sequential
from corne.errors import ArgumentError, FileFormatError
from corne.saving import load_model, save_model

layers = pytest.importorskip("corne_layers")


@pytest.fixture
def model():
    from corne import layers

    model = Sequential([Input((3,)), layers.Dense(2)])
    model.compile("sgd", "mse")
    return model


def test_a_folder_holds_what_an_archive_holds(model, tmp_path):
    save_model(model, tmp_path / "m", zipped=False)
    assert {p.name for p in (tmp_path / "m").iterdir()} == {
        "metadata.json", "config.json", "model.weights.h5", "plugins.json", "checksums.json",
    }  # fmt: skip
    assert sorted(p.name for p in tmp_path.iterdir()) == ["m"]
    again = load_model(tmp_path / "m")
    np.testing.assert_array_equal(again.get_weights()[0], model.get_weights()[0])
    assert again.optimizer is not None


def test_a_folder_is_replaced_only_if_it_holds_a_model(model, tmp_path):
    save_model(model, tmp_path / "m", zipped=False)
    model.set_weights([np.ones((3, 2)), np.ones(2)])
    save_model(model, tmp_path / "m", zipped=False)
    assert load_model(tmp_path / "m").get_weights()[1].tolist() == [1, 1]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["m"]
    with pytest.raises(ArgumentError):
        save_model(model, tmp_path / "m", zipped=False, overwrite=False)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("irreplaceable")
    with pytest.raises(ArgumentError):
        save_model(model, tmp_path / "mine", zipped=False)
    (tmp_path / "file").write_text("irreplaceable")
    with pytest.raises(ArgumentError):
        save_model(model, tmp_path / "file", zipped=False)
    assert (
        (tmp_path / "mine" / "thesis.txt").read_text() == (tmp_path / "file").read_text() == "irreplaceable"
    )


def test_a_failed_save_leaves_the_old_folder(model, tmp_path, monkeypatch):
    save_model(model, tmp_path / "m", zipped=False)
    before = load_model(tmp_path / "m").get_weights()[0]
    model.set_weights([np.zeros((3, 2)), np.zeros(2)])
    monkeypatch.setattr("corne.saving.archive.needed_plugins", lambda config: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        save_model(model, tmp_path / "m", zipped=False)
    np.testing.assert_array_equal(load_model(tmp_path / "m").get_weights()[0], before)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["m"]


def test_file_objects(model, tmp_path):
    memory = io.BytesIO(b"")
    save_model(model, memory)
    memory.seek(0)
    again = load_model(memory)
    np.testing.assert_array_equal(again.get_weights()[0], model.get_weights()[0])
    assert not memory.closed
    with (tmp_path / "m.bin").open("wb") as file:
        model.save(file)
    with (tmp_path / "m.bin").open("rb") as file:
        np.testing.assert_array_equal(load_model(file).get_weights()[0], model.get_weights()[0])


def test_a_file_object_that_holds_something_else():
    with pytest.raises(FileFormatError) as caught:
        load_model(io.BytesIO(b"something else"))
    assert caught.value.where == "<BytesIO>"


def test_without_the_optimizer(model, tmp_path):
    model.save(tmp_path / "m.keras", include_optimizer=False)
    assert getattr(load_model(tmp_path / "m.keras"), "optimizer", None) is None


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("m.keras", {"zipped": False}),
        ("m", {"zipped": True}),
        ("m.keras", {"save_format": "h5"}),
        ("m.keras", {"save_format": "tf"}),
        ("m", {"save_format": "tf"}),
    ],
)
def test_arguments_that_contradict_the_path(model, name, arguments, tmp_path):
    with pytest.raises(ArgumentError) as caught:
        save_model(model, tmp_path / name, **arguments)
    assert caught.value.where == f"save_model({next(iter(arguments))}=…)"


def test_keras_arguments_that_agree(model, tmp_path):
    save_model(model, tmp_path / "m.keras", zipped=True, save_format="keras", include_optimizer=True)
    assert load_model(tmp_path / "m.keras").optimizer is not None


@pytest.mark.oracle
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_keras_and_corne_read_each_others_folders_and_file_objects(model, tmp_path):
    keras = pytest.importorskip("keras")
    x = np.arange(6, dtype="float32").reshape(2, 3)
    save_model(model, tmp_path / "ours", zipped=False)
    theirs = keras.saving.load_model(tmp_path / "ours")
    np.testing.assert_allclose(theirs(x).detach().numpy(), model.predict(x, verbose=0), rtol=1e-6)
    theirs.save(tmp_path / "theirs", zipped=False)
    again = load_model(tmp_path / "theirs")
    np.testing.assert_allclose(again.predict(x, verbose=0), model.predict(x, verbose=0), rtol=1e-6)
    theirs.save(tmp_path / "theirs.keras")
    memory = io.BytesIO((tmp_path / "theirs.keras").read_bytes())
    np.testing.assert_array_equal(load_model(memory).get_weights()[0], model.get_weights()[0])
    memory = io.BytesIO()
    save_model(model, memory)
    (tmp_path / "ours.keras").write_bytes(memory.getvalue())
    assert (
        json.loads(keras.saving.load_model(tmp_path / "ours.keras").to_json())["class_name"] == "Sequential"
    )
