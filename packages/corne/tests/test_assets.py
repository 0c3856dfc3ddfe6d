"""Layers' files inside a saved model: written, read back, and refused where their names lead elsewhere."""

from __future__ import annotations

import io
import json
import os
import stat
import zipfile
from pathlib import Path

import numpy as np
import pytest
from corne import Input, Layer, Sequential
from corne.errors import FileFormatError, StateError
from corne.saving import load_model, register_keras_serializable, save_model


@register_keras_serializable(package="corne-tests-assets")
class Lookup(Layer):
    """Adds the length of a word list that lies in a file, and scales by a weight of that length."""

    def __init__(self, words=(), **kwargs):
        super().__init__(**kwargs)
        self.words = list(words)
        self.extra = ""

    def get_config(self):
        return Layer.get_config(self)

    def build(self, input_shape):
        if self.words:
            self.scale = self.add_weight((len(self.words),), "ones", name="scale")

    def call(self, inputs):
        return inputs + len(self.words)

    def save_assets(self, folder):
        Path(folder, "words.txt").write_text("\n".join(self.words))
        Path(folder, "more").mkdir()
        Path(folder, "more", "blank.bin").write_bytes(bytes(3))

    def load_assets(self, folder):
        self.words = Path(folder, "words.txt").read_text().split("\n")
        self.extra = Path(folder, "more", "blank.bin").read_bytes()
        self.scale = self.add_weight((len(self.words),), "zeros", name="scale")


@pytest.fixture
def model():
    model = Sequential([Input((1,)), Lookup(["a", "b", "c"]), Lookup(["d"])])
    model.layers[0].scale.assign([1.0, 2.0, 3.0])
    return model


@pytest.mark.parametrize("kind", ["file", "folder", "object"])
def test_assets_return_before_the_weights_whose_size_they_decide(model, kind, tmp_path):
    target = {"file": tmp_path / "m.keras", "folder": tmp_path / "m", "object": io.BytesIO()}[kind]
    save_model(model, target, zipped=False if kind == "folder" else None)
    again = load_model(target)
    assert [layer.words for layer in again.layers] == [["a", "b", "c"], ["d"]]
    assert again.layers[0].extra == bytes(3)
    np.testing.assert_array_equal(again.layers[0].scale.numpy(), [1, 2, 3])
    np.testing.assert_array_equal(again.predict(np.zeros((1, 1)), verbose=0), [[4]])  # 3 words, then 1


def test_members_have_keras_names_and_sums(model, tmp_path):
    model.save(tmp_path / "m.keras")
    with zipfile.ZipFile(tmp_path / "m.keras") as archive:
        names = archive.namelist()
        sums = json.loads(archive.read("checksums.json"))["members"]
    assets = {
        f"assets/layers/{layer}/{name}"
        for layer in ("lookup", "lookup_1")
        for name in ("words.txt", "more/blank.bin")
    }
    assert assets <= set(names)
    assert assets <= sums.keys()


