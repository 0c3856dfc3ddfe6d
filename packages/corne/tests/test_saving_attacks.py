"""Files made to do harm: each known way in, with a payload that would leave a marker."""

from __future__ import annotations

import base64
import io
import json
import marshal
import stat
import sys
import warnings
import zipfile

import h5py
import numpy as np
import pytest
from corne import Input, Layer, Model, Sequential, ops
from corne.errors import CorneError, FileFormatError, ShapeError, UnknownNameError
from corne.saving import load_model, model_from_json, register_keras_serializable

MARKS: list[str] = []


def leave_mark(*args, **kwargs):
    """What an attacker would like to have called; importable as tests' own module."""
    MARKS.append("called")


class Mark:
    """A class that nobody registered, with all that a layer's class has."""

    def __init__(self, **kwargs):
        MARKS.append("made")

    @classmethod
    def from_config(cls, config):
        MARKS.append("from_config")
        return cls()


@register_keras_serializable(package="corne-tests-attacks")
class Project(Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        self.kernel = self.add_weight((input_shape[-1], self.units), "glorot_uniform", name="kernel")

    def call(self, inputs):
        return ops.matmul(inputs, self.kernel)


@pytest.fixture(autouse=True)
def no_marks():
    MARKS.clear()
    yield
    assert MARKS == []


@pytest.fixture
def model(backend):
    x = Input((3,), name="x")
    return Model(x, Project(2, name="last")(Project(4, name="first")(x)), name="whole")


@pytest.fixture
def good(model, tmp_path):
    model.save(tmp_path / "good.keras")
    return tmp_path / "good.keras"


def forged(good, change=None, **members):
    """Write an archive with another config and other members, without checksums, as an attacker would."""
    target = good.with_name("evil.keras")
    with zipfile.ZipFile(good) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            data = members.pop(name, old.read(name))
            if name == "config.json" and change is not None:
                config = json.loads(data)
                data = json.dumps(change(config) or config)
            if name != "checksums.json":
                new.writestr(name, data)
        for name, data in members.items():
            new.writestr(name, data)
    return target


def refused(path, *kinds, **options):
    with pytest.raises(kinds or FileFormatError) as caught:
        load_model(path, **options)
    return str(caught.value)


HERE = __name__
INJECTIONS = [
    {"module": "os", "class_name": "system", "config": {"command": "touch marker"}, "registered_name": "system"},
    {"module": "builtins", "class_name": "exec", "config": {"object": "x"}, "registered_name": None},
    {"module": "subprocess", "class_name": "Popen", "config": {"args": ["touch", "marker"]}},
    {"module": "pty", "class_name": "spawn", "config": {"argv": "touch marker"}, "registered_name": "pty:spawn"},
    {"module": HERE, "class_name": "Mark", "config": {}, "registered_name": None},
    {"module": HERE, "class_name": "Mark", "config": {}, "registered_name": f"{HERE}>Mark"},
    {"module": HERE, "class_name": f"{HERE}.Mark", "config": {}, "registered_name": f"{HERE}:Mark"},
    {"module": "builtins", "class_name": "function", "config": "leave_mark", "registered_name": "function"},
    {"module": HERE, "class_name": "function", "config": "leave_mark", "registered_name": "leave_mark"},
    {"module": HERE, "class_name": "function", "config": f"{HERE}.leave_mark", "registered_name": "function"},
    {"module": "keras.utils", "class_name": "get_file", "config": {"origin": "file:///etc/passwd"}},
    {"module": "keras.saving", "class_name": "load_model", "config": {"filepath": "m", "safe_mode": False}},
    {"module": "corne.callbacks", "class_name": "CSVLogger", "config": {"filename": "marker"}},
    {"module": "corne.backend", "class_name": "cpu", "config": {}},
    {"module": "corne.activations", "class_name": "relu", "config": {}},
    {"module": "keras.src.ops.numpy", "class_name": "Eval", "config": {"function": "__import__"}},
    {"module": "keras.src.ops.numpy", "class_name": "X", "config": {"function": "../os:system", "name": "x"}},
]  # fmt: skip


@pytest.mark.parametrize("evil", INJECTIONS, ids=lambda c: f"{c['module']}.{c['class_name']}")
@pytest.mark.parametrize("place", ["outermost", "layer", "argument", "optimizer", "call argument"])
def test_injection_through_the_configuration(good, model, evil, place, monkeypatch, tmp_path):
    """CVE-2025-1550 and its successors: whatever can be imported is named where a class is expected."""
    monkeypatch.chdir(tmp_path)

    def change(config):
        if place == "outermost":
            return evil
        entry = config["config"]["layers"][1]
        if place == "layer":
            config["config"]["layers"][1] = {**entry, **evil}
        elif place == "argument":
            entry["config"]["units"] = evil
        elif place == "optimizer":
            config["compile_config"] = {"optimizer": evil, "loss": evil}
        else:
            entry["inbound_nodes"][0]["kwargs"] = {"training": evil}
        return None

    refused(forged(good, change), CorneError)
    with pytest.raises(CorneError):
        model_from_json(json.dumps(change(config := json.loads(model.to_json())) or config))
    assert not (tmp_path / "marker").exists()
    assert "pty" not in sys.modules  # the module of one of the payloads, which nothing else imports


def test_lambda_bytecode(good, model):
    """CVE-2024-3660, CVE-2025-9905."""
    code = base64.b64encode(marshal.dumps(leave_mark.__code__)).decode()
    for config in (
        {"code": code, "defaults": None, "closure": None},
        [code, None, None],
    ):
        function = {"module": "builtins", "class_name": "__lambda__", "config": config}
        lambda_ = {
            "module": "keras.layers",
            "class_name": "Lambda",
            "config": {"name": "l", "function": function},
        }

        def change(config, lambda_=lambda_):
            config["config"]["layers"][1].update(lambda_)

        refused(forged(good, change), CorneError)  # without corne-layers, Lambda itself is unknown
        with pytest.raises(CorneError):
            model_from_json(json.dumps(lambda_))
        with pytest.raises(FileFormatError, match="never run"):
            model_from_json(json.dumps(function))


def test_safe_mode_is_not_for_files_to_say(good):
    """CVE-2025-9906: the file calls ``enable_unsafe_deserialization`` or carries ``safe_mode``."""

    def change(config):
        config["safe_mode"] = False
        config["config"]["safe_mode"] = False
        config["config"]["layers"].insert(
            0,
            {
                "module": "keras.config",
                "class_name": "function",
                "config": "enable_unsafe_deserialization",
                "registered_name": "function",
                "name": "off",
                "inbound_nodes": [],
            },
        )

    refused(forged(good, change), UnknownNameError, FileFormatError)


@pytest.mark.parametrize("place", ["/etc/passwd", "file:///etc/passwd", "http://127.0.0.1:9/x", "../secret"])
def test_vocabularies_are_not_read_from_elsewhere(good, place, monkeypatch):
    """CVE-2025-12058: a lookup layer's vocabulary is a path or an address."""
    import builtins

    opened, real = [], builtins.open
    monkeypatch.setattr(
        builtins, "open", lambda file, *a, **k: opened.append(str(file)) or real(file, *a, **k)
    )

    def change(config):
        config["config"]["layers"][1].update(
            module="keras.layers", class_name="StringLookup", config={"name": "v", "vocabulary": place}
        )

    refused(forged(good, change), CorneError)
    assert not [name for name in opened if "passwd" in name or "secret" in name]


@pytest.mark.parametrize("name", ["/abs", "../up", "a/../../b", "a\\..\\b", "C:evil", "Config.JSON"])
def test_archive_members_that_lead_elsewhere(good, name, tmp_path):
    """CVE-2025-12060, and members whose names collide where case doesn't count."""
    path = forged(good, **{name: b"marker"})
    text = refused(path)
    assert str(path) in text
    assert not (tmp_path.parent / "up").exists()


def test_links_in_archives(good):
    path = forged(good)
    with zipfile.ZipFile(path, "a") as archive:
        info = zipfile.ZipInfo("assets")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc")
    assert "a link" in refused(path)


def test_duplicate_members(good):
    path = forged(good)
    with warnings.catch_warnings(), zipfile.ZipFile(path, "a") as archive:
        warnings.simplefilter("ignore")
        archive.writestr("config.json", b"{}")
    assert "config.json: expected each member once" in refused(path)


@pytest.mark.parametrize("member", ["config.json", "model.weights.h5", "plugins.json", "checksums.json"])
def test_decompression_bombs(good, member):
    path = good.with_name("evil.keras")
    with zipfile.ZipFile(good) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            if name != member:
                new.writestr(name, old.read(name))
        new.writestr(member, b" " * (65 << 20), zipfile.ZIP_DEFLATED, 9)
    assert path.stat().st_size < 1 << 20
    text = refused(path)
    assert member in text
    assert "exhaust memory" in text


def test_rare_compression(good):
    path = forged(good)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("x", b" " * 1000, zipfile.ZIP_LZMA)
    assert "compression method" in refused(path)


# -- HDF5 -------------------------------------------------------------------------------------------------
def with_weights(good, change):
    with zipfile.ZipFile(good) as archive:
        buffer = io.BytesIO(archive.read("model.weights.h5"))
    with h5py.File(buffer, "a") as file:
        change(file)
    return forged(good, **{"model.weights.h5": buffer.getvalue()})


FIRST = "layers/project/vars"


def external(file):
    del file[FIRST]["0"]
    file[FIRST]["0"] = h5py.ExternalLink("/etc/passwd", "/x")


def soft(file):
    del file[FIRST]["0"]
    file[FIRST]["0"] = h5py.SoftLink("/layers/project_1/vars/0")


def hard(file):
    del file[FIRST]["0"]
    file[FIRST]["0"] = file["layers/project_1/vars/0"]


def external_data(file):
    del file[FIRST]["0"]
    file[FIRST].create_dataset("0", (3, 4), "f4", external=[("/etc/passwd", 0, 48)])


def virtual(file):
    del file[FIRST]["0"]
    layout = h5py.VirtualLayout((3, 4), "f4")
    layout[:] = h5py.VirtualSource("/etc/passwd", "x", (3, 4))
    file[FIRST].create_virtual_dataset("0", layout)


def unwritten(file):
    del file[FIRST]["0"]
    file[FIRST].create_dataset("0", (10**9, 10**9), "f4")


def huge_chunked(file):
    del file[FIRST]["0"]
    file[FIRST].create_dataset("0", (10**6, 10**6), "f4", chunks=(100, 100), compression="gzip")


def cycle(file):
    file[FIRST]["again"] = file["layers"]


HDF5 = [external, soft, hard, external_data, virtual, unwritten, huge_chunked, cycle]


@pytest.mark.parametrize("change", HDF5, ids=lambda f: f.__name__)
def test_hdf5_in_archives(good, change):
    assert "evil.keras" in refused(with_weights(good, change))


@pytest.mark.parametrize("change", HDF5, ids=lambda f: f.__name__)
def test_hdf5_alone(model, tmp_path, change):
    path = tmp_path / "w.weights.h5"
    model.save_weights(path)
    with h5py.File(path, "a") as file:
        change(file)
    before = model.get_weights()
    with pytest.raises((FileFormatError, ShapeError), match=r"w\.weights\.h5"):
        model.load_weights(path)
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_deep_groups(model, tmp_path):
    path = tmp_path / "w.weights.h5"
    model.save_weights(path)
    with h5py.File(path, "a") as file:
        group = file
        for _ in range(3000):
            group = group.create_group("g")
    model.load_weights(path)  # groups without data are no harm, and their depth none either


# -- structure --------------------------------------------------------------------------------------------
@pytest.mark.parametrize("opening", ["[", '{"a":', '[{"class_name":"Sequential","config":'])
@pytest.mark.parametrize("times", [1_000, 1_000_000])
def test_deep_nesting(good, opening, times):
    text = opening * times
    with pytest.raises(FileFormatError):
        model_from_json(text)
    assert "config.json" in refused(forged(good, **{"config.json": text}))


def test_models_nested_deeply(backend):
    text = '{"class_name": "Sequential", "config": {"layers": [' * 2_000 + "]}}" * 2_000
    with pytest.raises(FileFormatError, match="levels"):
        model_from_json(text)


@pytest.mark.parametrize("size", [10**10, 10**18, 10**40, -1, 1.5, "4", None, True, [4], {}])
def test_sizes_that_are_none(good, model, size):
    def change(config):
        config["config"]["layers"][1]["config"]["units"] = size

    text = refused(forged(good, change), CorneError)
    if isinstance(size, int) and size >= 10**10:
        assert "evil.keras:config.json" in text
    config = json.loads(model.to_json())
    if size is not True and size != 10**10:
        change(config)
        with pytest.raises(CorneError):
            model_from_json(json.dumps(config))


def test_integers_of_many_digits(good):
    refused(forged(good, **{"config.json": '{"a": ' + "9" * 100_000 + "}"}))


def test_a_graph_with_a_cycle(good):
    def change(config):
        first, last = config["config"]["layers"][1:]
        first["inbound_nodes"][0]["args"][0]["config"]["keras_history"] = ["last", 0, 0]
        assert last["name"] == "last"

    assert "wait for one another" in refused(forged(good, change))


def test_a_layer_that_feeds_itself(good):
    def change(config):
        config["config"]["layers"][1]["inbound_nodes"][0]["args"][0]["config"]["keras_history"][0] = "first"

    assert "wait for one another" in refused(forged(good, change))


def test_a_model_that_names_itself_as_its_layer(good):
    def change(config):
        layer = config["config"]["layers"][1]
        layer.update(
            module="keras.src.models.functional", class_name="Functional", registered_name="Functional"
        )
        layer["config"] = {"name": "whole", "layers": "whole", "input_layers": [], "output_layers": []}

    refused(forged(good, change))


def test_names_that_collide(good):
    def change(config):
        layers = config["config"]["layers"]
        layers.append(layers[1])

    assert "two called" in refused(forged(good, change))


def test_a_name_twice_in_one_object(model):
    text = model.to_json().replace('"units": 4', '"units": 5, "units": 4')
    with pytest.raises(FileFormatError, match="'units' twice"):
        model_from_json(text)


def test_numpy_values_of_types_that_reserve_memory(backend):
    for dtype in ("S2000000000", "object", "V99", 3, None, ["a"], "pickle"):
        array = {"class_name": "__numpy__", "config": {"value": [1] * 100, "dtype": dtype}}
        with pytest.raises(CorneError):
            model_from_json(json.dumps(array))


WRONG = [
    None,
    True,
    0,
    -1,
    1e308,
    "",
    "x",
    [],
    [[]],
    {},
    {"class_name": 1},
    {"class_name": "x", "config": None},
]


def places(value, path=()):
    """Yield the way to every value inside a config."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from places(item, (*path, key))


def test_wrong_types_everywhere(model):
    """Each value of a config becomes each wrong one: a model, or an error of Corne's."""
    pytest.importorskip("corne_optimizers")
    pytest.importorskip("corne_losses")
    model.compile("sgd", "mse")
    text = model.to_json()
    tried = built = 0
    for path in places(json.loads(text)):
        for wrong in WRONG:
            config = json.loads(text)
            if path:
                inner = config
                for key in path[:-1]:
                    inner = inner[key]
                inner[path[-1]] = wrong
            else:
                config = wrong
            tried += 1
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    model_from_json(json.dumps(config))
                built += 1
            except CorneError:
                pass
    assert tried > 500
    assert built < tried


def test_layers_in_reverse_order(backend):
    """300 layers in the wrong order: each waits for the one after it."""
    x = y = Input((1,), name="x")
    for _ in range(300):
        y = ops.add(y, 1.0)
    config = json.loads(Model(x, y).to_json())
    config["config"]["layers"].reverse()
    assert len(model_from_json(json.dumps(config)).get_config()["layers"]) == 301


def test_a_file_may_hold_a_good_model_still(good, model):
    again = load_model(forged(good))
    for old, new in zip(model.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    assert isinstance(Sequential([]), Model)
