"""KerasFileEditor: what is in a file, changed and saved; agreement with Keras's."""

from __future__ import annotations

import h5py
import numpy as np
import pytest
from corne import Input, Sequential
from corne.errors import ArgumentError, FileFormatError, UnknownNameError
from corne.saving import KerasFileEditor

pytest.importorskip("corne_layers")


def make(units=2):
    from corne import layers

    return Sequential([Input((3,)), layers.Dense(units), layers.Dense(2)])


@pytest.fixture(params=["m.keras", "m.weights.h5", "m.npz"])
def editor(request, tmp_path):
    model = make()
    model.set_weights([np.full(w.shape, i, "float32") for i, w in enumerate(model.get_weights())])
    (model.save if request.param == "m.keras" else model.save_weights)(tmp_path / request.param)
    return KerasFileEditor(str(tmp_path / request.param))


def test_contents(editor, capsys):
    assert {k: v.shape for k, v in editor.weights_dict["layers"]["dense"].items()} == {"0": (3, 2), "1": (2,)}
    assert (editor.config is not None) == editor.filepath.endswith(".keras")
    editor.summary()
    assert "0: shape=(3, 2), dtype=float32" in capsys.readouterr().out


def test_compare_counts(editor):
    assert editor.compare(make()) == {"status": "success", "error_count": 0, "match_count": 4}
    # Three units: kernel and bias of the first layer and the kernel of the second differ.
    assert editor.compare(make(3)) == {"status": "error", "error_count": 3, "match_count": 1}


def test_edits_reach_the_model(editor, tmp_path):
    editor.rename_object("dense_1", "dense_2")
    editor.delete_object("layers/dense")
    editor.add_object("layers/dense", {"0": np.full((3, 2), 7.0)})
    editor.add_weights("dense", {"1": np.full(2, 8.0), "2": np.zeros(1)})
    editor.delete_weight("layers/dense", "2")
    editor.rename_object("layers/dense_2", "dense_1")
    editor.save(tmp_path / "edited.weights.h5")
    model = make()
    model.load_weights(tmp_path / "edited.weights.h5")
    assert [float(w.flat[0]) for w in model.get_weights()] == [7, 8, 2, 3]


@pytest.mark.parametrize(
    ("call", "kind"),
    [
        (lambda e: e.delete_object("none"), UnknownNameError),
        (lambda e: e.delete_object("layers/none"), UnknownNameError),
        (lambda e: e.rename_object("dense", "a/b"), ArgumentError),
        (lambda e: e.rename_object("dense", "dense_1"), ArgumentError),
        (lambda e: e.add_object("none/x", {}), UnknownNameError),
        (lambda e: e.add_object("layers/x", [1]), ArgumentError),
        (lambda e: e.add_object("layers/..", {}), ArgumentError),
        (lambda e: e.add_weights("dense", {"0": object()}), ArgumentError),
        (lambda e: e.delete_weight("dense", "9"), UnknownNameError),
        (lambda e: e.save("m.keras"), ArgumentError),
    ],
)
def test_mistakes(editor, call, kind):
    with pytest.raises(kind):
        call(editor)


def test_links_and_other_files_are_refused(tmp_path):
    with h5py.File(tmp_path / "m.weights.h5", "w") as file:
        file["layers"] = h5py.ExternalLink("/etc/passwd", "/")
    with pytest.raises(FileFormatError):
        KerasFileEditor(tmp_path / "m.weights.h5")
    (tmp_path / "text").write_text("text")
    with pytest.raises(FileFormatError):
        KerasFileEditor(tmp_path / "text")


@pytest.mark.oracle
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_keras_opens_what_the_editor_saves(editor, tmp_path):
    keras = pytest.importorskip("keras")
    editor.resave_weights(tmp_path / "e.weights.h5")
    theirs = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2), keras.layers.Dense(2)])
    theirs.load_weights(tmp_path / "e.weights.h5")
    assert [float(w.flat[0]) for w in theirs.get_weights()] == [0, 1, 2, 3]
    assert keras.saving.KerasFileEditor(str(tmp_path / "e.weights.h5")).compare(theirs)["status"] == "success"
