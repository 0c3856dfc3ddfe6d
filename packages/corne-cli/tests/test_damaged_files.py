"""Good files of each format, damaged in more than a thousand ways: an error of Corne's or the same weights."""

from __future__ import annotations

import functools
import json
import os
import random
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from corne import Input, Layer, Model, ops
from corne.errors import CorneError, FileFormatError
from corne.saving import hdf5_file, load_model, model_from_json, register_keras_serializable
from corne_cli.inspection import examine, examine_in_subprocess


@register_keras_serializable(package="corne-tests-saved")
class Dyed(Layer):
    """A dense layer of the core's own, so that these tests need no plugin."""

    def __init__(self, units: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape: Any) -> None:
        self.kernel = self.add_weight((input_shape[-1], self.units), "glorot_uniform", name="kernel")
        self.bias = self.add_weight((self.units,), "ones", name="bias")

    def call(self, inputs: Any) -> Any:
        return ops.add(ops.matmul(inputs, self.kernel), self.bias)


def make_model() -> Any:
    """Return a small model whose weights all differ."""
    x = Input((3,), name="x")
    model = Model(x, Dyed(4, name="last")(ops.tanh(Dyed(4, name="first")(x))), name="whole")
    rng = np.random.default_rng(0)
    model.set_weights([rng.normal(size=w.shape).astype(w.dtype) for w in model.get_weights()])
    return model


@dataclass(frozen=True)
class Format:
    """How a format is written and read back.

    Args:
        suffix: The end of a file's name.
        write: Writes a model to a path.
        read: Returns the weights in a file. ``None`` stands for weights that the format doesn't hold.
        tells: Whether a file carries sums, so that other weights than those written are never returned.
    """

    suffix: str
    write: Callable[[Any, Path], Any]
    read: Callable[[Path], list[np.ndarray[Any, Any]] | None]
    tells: bool = True


def _into_new_model(path: Path) -> list[Any]:
    model = make_model()
    model.set_weights([np.zeros_like(w) for w in model.get_weights()])
    model.load_weights(path)
    weights: list[Any] = model.get_weights()
    return weights


def _json(path: Path) -> None:
    model_from_json(path.read_bytes())  # new weights: there are none in the file to be different


def _save_weights(model: Any, path: Path) -> None:
    if path.suffix == ".safetensors":
        pytest.importorskip("safetensors")
    model.save_weights(path)


def _save_without_sum(model: Any, path: Path) -> None:
    """Write HDF5 as other tools do."""
    model.save_weights(path)
    path.write_bytes(path.read_bytes().partition(b"\ncorne sha256")[0])


def _save_as_keras_does(model: Any, path: Path) -> None:
    """Write an archive without Corne's sums and its list of plugins."""
    model.save(path)
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("metadata.json", "config.json", "model.weights.h5"):
            archive.writestr(name, members[name])


#: A format is added with one line here.
FORMATS = {
    "keras": Format(".keras", lambda m, p: m.save(p), lambda p: load_model(p).get_weights()),
    "weights.h5": Format(".weights.h5", _save_weights, _into_new_model),
    "safetensors": Format(".safetensors", _save_weights, _into_new_model),
    "npz": Format(".npz", _save_weights, _into_new_model),
    "json": Format(".json", lambda m, p: p.write_text(m.to_json()), _json),
}
FUZZING = "CORNE_FUZZ" in os.environ
if FUZZING:
    FORMATS["keras without sums"] = Format(
        ".keras", _save_as_keras_does, lambda p: load_model(p).get_weights()
    )
    # Each takes a process.
    FORMATS["h5 without a sum"] = Format(".weights.h5", _save_without_sum, _into_new_model, tells=False)


def damaged(data: bytes, seed: int) -> tuple[str, bytes]:
    """Return the name of a way to damage and what it makes of ``data``; the same for the same seed."""
    rng = random.Random(seed)
    kind = ("cut", "flip", "byte", "zero", "drop", "swap", "double")[seed % 7]
    place, size = rng.randrange(len(data)), rng.choice((1, 2, 8, 64, 512))
    end = min(place + size, len(data))
    if kind == "cut":
        return kind, data[:place]
    if kind == "flip":
        return kind, data[:place] + bytes([data[place] ^ 1 << rng.randrange(8)]) + data[place + 1 :]
    if kind == "byte":
        return kind, data[:place] + bytes([rng.randrange(256)]) + data[place + 1 :]
    if kind == "zero":
        return kind, data[:place] + bytes(end - place) + data[end:]
    if kind == "drop":
        return kind, data[:place] + data[end:]
    if kind == "double":
        return kind, data[:end] + data[place:]
    other = rng.randrange(len(data))
    low, high = sorted((place, other))
    size = min(size, high - low, len(data) - high)
    a, b = data[low : low + size], data[high : high + size]
    return kind, data[:low] + b + data[low + size : high] + a + data[high + size :]


