"""``corne inspect``: what it shows of good files, what it says about bad ones, and that it builds nothing."""

from __future__ import annotations

import io
import json
import os
import pickle
import stat
import subprocess
import sys
import warnings
import zipfile

import h5py
import numpy as np
import pytest
from click.testing import CliRunner
from corne import Input, Layer, Model, Sequential, ops
from corne.saving import register_keras_serializable
from corne_cli.app import cli
from corne_cli.inspection import Level, examine, examine_in_subprocess

MADE: list[str] = []


@register_keras_serializable(package="corne-tests-inspected")
class Tinted(Layer):
    """A dense layer that tells when one is made."""

    def __init__(self, units, **kwargs):
        MADE.append("made")
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        self.kernel = self.add_weight((input_shape[-1], self.units), "glorot_uniform", name="kernel")
        self.bias = self.add_weight((self.units,), "zeros", name="bias")

    def call(self, inputs):
        return ops.add(ops.matmul(inputs, self.kernel), self.bias)


class Payload:
    """What a pickle would call."""

    def __reduce__(self):
        return MADE.append, ("called",)


@pytest.fixture
def model(backend):
    inner = Sequential([Input((4,)), Tinted(5, name="deep")], name="inner")
    x = Input((3,), name="x")
    return Model(x, inner(Tinted(4, name="first")(x)), name="whole")


@pytest.fixture
def good(model, tmp_path):
    model.save(tmp_path / "good.keras")
    return tmp_path / "good.keras"


@pytest.fixture(autouse=True)
def nothing_is_made(request):
    """Whatever is looked into, no class is called meanwhile."""
    if "good" in request.fixturenames or "model" in request.fixturenames:
        request.getfixturevalue("good" if "good" in request.fixturenames else "model")
    MADE.clear()
    yield
    assert MADE == []


def rewritten(good, change=None, compress=zipfile.ZIP_STORED, **members):
    """Write an archive with another config and other members, without sums; a member that is None goes."""
    target = good.with_name("evil.keras")
    with zipfile.ZipFile(good) as old, zipfile.ZipFile(target, "w") as new:
        contents = {name: old.read(name) for name in old.namelist() if name != "checksums.json"}
        if change is not None:
            config = json.loads(contents["config.json"])
            contents["config.json"] = json.dumps(change(config) or config)
        for name, data in {**contents, **members}.items():
            if data is not None:
                new.writestr(name, data, compress if name in members else zipfile.ZIP_STORED)
    return target


def said(report, level):
    return [f"{finding.where}: {finding.what}" for finding in report.findings if finding.level is level]


def refused(path, text):
    report = examine(path)
    assert not report.clean
    assert any(text in line for line in said(report, Level.REFUSED)), report.findings


def suspicious(path, text):
    report = examine(path)
    assert not report.clean
    assert any(text in line for line in said(report, Level.SUSPICIOUS)), report.findings


# -- good files -------------------------------------------------------------------------------------------
SHAPES = {
    "layers/tinted": [[3, 4], [4]],
    "layers/sequential/layers/tinted": [[4, 5], [5]],
}


def test_an_archive(good):
    report = examine(good)
    assert report.clean
    assert (report.format, report.contents) == (".keras archive", "whole model")
    assert report.size == good.stat().st_size
    assert {"keras version", "corne version", "date saved"} <= report.facts.keys()
    rows = {layer.path: layer for layer in report.layers}
    assert {path: [t["shape"] for t in rows[path].tensors] for path in SHAPES} == SHAPES
    assert (rows["layers/tinted"].name, rows["layers/tinted"].class_name) == ("first", "Tinted")
    assert (rows["layers/sequential"].name, rows["layers/sequential"].class_name) == ("inner", "Sequential")
    # 3 * 4 + 4 + 4 * 5 + 5 values of 4 bytes
    assert report.totals() == {"model": {"tensors": 4, "parameters": 41, "bytes": 164}}
    assert any("corne-tests-inspected>Tinted is a custom object" in line for line in said(report, Level.NOTE))


