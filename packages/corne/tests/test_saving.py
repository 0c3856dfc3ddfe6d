"""Files: round trips, what damaged or hostile ones are told, and what a failing write leaves behind."""

from __future__ import annotations

import json
import zipfile

import corne.plugins
import h5py
import numpy as np
import pytest
from corne import Input, Layer, Model, Sequential, ops
from corne.errors import (
    ArgumentError,
    FileFormatError,
    MissingPluginError,
    ShapeError,
    StateError,
    UnknownNameError,
)
from corne.saving import load_model, register_keras_serializable
from corne.saving.atomic import atomic_write


@register_keras_serializable(package="corne-tests-saving")
class Affine(Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        self.kernel = self.add_weight((input_shape[-1], self.units), "glorot_uniform", name="kernel")
        self.bias = self.add_weight((self.units,), "zeros", name="bias")

    def call(self, inputs):
        return ops.add(ops.matmul(inputs, self.kernel), self.bias)


@pytest.fixture
def model(backend):
    x = Input((3,), name="x")
    shared = Affine(3, name="shared")
    inner = Sequential([Input((3,)), Affine(4), Affine(2)], name="inner")
    return Model(x, inner(ops.tanh(ops.add(shared(x), shared(ops.multiply(x, 2.0))))), name="whole")


DATA = np.random.default_rng(0).normal(size=(5, 3)).astype("float32")


def predict(model):
    return ops.convert_to_numpy(model(DATA))


def test_whole_model_round_trip(model, tmp_path):
    model.save(tmp_path / "m.keras")
    again = load_model(tmp_path / "m.keras")
    np.testing.assert_array_equal(predict(again), predict(model))
    assert [layer.name for layer in again.layers] == [layer.name for layer in model.layers]


def test_members_of_the_archive(model, tmp_path):
    model.save(tmp_path / "m.keras")
    with zipfile.ZipFile(tmp_path / "m.keras") as archive:
        assert set(archive.namelist()) == {
            "metadata.json",
            "config.json",
            "model.weights.h5",
            "plugins.json",
            "checksums.json",
        }
        assert json.loads(archive.read("config.json"))["class_name"] == "Functional"


def test_weights_round_trip(model, tmp_path):
    model.save_weights(tmp_path / "m.weights.h5")
    expected = predict(model)
    model.set_weights([np.zeros_like(w) for w in model.get_weights()])
    model.load_weights(tmp_path / "m.weights.h5")
    np.testing.assert_array_equal(predict(model), expected)


def test_weights_that_do_not_fit_are_all_listed_and_nothing_is_changed(backend, tmp_path):
    one = Sequential([Input((3,)), Affine(4, name="a"), Affine(2, name="b")])
    two = Sequential([Input((3,)), Affine(4, name="a"), Affine(5, name="b")])
    one.save_weights(tmp_path / "m.weights.h5")
    before = two.get_weights()
    with pytest.raises(
        ShapeError, match=r"affine_1 \(b\): has \(4, 5\), \(5,\), the file has \(4, 2\), \(2,\)"
    ):
        two.load_weights(tmp_path / "m.weights.h5")
    for old, new in zip(before, two.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    with pytest.warns(UserWarning, match="skipped"):
        two.load_weights(tmp_path / "m.weights.h5", skip_mismatch=True)
    np.testing.assert_array_equal(two.get_weights()[0], one.get_weights()[0])


def test_subclassed_model_weights(backend, tmp_path):
    class Net(Model):
        def __init__(self):
            super().__init__()
            self.blocks = [Affine(3), Affine(3)]
            self.heads = {"a": Affine(1)}

        def call(self, x):
            for block in self.blocks:
                x = block(x)
            return self.heads["a"](x)

    one, two = Net(), Net()
    one(DATA), two(DATA)
    one.save_weights(tmp_path / "n.weights.h5")
    with h5py.File(tmp_path / "n.weights.h5") as file:
        assert set(file) == {"blocks", "heads", "vars"}
    two.load_weights(tmp_path / "n.weights.h5")
    np.testing.assert_array_equal(predict(two), predict(one))


def test_unbuilt_models_have_nothing_to_save(tmp_path):
    with pytest.raises(StateError, match="a model with weights"):
        Sequential([Affine(2)]).save_weights(tmp_path / "m.weights.h5")


@pytest.fixture
def without_corne_keras(monkeypatch):
    monkeypatch.setenv("CORNE_DISABLE_PLUGINS", "corne-keras")
    corne.plugins.refresh()
    yield
    monkeypatch.undo()
    corne.plugins.refresh()


@pytest.mark.parametrize("name", ["m.weights.txt", "m.h5", "m.npy"])
def test_wrong_extension(model, tmp_path, name, without_corne_keras):
    with pytest.raises(ArgumentError, match=r"\.weights\.h5"):
        model.save_weights(tmp_path / name)


def test_unknown_format_and_absent_file(model, tmp_path, without_corne_keras):
    with pytest.raises(FileFormatError, match=r"\.keras"):
        model.save(tmp_path / "m.xyz")
    with pytest.raises(FileFormatError, match="nothing there"):
        load_model(tmp_path / "absent.keras")
    with pytest.raises(MissingPluginError, match="corne-keras"):
        model.save(tmp_path / "m.h5")


def test_files_that_are_no_models_say_what_they_are(model, tmp_path):
    model.save_weights(tmp_path / "w.npz")
    (tmp_path / "m.json").write_text(model.to_json())
    (tmp_path / "t.keras").write_text("<html>")
    for name, text in (
        ("w.npz", r"weights alone.*model\.load_weights\('w\.npz'\)"),
        ("m.json", "model_from_json"),
        ("t.keras", "begins with b'<html>'"),
    ):
        with pytest.raises(FileFormatError, match=text):
            load_model(tmp_path / name)


def test_existing_file_and_absent_folder(model, tmp_path):
    (tmp_path / "m.keras").write_text("mine")
    with pytest.raises(ArgumentError, match="overwrite=True"):
        model.save(tmp_path / "m.keras", overwrite=False)
    with pytest.raises(ArgumentError, match="which does not exist"):
        model.save(tmp_path / "no" / "m.keras")


@pytest.mark.parametrize("damage", [b"", b"PK", b"hello", b"PK\x03\x04" + b"\0" * 50])
def test_damaged_archive(backend, tmp_path, damage):
    (tmp_path / "m.keras").write_bytes(damage)
    with pytest.raises(FileFormatError, match=r"m\.keras"):
        load_model(tmp_path / "m.keras")


def rewritten(source, target, **members):
    """Copy an archive with some members replaced, as somebody would who means harm: without checksums."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in set(old.namelist()) - {"checksums.json"}:
            new.writestr(name, members.get(name, old.read(name)))


def test_damaged_members(model, tmp_path):
    model.save(tmp_path / "m.keras")
    for name in ("config.json", "model.weights.h5"):
        rewritten(tmp_path / "m.keras", tmp_path / "bad.keras", **{name: b"garbage"})
        with pytest.raises(FileFormatError, match=name.replace(".", r"\.")):
            load_model(tmp_path / "bad.keras")


@pytest.mark.parametrize(
    "config",
    [
        {"module": "os", "class_name": "system", "config": {"command": "true"}, "registered_name": None},
        {"module": "builtins", "class_name": "eval", "config": {"x": "1"}, "registered_name": None},
        {"module": "corne.saving", "class_name": "load_model", "config": {}, "registered_name": "load_model"},
        {"module": "keras.layers", "class_name": "os:system", "config": {}, "registered_name": "os:system"},
    ],
)
def test_a_file_can_name_only_registered_classes(model, tmp_path, config):
    model.save(tmp_path / "m.keras")
    rewritten(tmp_path / "m.keras", tmp_path / "evil.keras", **{"config.json": json.dumps(config)})
    with pytest.raises((UnknownNameError, FileFormatError, MissingPluginError)):
        load_model(tmp_path / "evil.keras")


def test_code_is_refused(model, tmp_path):
    model.save(tmp_path / "m.keras")
    code = {
        "module": "builtins",
        "class_name": "__lambda__",
        "config": {"code": "4wAA"},
        "registered_name": None,
    }
    rewritten(tmp_path / "m.keras", tmp_path / "evil.keras", **{"config.json": json.dumps(code)})
    with pytest.raises(FileFormatError, match="never run"):
        load_model(tmp_path / "evil.keras")
    with pytest.raises(ArgumentError, match="never runs code"):
        load_model(tmp_path / "m.keras", safe_mode=False)


def test_missing_plugin_is_named(model, tmp_path):
    model.save(tmp_path / "m.keras")
    config = {
        "module": "corne.layers",
        "class_name": "Sparkle",
        "config": {},
        "registered_name": "acme-sparkle:Sparkle",
    }
    needs = {"acme-sparkle": {"version": "1.2", "provides": ["Sparkle"]}}
    members = {"config.json": json.dumps(config), "plugins.json": json.dumps(needs)}
    rewritten(tmp_path / "m.keras", tmp_path / "other.keras", **members)
    with pytest.raises(MissingPluginError, match="pip install acme-sparkle"):
        load_model(tmp_path / "other.keras")


def test_external_links_are_refused(model, tmp_path):
    model.save_weights(tmp_path / "m.weights.h5")
    with h5py.File(tmp_path / "m.weights.h5", "a") as file:
        path = "layers/affine/vars"
        del file[path]["0"]
        file[path]["0"] = h5py.ExternalLink("/etc/passwd", "/x")
    with pytest.raises(FileFormatError, match="link"):
        model.load_weights(tmp_path / "m.weights.h5")


def test_a_write_that_fails_leaves_the_old_file(tmp_path):
    target = tmp_path / "file"
    target.write_text("old")

    def fail():
        with atomic_write(target) as temporary:
            temporary.write_text("half")
            raise RuntimeError("disk full")

    with pytest.raises(RuntimeError, match="disk full"):
        fail()
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]