def members_damaged(path: Path) -> Iterator[tuple[str, dict[str, bytes]]]:
    """Yield archives' members with one dropped, emptied or exchanged for another's contents."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    for name in members:
        yield f"without {name}", {n: d for n, d in members.items() if n != name}
        yield f"{name} empty", {**members, name: b""}
        for other in members:
            if other != name:
                yield f"{name} as {other}", {**members, name: members[other]}


def outcome(kind: Format, path: Path, expected: list[Any]) -> str:
    """Read a file and say how it ended.

    Anything but an error of Corne's or the same weights fails, and so does a file of which reading says that
    it is damaged and inspecting that it is clean. (That the values in a configuration fit its classes is
    known only by building it.)
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            end = _compared(kind, kind.read(path), expected)
            endless = False
    except CorneError as error:
        end, endless = type(error).__name__, "to finish" in error.expected
    report = examine_in_subprocess(path, seconds=5) if endless else examine(path)
    assert json.loads(json.dumps(report.as_dict()))
    assert end != "FileFormatError" or not report.clean or kind.suffix == ".json"
    return "FileFormatError, in time" if endless else end


def _compared(kind: Format, weights: list[Any] | None, expected: list[Any]) -> str:
    if weights is None:
        return "a model"
    assert len(weights) == len(expected)
    same = all(np.array_equal(old, new) for old, new in zip(expected, weights, strict=True))
    assert same or not kind.tells
    return "the same weights" if same else "other weights"


#: All of them under ``nox -s fuzz`` unless it is asked for fewer files, thirty of each kind otherwise.
WAYS = min(1_000, int(os.environ.get("CORNE_FUZZ", "210")))
#: Of these ways to damage an HDF5 file without a sum, HDF5 1.14 never comes back.
ENDLESS = (691, 817)


@pytest.mark.parametrize("name", FORMATS)
def test_damage_is_noticed_or_harmless(backend, name, tmp_path, monkeypatch):
    if backend.name == "numpy":
        pytest.skip("reading is the same on every backend; one is enough")
    kind, model = FORMATS[name], make_model()
    monkeypatch.setattr(hdf5_file, "check", functools.partial(hdf5_file.check, seconds=5))
    good, bad = tmp_path / f"good{kind.suffix}", tmp_path / f"bad{kind.suffix}"
    kind.write(model, good)
    data, expected = good.read_bytes(), model.get_weights()
    assert outcome(kind, good, expected) in ("the same weights", "a model")
    ends: Counter[tuple[str, str]] = Counter()
    for seed in range(WAYS):
        way, changed = damaged(data, seed)
        bad.write_bytes(changed)
        ends[way, "unchanged" if changed == data else outcome(kind, bad, expected)] += 1
    assert sum(count for (_, end), count in ends.items() if "Error" in end) > WAYS / 10
    for (way, end), count in sorted(ends.items()):
        print(f"{name:16} {way:8} {end:24} {count:6}")


def test_hdf5_that_reading_never_ends_is_refused(tmp_path, monkeypatch):
    """Files of other tools have no sum that would tell; they are gone through in a process of its own."""
    model, path = make_model(), tmp_path / "w.weights.h5"
    model.save_weights(path)
    data = path.read_bytes().partition(b"\ncorne sha256")[0]
    path.write_bytes(data)
    model.load_weights(path)
    monkeypatch.setattr(hdf5_file, "check", functools.partial(hdf5_file.check, seconds=2))
    for read, seed in zip((model.load_weights, load_model), ENDLESS, strict=True):
        path.write_bytes(damaged(data, seed)[1])
        with pytest.raises(FileFormatError):
            read(path)
    assert not examine_in_subprocess(path, seconds=2).clean


def test_members_of_an_archive_dropped_emptied_exchanged(backend, tmp_path):
    kind, model = FORMATS["keras"], make_model()
    good, bad = tmp_path / "good.keras", tmp_path / "bad.keras"
    kind.write(model, good)
    for what, members in members_damaged(good):
        with zipfile.ZipFile(bad, "w") as archive:
            for name, data in members.items():
                archive.writestr(name, data)
        end = outcome(kind, bad, model.get_weights())
        # Without its sums it is a file as Keras writes them.
        assert end == ("the same weights" if what == "without checksums.json" else "FileFormatError"), what


@pytest.mark.skipif(not FUZZING, reason="nox -s fuzz runs it, for as long as it is told to")
@pytest.mark.parametrize("name", FORMATS)
def test_fuzz(backend, name, tmp_path, monkeypatch):
    """Any number of edits at places that hypothesis chooses, where it remembers what was interesting."""
    from hypothesis import HealthCheck, given, settings
    from hypothesis import strategies as st

    if backend.name == "numpy":
        pytest.skip("reading is the same on every backend; one is enough")
    kind, model = FORMATS[name], make_model()
    monkeypatch.setattr(hdf5_file, "check", functools.partial(hdf5_file.check, seconds=5))
    good, bad = tmp_path / f"good{kind.suffix}", tmp_path / f"bad{kind.suffix}"
    kind.write(model, good)
    data, expected = good.read_bytes(), model.get_weights()
    place = st.integers(0, len(data))
    edit = st.tuples(place, st.integers(0, 64), st.binary(max_size=64))
    ends: Counter[str] = Counter()

    @settings(
        max_examples=int(os.environ["CORNE_FUZZ"]), deadline=None, suppress_health_check=list(HealthCheck)
    )
    @given(st.lists(edit, min_size=1, max_size=8))
    def run(edits):
        changed = data
        for start, cut, new in edits:
            changed = changed[:start] + new + changed[start + cut :]
        bad.write_bytes(changed)
        ends["unchanged" if changed == data else outcome(kind, bad, expected)] += 1

    run()
    for end, count in sorted(ends.items()):
        print(f"{name:16} fuzz     {end:24} {count:6}")