def rewritten(source: Path, target: Path, changes: dict[str, bytes | None], mode: int | None = None) -> Path:
    """Copy an archive without sums, with members changed, added, or removed where None."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            if name != "checksums.json" and name not in changes:
                new.writestr(name, old.read(name))
        for name, data in changes.items():
            if data is not None:
                info = zipfile.ZipInfo(name)
                if mode is not None:
                    info.external_attr = mode << 16
                new.writestr(info, data)
    return target


@pytest.mark.parametrize(
    "name",
    [
        "assets/../../evil.txt", "assets/layers/lookup/../../../x", "/assets/x", "assets//x", "assets/./x", "assets/a\\b",
        "assets/C:/x", "assets/x\n", "assets/" + "x" * 300, "assets/layers", "assets/layers/lookup/words.txt/x",
        "assets/LAYERS/lookup/words.txt", "assets/. /x",
    ],
)  # fmt: skip
def test_names_that_lead_elsewhere_or_collide_are_refused(model, name, tmp_path):
    model.save(tmp_path / "m.keras")
    rewritten(tmp_path / "m.keras", tmp_path / "bad.keras", {name: b"evil"})
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(FileFormatError) as caught:
        load_model(tmp_path / "bad.keras")
    assert caught.value.where.startswith(str(tmp_path / "bad.keras"))
    assert sorted(tmp_path.rglob("*")) == before


def test_a_link_in_an_archive_is_refused(model, tmp_path):
    model.save(tmp_path / "m.keras")
    bad = rewritten(
        tmp_path / "m.keras", tmp_path / "bad.keras", {"assets/link": b"/etc/passwd"}, stat.S_IFLNK | 0o777
    )
    with pytest.raises(FileFormatError) as caught:
        load_model(bad)
    assert "link" in caught.value.given


@pytest.mark.skipif(os.name != "posix", reason="links")
@pytest.mark.parametrize("linked", ["assets/layers/lookup/words.txt", "config.json", "assets"])
def test_a_link_in_a_folder_is_not_followed(model, linked, tmp_path):
    save_model(model, tmp_path / "m", zipped=False)
    place, elsewhere = tmp_path / "m" / linked, tmp_path / "elsewhere"
    place.rename(elsewhere)
    place.symlink_to(elsewhere)
    with pytest.raises(FileFormatError):
        load_model(tmp_path / "m")


def test_damage_to_an_asset_is_noticed(model, tmp_path):
    save_model(model, tmp_path / "m", zipped=False)
    (tmp_path / "m" / "assets/layers/lookup/words.txt").write_text("x\ny\nz")
    with pytest.raises(FileFormatError) as caught:
        load_model(tmp_path / "m")
    assert caught.value.where.endswith("assets/layers/lookup/words.txt")


def test_assets_that_the_layer_cannot_read_name_the_layer(model, tmp_path):
    model.save(tmp_path / "m.keras")
    bad = rewritten(tmp_path / "m.keras", tmp_path / "bad.keras", {"assets/layers/lookup/words.txt": b"\xff"})
    with pytest.raises(FileFormatError) as caught:
        load_model(bad)
    assert caught.value.where == f"{bad}/assets/layers/lookup"
    assert "UnicodeDecodeError" in caught.value.given


def test_a_file_without_assets_calls_nothing(model, tmp_path):
    model.layers[0].words = model.layers[1].words = []
    plain = Sequential([Input((1,)), Lookup(["a"])])
    plain.save(tmp_path / "m.keras")
    with zipfile.ZipFile(tmp_path / "m.keras") as archive:
        none = {name: None for name in archive.namelist() if name.startswith("assets/")}
    stripped = rewritten(tmp_path / "m.keras", tmp_path / "n.keras", none)
    from corne.saving.assets import load_assets
    from corne.saving.members import members_of

    fresh = Sequential([Input((1,)), Lookup(["own"])])
    with members_of(stripped) as members:
        load_assets(fresh, members)
    assert fresh.layers[0].words == ["own"]


@pytest.mark.skipif(os.name != "posix", reason="links")
def test_a_layer_that_writes_a_link_is_an_error(tmp_path):
    class Linking(Lookup):
        def save_assets(self, folder):
            os.symlink("/etc/passwd", Path(folder, "link"))

    model = Sequential([Input((1,)), Linking(["a"], name="linking")])
    with pytest.raises(StateError) as caught:
        model.save(tmp_path / "m.keras")
    assert caught.value.where.startswith("linking.save_assets")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.oracle
@pytest.mark.parametrize("zipped", [True, False])
def test_keras_and_corne_read_each_others_assets(zipped, tmp_path):
    keras = pytest.importorskip("keras")

    class Words(keras.layers.Layer):
        words = ""

        def call(self, inputs):
            return inputs

        def save_assets(self, folder):
            Path(folder, "words.txt").write_text(self.words)

        def load_assets(self, folder):
            self.words = Path(folder, "words.txt").read_text()

    class Mine(Layer):
        words = ""

        def call(self, inputs):
            return inputs

        save_assets, load_assets = Words.save_assets, Words.load_assets

    Mine.__name__ = "Words"
    theirs = keras.Sequential([keras.Input((1,)), Words()])
    theirs.layers[0].words = "from Keras"
    ours = Sequential([Input((1,)), Mine()])
    ours.layers[0].words = "from Corne"
    ending = ".keras" if zipped else ""
    theirs.save(tmp_path / f"theirs{ending}", zipped=zipped)
    ours.save(tmp_path / f"ours{ending}", zipped=zipped)
    again = load_model(tmp_path / f"theirs{ending}", custom_objects={"Words": Mine})
    assert again.layers[0].words == "from Keras"
    again = keras.saving.load_model(tmp_path / f"ours{ending}", custom_objects={"Words": Words})
    assert again.layers[0].words == "from Corne"