@pytest.mark.parametrize(
    ("name", "kind"),
    [("w.weights.h5", "HDF5"), ("w.safetensors", "safetensors"), ("w.npz", "NumPy .npz")],
)
def test_weights(model, tmp_path, name, kind):
    if name.endswith(".safetensors"):
        pytest.importorskip("safetensors")
    model.save_weights(tmp_path / name)
    report = examine(tmp_path / name)
    assert report.clean
    assert (report.format, report.contents) == (kind, "weights")
    rows = {layer.path: [t["shape"] for t in layer.tensors] for layer in report.layers if layer.tensors}
    assert rows == SHAPES
    assert report.totals()["model"]["bytes"] == 164


def test_json(model, tmp_path):
    (tmp_path / "m.json").write_text(model.to_json())
    report = examine(tmp_path / "m.json")
    assert report.clean
    assert (report.format, report.contents) == ("JSON", "configuration")
    assert {layer.name for layer in report.layers} >= {"whole", "first", "inner", "deep"}


def keras_2(path, **attributes):
    """Write an HDF5 file as Keras 2 laid it out."""
    config = {
        "class_name": "Sequential",
        "config": {"name": "s", "layers": [{"class_name": "Dense", "config": {"name": "d", "units": 2}}]},
    }
    with h5py.File(path, "w") as file:
        file.attrs["keras_version"] = "2.4.0"
        file.attrs["model_config"] = json.dumps(config)
        group = file.create_group("model_weights")
        group.attrs["layer_names"] = [b"d"]
        group.create_dataset("d/d/kernel:0", data=np.ones((3, 2), "f4"))
        for name, value in attributes.items():
            file.attrs[name] = value
    return path


def test_hdf5_of_keras_2(tmp_path):
    report = examine(keras_2(tmp_path / "m.h5"))
    assert (report.format, report.contents) == ("HDF5 of Keras 2", "whole model")
    assert report.facts["keras version"] == "2.4.0"
    assert "corne-keras" in [plugin.distribution for plugin in report.plugins]
    assert report.totals()["model"] == {"tensors": 1, "parameters": 6, "bytes": 24}
    assert report.clean
    lambda_ = {"class_name": "Lambda", "config": {"name": "l", "function": ["YWJj", None, None]}}
    refused(keras_2(tmp_path / "l.h5", model_config=json.dumps(lambda_)), "bytecode")
    refused(keras_2(tmp_path / "j.h5", model_config="{"), "model_config: expected JSON")


def test_names_as_keras_2_registered_them(tmp_path):
    training = {"optimizer_config": {"class_name": "Custom>Adam", "config": {"name": "Adam"}}}
    own = {"class_name": "acme>Gate", "config": {"name": "g"}}
    path = keras_2(tmp_path / "m.h5", training_config=json.dumps(training), model_config=json.dumps(own))
    report = examine(path)
    assert report.clean
    assert "corne-optimizers" in [plugin.distribution for plugin in report.plugins]
    assert any("acme>Gate is a custom object" in line for line in said(report, Level.NOTE))


def test_plugins_that_are_missing_are_named(good, model):
    needs = {"acme-scale": {"version": "2.1", "provides": ["Scale"]}}
    report = examine(rewritten(good, **{"plugins.json": json.dumps(needs)}))
    (needed,) = [plugin for plugin in report.plugins if plugin.distribution == "acme-scale"]
    assert (needed.version, needed.provides, needed.installed) == ("2.1", ["Scale"], None)


def test_weights_that_are_compressed_are_listed_too(good):
    with zipfile.ZipFile(good) as archive:
        data = archive.read("model.weights.h5")
    path = rewritten(good, compress=zipfile.ZIP_DEFLATED, **{"model.weights.h5": data})
    assert examine(path).clean
    assert examine(path).totals() == examine(good).totals()


def test_files_of_keras_have_no_sums_and_are_clean(good):
    assert examine(rewritten(good, **{"plugins.json": None})).clean


# -- damage -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("member", ["metadata.json", "config.json", "model.weights.h5", "plugins.json"])
def test_a_member_that_is_not_what_was_written(good, member):
    """Its own CRC-32 fits, so only Corne's sum tells."""
    target = good.with_name("bad.keras")
    with zipfile.ZipFile(good) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, data.replace(b"e", b"f", 1) if name == member else data)
    refused(target, f"{member}: expected bytes with the sha256 sum")


