"""Weights in several files: parts, list, damage, and the exchange with Keras."""

from __future__ import annotations

import json

import numpy as np
import pytest
from corne import Input, Sequential
from corne.errors import ArgumentError, FileFormatError

pytest.importorskip("corne_layers")
KB = 1 / 1024**2  # of the GB that max_shard_size counts


def make(value=None):
    from corne import layers

    model = Sequential([Input((64,)), layers.Dense(8), layers.Dense(8), layers.Dense(8)])
    if value is not None:
        model.set_weights([np.full(w.shape, value + i, "float32") for i, w in enumerate(model.get_weights())])
    return model


def test_parts_are_no_larger_than_asked(tmp_path):
    make(1).save_weights(tmp_path / "m.weights.json", max_shard_size=2 * KB)
    # 64 * 8 * 4 = 2048 bytes fill a file; 8 * 4 + 8 * 8 * 4 + 8 * 4 + 8 * 8 * 4 + 8 * 4 bytes are another.
    content = json.loads((tmp_path / "m.weights.json").read_text())
    assert content["metadata"]["total_size"] == 2048 + 32 + 256 + 32 + 256 + 32
    assert content["weight_map"] == {
        "/layers/dense/vars": ["m_00000.weights.h5", "m_00001.weights.h5"],
        "/layers/dense_1/vars": "m_00001.weights.h5",
        "/layers/dense_2/vars": "m_00001.weights.h5",
    }
    assert len(list(tmp_path.iterdir())) == 3
    again = make()
    again.load_weights(tmp_path / "m.weights.json")
    for i, values in enumerate(again.get_weights()):
        assert (values == 1 + i).all()


def test_a_path_for_one_file_becomes_that_of_the_list(tmp_path):
    make(1).save_weights(tmp_path / "m.weights.h5", max_shard_size=1)
    assert {p.name for p in tmp_path.iterdir()} == {"m.weights.json", "m_00000.weights.h5"}


@pytest.mark.parametrize("size", [0, -1, True, "5GB", 1 * KB])
def test_sizes_that_cannot_be(size, tmp_path):
    with pytest.raises(ArgumentError) as caught:
        make().save_weights(tmp_path / "m.weights.json", max_shard_size=size)
    assert caught.value.where == "save_weights(max_shard_size=…)"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "name", ["../m_00001.weights.h5", "/etc/passwd", "C:x.weights.h5", "none.weights.h5", 1, None]
)
def test_a_list_that_leads_elsewhere(name, tmp_path):
    folder = tmp_path / "inner"
    folder.mkdir()
    make(1).save_weights(folder / "m.weights.json", max_shard_size=2 * KB)
    (folder / "m_00001.weights.h5").rename(tmp_path / "m_00001.weights.h5")
    content = json.loads((folder / "m.weights.json").read_text())
    content["weight_map"]["/layers/dense_1/vars"] = name
    (folder / "m.weights.json").write_text(json.dumps(content))
    with pytest.raises(FileFormatError):
        make().load_weights(folder / "m.weights.json")


def test_a_mixture_of_two_saves_is_noticed(tmp_path):
    for value, name in ((1, "a"), (2, "b")):
        make(value).save_weights(tmp_path / f"{name}.weights.json", max_shard_size=2 * KB)
    (tmp_path / "a_00001.weights.h5").write_bytes((tmp_path / "b_00001.weights.h5").read_bytes())
    with pytest.raises(FileFormatError) as caught:
        make().load_weights(tmp_path / "a.weights.json")
    assert caught.value.where.endswith("a_00001.weights.h5")


def test_objects_are_skipped_both_ways(tmp_path):
    source, target = make(1), make(10)
    source.save_weights(tmp_path / "m.weights.h5")
    from corne.saving import load_weights, save_weights

    load_weights(target, tmp_path / "m.weights.h5", objects_to_skip=[target.layers[1]])
    assert [int(w.flat[0]) for w in target.get_weights()] == [1, 2, 12, 13, 5, 6]
    save_weights(source, tmp_path / "n.weights.h5", objects_to_skip=[source.layers[2]])
    target = make(10)
    load_weights(target, tmp_path / "n.weights.h5", objects_to_skip=[target.layers[2]])
    assert [int(w.flat[0]) for w in target.get_weights()] == [1, 2, 3, 4, 14, 15]


@pytest.mark.oracle
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_keras_reads_ours_and_we_read_keras(tmp_path):
    keras = pytest.importorskip("keras")
    sizes = [keras.layers.Dense(8) for _ in range(3)]
    theirs = keras.Sequential([keras.Input((64,)), *sizes])
    make(1).save_weights(tmp_path / "ours.weights.json", max_shard_size=2 * KB)
    theirs.load_weights(str(tmp_path / "ours.weights.json"))
    for i, values in enumerate(theirs.get_weights()):
        assert (values == 1 + i).all()
    theirs.set_weights([np.full(w.shape, 7 + i) for i, w in enumerate(theirs.get_weights())])
    theirs.save_weights(str(tmp_path / "theirs.weights.json"), max_shard_size=2.1 * KB)
    again = make()
    again.load_weights(tmp_path / "theirs.weights.json")
    for i, values in enumerate(again.get_weights()):
        assert (values == 7 + i).all()
