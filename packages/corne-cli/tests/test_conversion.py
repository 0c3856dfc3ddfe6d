"""``corne convert``: every way between formats, bit by bit, and what can't be."""

from __future__ import annotations

import errno
import io
import json
import os
import sys
import textwrap
import zipfile
from importlib.metadata import version
from types import SimpleNamespace

import h5py
import ml_dtypes
import numpy as np
import pytest
from click.testing import CliRunner
from corne import Input, Layer, Model, ops
from corne.errors import (
    ArgumentError,
    CorneError,
    FileFormatError,
    FileWriteError,
    MissingPluginError,
    UnknownNameError,
)
from corne.saving import atomic, load_model, register_keras_serializable, weight_files
from corne.saving.tensors import Tensor, Weights
from corne_cli.app import cli
from corne_cli.conversion import convert

pytest.importorskip("safetensors")

FORMATS = ["keras", "weights.h5", "safetensors", "npz"]
WEIGHTS = FORMATS[1:]


@register_keras_serializable(package="corne-tests-converted")
class Slant(Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        self.kernel = self.add_weight((input_shape[-1], self.units), "glorot_uniform", name="kernel")
        self.count = self.add_weight((), "ones", dtype="int32", trainable=False, name="count")

    def call(self, inputs):
        return ops.matmul(inputs, self.kernel)


@pytest.fixture
def model(backend):
    x = Input((3,), name="x")
    return Model(x, Slant(2, name="last")(Slant(4, name="first")(x)), name="whole")


@pytest.fixture
def files(model, tmp_path):
    """The folder with the same model, or its weights, in every format."""
    model.save(tmp_path / "a.keras")
    for name in WEIGHTS:
        model.save_weights(tmp_path / f"a.{name}")
    return tmp_path


def contents(path):
    """Return ``{name: (dtype, shape, bytes)}`` of what is stored."""
    with weight_files.opened(path) as weights:
        return {name: (t.dtype, t.shape, t.read().tobytes()) for name, t in weights.tensors.items()}


def told(run, *arguments):
    result = CliRunner().invoke(run, [str(argument) for argument in arguments])
    return result.exit_code, result.output, result.exception


@pytest.mark.parametrize("start", FORMATS)
@pytest.mark.parametrize("end", WEIGHTS)
def test_weights_are_the_same_bits(files, model, start, end):
    assert convert(files / f"a.{start}", files / f"b.{end}") == "weights"
    assert contents(files / f"b.{end}") == contents(files / f"a.{end}")
    before = model.get_weights()
    model.set_weights([np.zeros_like(weight) for weight in before])
    model.load_weights(files / f"b.{end}")
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_a_whole_model(files, model):
    assert convert(files / "a.keras", files / "b.keras") == "whole model"
    again = load_model(files / "b.keras")
    assert again.to_json() == load_model(files / "a.keras").to_json()
    assert contents(files / "b.keras") == contents(files / "a.keras")


def test_there_and_back(files):
    """Through every format in turn: the values and their names stay; layers' names don't fit in an .npz."""
    path = files / "a.keras"
    for i, end in enumerate([*WEIGHTS, *reversed(WEIGHTS)]):
        path, before = files / f"step{i}.{end}", path
        convert(before, path)
        assert contents(path) == contents(files / "a.keras")


@pytest.mark.parametrize("start", WEIGHTS)
@pytest.mark.parametrize("end", WEIGHTS)
def test_every_dtype(tmp_path, start, end):
    names = ["float16", "float32", "float64", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64",
             "uint64", "bool", "complex64", "bfloat16", "float8_e4m3fn", "float8_e5m2"]  # fmt: skip
    if "safetensors" in (start, end) and version("safetensors").startswith("0.4."):
        names.remove("complex64")  # it came later
    values = {name: np.arange(6).reshape(2, 3).astype(getattr(ml_dtypes, name, name)) for name in names}
    values |= {"scalar": np.float32(3.5), "empty": np.zeros((0, 4), "float32")}
    weights = Weights({f"layers/{name}/vars/0": Tensor.of(value) for name, value in values.items()})
    weight_files.format_for(tmp_path / f"a.{start}").save(tmp_path / f"a.{start}", weights)
    convert(tmp_path / f"a.{start}", tmp_path / f"b.{end}")
    found = contents(tmp_path / f"b.{end}")
    for name, value in values.items():
        value = np.asarray(value)
        assert found[f"layers/{name}/vars/0"] == (value.dtype.name, value.shape, value.tobytes())


def test_files_of_other_tools(tmp_path):
    """Names that Corne wouldn't choose stay as they are."""
    values = {"dense.weight": np.arange(6, dtype="float32").reshape(2, 3), "Deep/er/x": np.ones(2, "int64")}
    np.savez_compressed(tmp_path / "a.npz", **values)
    for end in WEIGHTS:
        convert(tmp_path / "a.npz", tmp_path / f"b.{end}")
        found = contents(tmp_path / f"b.{end}")
        assert {name: data for name, (_, _, data) in found.items()} == {
            n: v.tobytes() for n, v in values.items()
        }


def test_what_keras_wrote_is_converted(files):
    """Its files have no sums and no list of plugins."""
    with zipfile.ZipFile(files / "a.keras") as old, zipfile.ZipFile(files / "k.keras", "w") as new:
        for name in ("metadata.json", "config.json", "model.weights.h5"):
            new.writestr(name, old.read(name))
    convert(files / "k.keras", files / "k.npz")
    assert contents(files / "k.npz") == contents(files / "a.npz")


# -- what can't be ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("start", WEIGHTS)
def test_weights_alone_make_no_model(files, start):
    with pytest.raises(ArgumentError, match=r"model\.load_weights\('a\." + start):
        convert(files / f"a.{start}", files / "b.keras")
    assert not (files / "b.keras").exists()


@pytest.mark.parametrize(
    ("end", "kind", "text"),
    [
        ("b.h5", MissingPluginError, "corne-keras"),
        ("b.json", FileFormatError, r"ends in \.keras"),
        ("b", FileFormatError, "no extension"),
        ("no/b.npz", ArgumentError, "which does not exist"),
        ("a.npz", ArgumentError, "overwrite=True"),
    ],
)
def test_targets_that_are_none(files, end, kind, text, monkeypatch):
    for module in ("corne_cli.conversion", "corne.saving.model_file"):  # no plugin reads it
        nobody = SimpleNamespace(corne_file_format=lambda **k: None)
        monkeypatch.setattr(f"{module}.hook", nobody)
    with pytest.raises(kind, match=text):
        convert(files / "a.keras", files / end)
    assert sorted(path.name for path in files.iterdir()) == sorted(f"a.{name}" for name in FORMATS)


def test_sources_that_are_none(files, model):
    (files / "m.json").write_text(model.to_json())
    (files / "t.keras").write_text("hello")
    with pytest.raises(FileFormatError, match="model_from_json"):
        convert(files / "m.json", files / "b.keras")
    with pytest.raises(FileFormatError, match=r"t\.keras.*begins with b'hello'"):
        convert(files / "t.keras", files / "b.npz")
    with pytest.raises(FileFormatError, match="nothing there"):
        convert(files / "absent.npz", files / "b.npz")
    with pytest.raises(FileFormatError, match="a folder"):
        convert(files, files / "b.npz")
    with h5py.File(files / "k2.h5", "w") as file:
        file.attrs["layer_names"] = [b"d"]
    with pytest.raises(FileFormatError, match="as Keras 2 wrote them"):
        convert(files / "k2.h5", files / "b.npz")


def test_a_file_onto_itself(files):
    before = (files / "a.npz").read_bytes()
    for same in (files / "a.npz", files / ".." / files.name / "a.npz"):
        with pytest.raises(ArgumentError, match="twice"):
            convert(files / "a.npz", same, overwrite=True)
    assert (files / "a.npz").read_bytes() == before


@pytest.mark.parametrize("name", FORMATS)
def test_damaged_sources(files, name):
    path = files / f"a.{name}"
    data = path.read_bytes()
    for place in (len(data) // 3, len(data) // 2, len(data) - 40):
        path.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        end = _end(path, files / "b.npz")
        if end is None:  # in what no reader needs, such as a date
            assert contents(files / "b.npz") == contents(files / "a.keras")
            (files / "b.npz").unlink()
        else:
            assert path.name in end
            assert not (files / "b.npz").exists()


def _end(start, end):
    """Convert, and return what an error says, or None."""
    try:
        convert(start, end)
    except FileFormatError as error:
        return str(error)
    return None


def npz(path, **arrays):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, value in arrays.items():
            buffer = io.BytesIO()
            np.lib.format.write_array(buffer, np.asarray(value))
            archive.writestr(f"{name}.npy", buffer.getvalue())
    return path


def test_hostile_sources(tmp_path):
    with pytest.raises(FileFormatError, match="exhaust memory"):
        convert(npz(tmp_path / "a.npz", x=np.zeros(20_000_000, "float32")), tmp_path / "b.safetensors")
    for name in ("../x", "/x", "a//x", "a/./x", "x\ny"):
        with pytest.raises(FileFormatError):
            convert(npz(tmp_path / "a.npz", **{name: 1.0}), tmp_path / "b.weights.h5")
    assert [path.name for path in tmp_path.iterdir()] == ["a.npz"]


def test_names_and_dtypes_that_a_format_lacks(tmp_path):
    path = npz(tmp_path / "a.npz", **{"a": np.ones(1), "a/b": np.ones(2)})
    with pytest.raises(ArgumentError, match="called 'a'"):
        convert(path, tmp_path / "b.weights.h5")
    convert(path, tmp_path / "b.safetensors")
    assert contents(tmp_path / "b.safetensors") == contents(path)
    path = npz(tmp_path / "c.npz", a=np.ones(2, "complex128"))
    with pytest.raises(ArgumentError, match="complex128"):
        convert(path, tmp_path / "c.safetensors")
    convert(path, tmp_path / "c.weights.h5")
    assert contents(tmp_path / "c.weights.h5") == contents(path)
    for bad in ("text", np.datetime64("2020-01-01")):
        with pytest.raises(CorneError):
            convert(npz(tmp_path / "d.npz", a=np.array([bad])), tmp_path / "d.safetensors")


@pytest.mark.parametrize("end", FORMATS)
def test_a_write_that_fails_leaves_the_old_file(files, end, monkeypatch):
    def full(descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    (files / f"old.{end}").write_bytes(b"old")
    before = sorted(files.iterdir())
    monkeypatch.setattr(atomic.os, "fsync", full)
    with pytest.raises(FileWriteError, match="disk is full"):
        convert(files / "a.keras", files / f"old.{end}", overwrite=True)
    assert (files / f"old.{end}").read_bytes() == b"old"
    assert sorted(files.iterdir()) == before
    monkeypatch.undo()
    convert(files / "a.keras", files / f"old.{end}", overwrite=True)
    assert contents(files / f"old.{end}") == contents(files / "a.keras")


# -- formats of plugins -----------------------------------------------------------------------------------
PLUGIN = """
@hookimpl
def corne_file_format(path, header, mode):
    if (header.startswith(b"ACME") if mode == "r" else path.suffix == ".acme"):
        from acme_format import files
        return files
"""
READER = """
from corne.saving import model_from_json
import json, numpy as np

def save(path, model):
    lists = [[w.dtype.name, w.tolist()] for w in model.get_weights()]
    path.write_text("ACME" + json.dumps({"config": model.to_json(), "weights": lists}))

def load(path, custom_objects, compile=True):
    stored = json.loads(path.read_text()[4:])
    model = model_from_json(stored["config"], custom_objects)
    model.set_weights([np.array(w, dtype) for dtype, w in stored["weights"]])
    return model
"""


def test_formats_of_plugins(files, install, monkeypatch):
    import corne.backend

    with corne.backend.use(corne.backend.active().name):  # chosen before other plugins vanish
        install("acme-format", PLUGIN, modules={"files": READER})
        assert convert(files / "a.keras", files / "b.acme") == "whole model"
        assert json.loads((files / "b.acme").read_text()[4:])["weights"]
        assert convert(files / "b.acme", files / "c.keras") == "whole model"
        assert contents(files / "c.keras") == contents(files / "a.keras")
        assert convert(files / "b.acme", files / "c.npz") == "weights"
        assert contents(files / "c.npz") == contents(files / "a.npz")


# -- the command ------------------------------------------------------------------------------------------
def test_the_command(files):
    code, output, _ = told(cli, "convert", files / "a.keras", files / "b.safetensors")
    assert code == 0
    size = (files / "b.safetensors").stat().st_size
    assert output == f"Wrote {files / 'b.safetensors'}: weights, {size:,} bytes\n"
    code, _, error = told(cli, "convert", files / "a.npz", files / "b.safetensors")
    assert code == 1
    assert isinstance(error, ArgumentError)
    assert told(cli, "convert", files / "a.npz", files / "b.safetensors", "--overwrite")[0] == 0


def test_classes_of_ones_own_are_imported_by_name(tmp_path, monkeypatch):
    """The person says which module registers them; the file can't."""
    (tmp_path / "acme_own_layers.py").write_text(
        textwrap.dedent("""
            from corne import Layer
            from corne.saving import register_keras_serializable

            @register_keras_serializable(package="acme-own")
            class Same(Layer):
                def call(self, inputs):
                    return inputs
        """)
    )
    config = {
        "module": "acme_own_layers", "class_name": "Same", "config": {"name": "same"}, "registered_name": "acme-own>Same",
    }  # fmt: skip
    sequential = {
        "module": "keras", "class_name": "Sequential", "registered_name": None,
        "config": {"name": "s", "layers": [
            {"module": "keras.layers", "class_name": "InputLayer", "registered_name": None,
             "config": {"batch_shape": [None, 3], "dtype": "float32", "name": "x"}}, config]},
    }  # fmt: skip
    buffer = io.BytesIO()
    h5py.File(buffer, "w").close()
    with zipfile.ZipFile(tmp_path / "a.keras", "w") as archive:
        archive.writestr("config.json", json.dumps(sequential))
        archive.writestr("model.weights.h5", buffer.getvalue())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    _, _, error = told(cli, "convert", "a.keras", "b.keras")
    assert isinstance(error, UnknownNameError)
    assert "acme_own_layers" not in sys.modules
    code, output, _ = told(cli, "convert", "a.keras", "b.keras", "--import", "no_such_module_at_all")
    assert code == 2
    assert "ModuleNotFoundError" in output
    code, output, _ = told(cli, "convert", "a.keras", "b.keras", "--import", "acme_own_layers")
    assert (code, output[:13]) == (0, "Wrote b.keras")