def test_members_that_are_missing(good):
    with zipfile.ZipFile(good) as archive:
        sums = archive.read("checksums.json")
    for name in ("config.json", "model.weights.h5"):
        refused(rewritten(good, **{name: None}), f"{name}: is missing")
        refused(rewritten(good, **{name: None, "checksums.json": sums}), f"{name}: expected a member")
    refused(rewritten(good, **{"checksums.json": b"{"}), "checksums.json: expected JSON")


@pytest.mark.parametrize("name", ["w.keras", "w.weights.h5", "w.safetensors", "w.npz"])
def test_every_byte_counts(model, tmp_path, name):
    """One bit in the middle of the last tensor's values."""
    if name.endswith(".safetensors"):
        pytest.importorskip("safetensors")
    path = tmp_path / name
    values = np.float32(1234.5).tobytes()
    model.layers[1].bias.assign(np.full(4, 1234.5, "float32"))
    model.save(path) if name == "w.keras" else model.save_weights(path)
    data = bytearray(path.read_bytes())
    data[data.index(values) + 1] ^= 1
    path.write_bytes(data)
    report = examine(path)
    assert not report.clean
    assert any("sum" in line or "CRC" in line for line in said(report, Level.REFUSED))


# -- what has no business in a model ----------------------------------------------------------------------
def layer(**entry):
    """Return the change that makes a config's first layer another."""

    def change(config):
        config["config"]["layers"][1].update(entry)

    return change


ODD = {
    "Lambda of Keras 3": (
        layer(
            class_name="Lambda",
            config={"name": "l", "function": {"class_name": "__lambda__", "config": {"code": "YWJj"}}},
        ),
        Level.REFUSED,
        "bytecode",
    ),
    "Lambda of Keras 2": (
        layer(class_name="Lambda", config={"name": "l", "function": ["YWJj", None, None]}),
        Level.REFUSED,
        "bytecode",
    ),
    "a part of Python": (
        layer(module="os", class_name="system", config={}, registered_name=None),
        Level.REFUSED,
        "names os.system, a part of Python",
    ),
    "a builtin": (
        layer(module="builtins", class_name="exec", config={}, registered_name=None),
        Level.REFUSED,
        "names builtins.exec",
    ),
    "a tool of Keras": (
        layer(module="keras.utils", class_name="get_file", config={}, registered_name=None),
        Level.REFUSED,
        "a tool",
    ),
    "a foreign module": (
        layer(module="acme_unheard_of", class_name="Gate", config={}, registered_name="Gate"),
        Level.SUSPICIOUS,
        "names acme_unheard_of.Gate",
    ),
    "safety switched off": (lambda config: {**config, "safe_mode": False}, Level.REFUSED, "safe_mode"),
    "a file's path": (
        layer(class_name="StringLookup", module="keras.layers", config={"vocabulary": "/etc/passwd"}),
        Level.SUSPICIOUS,
        "names a file or an address: /etc/passwd",
    ),
    "an address": (
        layer(class_name="StringLookup", module="keras.layers", config={"vocabulary": "http://127.0.0.1/x"}),
        Level.SUSPICIOUS,
        "names a file or an address",
    ),
}


@pytest.mark.parametrize("what", ODD)
def test_odd_configurations(good, tmp_path, what):
    change, level, text = ODD[what]
    path = rewritten(good, change)
    assert any(text in line for line in said(examine(path), level))
    with zipfile.ZipFile(path) as archive:
        (tmp_path / "m.json").write_bytes(archive.read("config.json"))
    assert any(text in line for line in said(examine(tmp_path / "m.json"), level))


def test_modules_that_a_file_names_are_not_imported(good, tmp_path, monkeypatch):
    (tmp_path / "evil_by_import.py").write_text("raise SystemExit('imported')")
    monkeypatch.syspath_prepend(str(tmp_path))
    path = rewritten(good, layer(module="evil_by_import", class_name="Gate", registered_name=None))
    suspicious(path, "evil_by_import.Gate")
    assert "evil_by_import" not in sys.modules


@pytest.mark.parametrize("name", ["/abs", "../up", "a/../../b", "a\\..\\b", "C:evil"])
def test_members_that_lead_elsewhere(good, name):
    refused(rewritten(good, **{name: b"x"}), "expected a path inside the archive")


