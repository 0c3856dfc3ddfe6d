"""Good files, damaged in more than a thousand ways: an error of Corne's or the same weights."""

from __future__ import annotations

import json
import os
import random
import warnings
from collections import Counter
from pathlib import Path

import h5py
import numpy as np
import pytest
from corne import Input, Model, layers
from corne.errors import CorneError, FileFormatError
from corne.models import load_model
from corne.saving import hdf5_file

FILES = Path(__file__).parent / "files" / "keras-2.15"
WAYS = min(1_000, int(os.environ.get("CORNE_FUZZ", "210")))
#: Each makes two models; the suite tries these few, 500 were tried once for each file.
SEEDS = 60


def damaged(data, seed):
    """Return the name of a way to damage and what it makes of ``data``; the same for the same seed."""
    rng = random.Random(seed)
    kind = ("cut", "flip", "byte", "zero", "drop", "swap", "double")[seed % 7]
    place, size = rng.randrange(len(data)), rng.choice((1, 2, 8, 64, 512))
    end = min(place + size, len(data))
    other = min(rng.randrange(len(data)), len(data) - size) if len(data) > size else 0
    return kind, {
        "cut": lambda: data[:place],
        "flip": lambda: data[:place] + bytes([data[place] ^ 1 << rng.randrange(8)]) + data[place + 1 :],
        "byte": lambda: data[:place] + bytes([rng.randrange(256)]) + data[place + 1 :],
        "zero": lambda: data[:place] + bytes(end - place) + data[end:],
        "drop": lambda: data[:place] + data[end:],
        "swap": lambda: data[:place] + data[other : other + end - place] + data[end:],
        "double": lambda: data[:end] + data[place:],
    }[kind]()


def outcome(path, expected):
    """Read a file and say how it ended; anything but an error of Corne's or the same weights fails."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            weights = load_model(path).get_weights()
    except CorneError as error:
        return type(error).__name__
    assert len(weights) == len(expected)
    for old, new in zip(expected, weights, strict=True):
        np.testing.assert_array_equal(old, new)
    return "the same weights"


@pytest.fixture
def model(backend):
    if backend.name == "numpy":
        pytest.skip("reading is the same on every backend; one is enough")
    x = Input((3,), name="x")
    model = Model(x, layers.Dense(2, name="last")(layers.Dense(4, "tanh", name="first")(x)), name="whole")
    model.compile("adam", "mse")
    return model


def test_damage_is_noticed_or_harmless(model, tmp_path, record_property):
    good, bad = tmp_path / "good.h5", tmp_path / "bad.h5"
    model.save(good)
    data, expected = good.read_bytes(), model.get_weights()
    assert outcome(good, expected) == "the same weights"
    ends = Counter()
    for seed in range(WAYS):
        way, changed = damaged(data, seed)
        bad.write_bytes(changed)
        ends[way, "unchanged" if changed == data else outcome(bad, expected)] += 1
    record_property("ends", {f"{way}: {end}": count for (way, end), count in sorted(ends.items())})
    assert sum(count for (_, end), count in ends.items() if end == "FileFormatError") > 0.8 * WAYS


def test_loops_in_the_library_end(backend, tmp_path, monkeypatch):
    """Of a thousand ways to damage this file of Keras's, which has no checksum, this one never came back."""
    if backend.name == "numpy":
        pytest.skip("reading is the same on every backend; one is enough")
    monkeypatch.setattr(hdf5_file.check, "__defaults__", (3.0,))
    bad = tmp_path / "bad.h5"
    _, changed = damaged((FILES / "seq_dense.h5").read_bytes(), 54)
    bad.write_bytes(changed)
    with pytest.raises(FileFormatError, match=r"after 3 s|signal"):
        load_model(bad)


@pytest.mark.parametrize("name", ["nested", "rnn"])
def test_damaged_configuration(backend, name, tmp_path, record_property, monkeypatch):
    """Keras's files have no checksums: what a damaged text still says may be another model, never another error."""
    if backend.name == "numpy":
        pytest.skip("reading is the same on every backend; one is enough")
    monkeypatch.setattr(hdf5_file, "check", lambda path: None)  # the structure stays whole
    path = tmp_path / "bad.h5"
    path.write_bytes((FILES / f"{name}.h5").read_bytes())
    with h5py.File(path, "r") as file:
        texts = {key: str(file.attrs[key]).encode() for key in ("model_config", "training_config")}
    ends = Counter()
    for seed in range(SEEDS):
        key = ("model_config", "model_config", "training_config")[seed % 3]
        _, changed = damaged(texts[key], seed)
        ends[_with_text(path, texts, key, changed)] += 1
        ends[_with_text(path, texts, key, _value_changed(texts[key], seed))] += 1
    record_property("ends", dict(ends))
    assert sum(ends.values()) == 2 * SEEDS


def _with_text(path, texts, key, changed):
    with h5py.File(path, "r+") as file:
        for name, text in texts.items():
            value = (changed if name == key else text).decode("utf-8", "replace").replace("\0", "")
            file.attrs[name] = value
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            load_model(path)
    except CorneError as error:
        return type(error).__name__
    return "a model"


def _value_changed(text, seed):
    """Return the same JSON with one value replaced by another of any type, or left out."""
    rng = random.Random(seed)
    config = json.loads(text)
    places = []

    def visit(value):
        items = (
            value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        )
        for key, item in items:
            places.append((value, key))
            visit(item)

    visit(config)
    holder, key = rng.choice(places)
    replacement = rng.choice(
        [None, True, -1, 0, 10**18, 1.5, "", "x", [], [1], {}, {"class_name": "Dense"}, "drop"]
    )
    if replacement == "drop":
        del holder[key]
    else:
        holder[key] = replacement
    return json.dumps(config).encode()