def test_members_that_are_twice_there_links_encrypted_or_oddly_compressed(good):
    path = rewritten(good)
    with warnings.catch_warnings(), zipfile.ZipFile(path, "a") as archive:
        warnings.simplefilter("ignore")
        archive.writestr("config.json", b"{}")
    refused(path, "config.json: expected each member once")
    path = rewritten(good)
    with zipfile.ZipFile(path, "a") as archive:
        info = zipfile.ZipInfo("assets/link")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc")
    refused(path, "assets/link: expected a file, got a link")
    refused(rewritten(good, compress=zipfile.ZIP_LZMA, **{"assets/x": b"a" * 99}), "compression method")
    path = rewritten(good)
    data = bytearray(path.read_bytes())
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    refused(path, "an encrypted one")


@pytest.mark.parametrize("member", ["config.json", "model.weights.h5", "checksums.json", "assets/more"])
def test_bombs(good, member):
    path = rewritten(good, compress=zipfile.ZIP_DEFLATED, **{member: b" " * (65 << 20)})
    assert path.stat().st_size < 1 << 20
    refused(path, f"{member}: expected contents of about their compressed size")


def test_other_members(good):
    suspicious(rewritten(good, **{"run.py": b"print(1)"}), "run.py: is no part of a model")
    assert examine(rewritten(good, **{"assets/words.txt": b"a"})).clean


def test_deep_and_doubled_json(good, tmp_path):
    refused(rewritten(good, **{"config.json": b"[" * 100_000}), "levels of nesting")
    refused(rewritten(good, **{"config.json": b'{"a": 1, "a": 2}'}), "'a' twice")
    (tmp_path / "m.json").write_text('{"a": ' * 100_000)
    refused(tmp_path / "m.json", "levels of nesting")


def links(file):
    file["layers/soft"] = h5py.SoftLink("/layers/tinted")
    file["layers/outside"] = h5py.ExternalLink("/etc/passwd", "/x")


def again(file):
    file["layers/again"] = file["layers"]


def elsewhere(file):
    del file["layers/tinted/vars/0"]
    file.create_dataset("layers/tinted/vars/0", (3, 4), "f4", external=[("/etc/passwd", 0, 48)])


def unwritten(file):
    del file["layers/tinted/vars/0"]
    file.create_dataset("layers/tinted/vars/0", (10**6, 10**6), "f4")


def chunked(file):
    del file["layers/tinted/vars/0"]
    file.create_dataset("layers/tinted/vars/0", (10**6, 10**6), "f4", chunks=(100, 100), compression="gzip")


@pytest.mark.parametrize(
    ("change", "text"),
    [(links, "a link"), (again, "a duplicate"), (elsewhere, "an external dataset"),
     (unwritten, "4000000000000 bytes for shape"), (chunked, "declares 4000000000000 bytes")],
    ids=lambda value: getattr(value, "__name__", ""),
)  # fmt: skip
def test_hdf5(good, model, tmp_path, change, text):
    model.save_weights(tmp_path / "w.weights.h5")
    with h5py.File(tmp_path / "w.weights.h5", "a") as file:
        change(file)
    with zipfile.ZipFile(good) as archive:
        buffer = io.BytesIO(archive.read("model.weights.h5"))
    with h5py.File(buffer, "a") as file:
        change(file)
    for path in (tmp_path / "w.weights.h5", rewritten(good, **{"model.weights.h5": buffer.getvalue()})):
        report = examine(path)
        assert any(text in finding.what for finding in report.findings), report.findings
        assert not report.clean
        assert [layer for layer in report.layers if layer.tensors]  # the rest is listed still


def test_npz(tmp_path):
    np.savez(tmp_path / "o.npz", a=np.array([Payload()], object), b=np.ones(3))
    refused(tmp_path / "o.npz", "pickled Python objects")
    assert examine(tmp_path / "o.npz").totals()["model"]["tensors"] == 1
    header = b"{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000000,)}"
    data = np.lib.format.magic(1, 0) + len(header).to_bytes(2, "little") + header + bytes(8)
    with zipfile.ZipFile(tmp_path / "b.npz", "w") as archive:
        archive.writestr("a.npy", data)
    refused(tmp_path / "b.npz", "shape (1000000000000,)")
    np.savez(tmp_path / "c.npz", W=np.ones(2), w=np.ones(3))  # names of arrays may differ in case alone
    assert examine(tmp_path / "c.npz").clean


def test_text_from_files_can_not_steer_a_terminal(good):
    path = rewritten(good, layer(name="a\x1b[2Jb\n"))
    assert "\x1b" not in json.dumps(examine(path).as_dict(), ensure_ascii=False)


# -- files of other kinds ---------------------------------------------------------------------------------
OTHERS = {
    "empty": (b"", "an empty file"),
    "text": (b"hello, world\n", "not a model file"),
    "pickle": (pickle.dumps([1, 2]), "a Python pickle runs code"),
    "array": (b"\x93NUMPY\x01\x00", "not a model file"),
    "gzip": (b"\x1f\x8b\x08\x00", "not a model file"),
    "zip": (b"PK\x03\x04", "a zip archive"),
    "hdf5": (b"\x89HDF\r\n\x1a\n" + bytes(40), "HDF5"),
    "safetensors": ((20).to_bytes(8, "little") + b"{", "a safetensors file"),
    "json": (b'{"a": ', "expected JSON"),
    "zeros": (bytes(4096), "not a model file"),
    "PNG": (b"\x89PNG\r\n\x1a\n" + bytes(99), "not a model file"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_files_that_are_no_models(tmp_path, name):
    if name == "safetensors":
        pytest.importorskip("safetensors")
    data, text = OTHERS[name]
    (tmp_path / "x").write_bytes(data)
    refused(tmp_path / "x", text)


def test_archives_of_other_tools(tmp_path):
    with zipfile.ZipFile(tmp_path / "m.pt", "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps(Payload()))
    refused(tmp_path / "m.pt", "a Python pickle runs code")
    with zipfile.ZipFile(tmp_path / "docs.zip", "w") as archive:
        archive.writestr("read.me", b"hello")
    refused(tmp_path / "docs.zip", "no model")


def test_what_is_no_file(tmp_path):
    refused(tmp_path, "a folder and not a file")
    refused(tmp_path / "absent.keras", "No such file")
    refused("a\0b", "")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        refused(tmp_path / "pipe", "a device, pipe or socket")


# -- the command ------------------------------------------------------------------------------------------
def test_the_command(good):
    run = CliRunner().invoke(cli, ["inspect", str(good)])
    assert run.exit_code == 0, run.output
    for text in ("good.keras: whole model, .keras archive", "layers/sequential/layers/tinted", "Tinted",
                 "(4, 5) (5,)", "float32", "41 values in 4 tensors, 164 bytes", "Nothing suspicious."):  # fmt: skip
        assert text in run.output
    as_json = CliRunner().invoke(cli, ["inspect", "--json", str(good)])
    assert as_json.exit_code == 0
    found = json.loads(as_json.output)
    assert found == examine(good).as_dict()
    assert found["totals"]["model"]["parameters"] == 41


def test_the_command_on_a_bad_file(good, tmp_path):
    path = rewritten(good, layer(module="os", class_name="system"))
    run = CliRunner().invoke(cli, ["inspect", str(path)])
    assert run.exit_code == 1
    assert "Refused when loaded:" in run.output
    assert "os.system" in run.output
    as_json = CliRunner().invoke(cli, ["inspect", "--json", str(path)])
    assert as_json.exit_code == 1
    assert json.loads(as_json.output)["clean"] is False
    run = CliRunner().invoke(cli, ["inspect", str(tmp_path / "absent")])
    assert run.exit_code == 1
    assert "No such file" in run.output


def test_the_program(good):
    run = subprocess.run(
        [sys.executable, "-m", "corne_cli", "inspect", good], capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert "Nothing suspicious." in run.stdout


def test_a_process_that_dies_is_a_finding(good, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/bin/false" if os.path.exists("/bin/false") else "false")
    report = examine_in_subprocess(good)
    assert "exit code 1" in report.findings[0].what
    assert report.size == good.stat().st_size
    assert not report.clean
