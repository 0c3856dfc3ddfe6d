"""Legacy files made to do harm: each known way in, with a payload that would leave a marker."""

from __future__ import annotations

import base64
import json
import marshal

import h5py
import numpy as np
import pytest
from corne import Input, Sequential, layers
from corne.errors import CorneError, FileFormatError, UnknownNameError
from corne.models import load_model, model_from_json

MARKS: list[str] = []


def leave_mark(*args, **kwargs):
    """What an attacker would like to have called; importable as tests' own module."""
    MARKS.append("called")


@pytest.fixture(autouse=True)
def no_marks():
    MARKS.clear()
    yield
    assert MARKS == []


@pytest.fixture
def good(backend, tmp_path):
    model = Sequential([Input((3,), name="x"), layers.Dense(2, name="d")], name="s")
    model.compile("sgd" if "gradients" in backend.capabilities else None, "mse")
    model.save(tmp_path / "good.h5")
    return tmp_path / "good.h5"


@pytest.fixture
def changed(good):
    """Return a function that changes an open file without its checksum, and the file's path."""

    def change(function):
        data = good.read_bytes()
        end = data.rindex(b"\ncorne sha256 ")
        good.write_bytes(data[:end])
        with h5py.File(good, "r+") as file:
            function(file)
        return good

    return change


def with_layers(*entries, class_name="Sequential"):
    def function(file):
        first = {"class_name": "InputLayer", "config": {"batch_input_shape": [None, 3], "name": "x"}}
        config = {"name": "s", "layers": [first, *entries]}
        file.attrs["model_config"] = json.dumps({"class_name": class_name, "config": config})

    return function


def bytecode():
    code = compile(f"__import__({__name__!r}).leave_mark()", "evil", "eval")
    return base64.b64encode(marshal.dumps(code)).decode()


LAMBDAS = [
    {"function": [bytecode(), None, None], "function_type": "lambda"},
    {"function": {"class_name": "__lambda__", "config": {"code": bytecode(), "defaults": None, "closure": None}}},
    {"function": bytecode(), "function_type": "raw"},
    {"function": [bytecode(), None, None], "function_type": "lambda", "output_shape": [bytecode(), None, None],
     "output_shape_type": "lambda", "module": "os", "arguments": {}},
]  # fmt: skip


@pytest.mark.parametrize("arguments", LAMBDAS)
def test_lambda_bytecode(changed, arguments):
    """CVE-2024-3660 in HDF5, CVE-2025-9905 in what switched the check off for it."""
    path = changed(with_layers({"class_name": "Lambda", "config": {"name": "evil", **arguments}}))
    with pytest.raises(FileFormatError, match=r"custom_objects=\{'evil': function\}"):
        load_model(path)


@pytest.mark.parametrize("arguments", LAMBDAS)
def test_lambda_bytecode_in_json(arguments):
    config = {
        "class_name": "Sequential",
        "config": [{"class_name": "Lambda", "config": {"name": "evil", **arguments}}],
    }
    with pytest.raises(FileFormatError, match=r"custom_objects=\{'evil': function\}"):
        model_from_json(json.dumps(config))


def test_a_function_of_ones_own_in_place_of_bytecode(backend):
    entry = {
        "class_name": "Lambda",
        "config": {"name": "twice", **LAMBDAS[3], "batch_input_shape": [None, 2]},
    }
    model = model_from_json(
        json.dumps({"class_name": "Sequential", "config": [entry]}), custom_objects={"twice": lambda x: x * 2}
    )
    np.testing.assert_array_equal(model.predict(np.ones((1, 2)), verbose=0), [[2.0, 2.0]])


def test_function_by_registered_name(backend):
    entry = {"class_name": "Lambda", "config": {"name": "l", "function": "mine", "function_type": "function",
                                                "batch_input_shape": [None, 2]}}  # fmt: skip
    text = json.dumps({"class_name": "Sequential", "config": {"name": "s", "layers": [entry]}})
    with pytest.raises(UnknownNameError, match="'mine'"):
        model_from_json(text)
    model = model_from_json(text, custom_objects={"mine": lambda x: x + 1})
    np.testing.assert_array_equal(model.predict(np.ones((1, 2)), verbose=0), [[2.0, 2.0]])


EVIL = f"{__name__}.leave_mark"
NAMES = [
    {"class_name": EVIL, "config": {}},
    {"class_name": "leave_mark", "config": {}, "module": __name__, "registered_name": "leave_mark"},
    {"class_name": "function", "config": "leave_mark", "module": __name__, "registered_name": "leave_mark"},
    {"class_name": "Dense", "config": {"units": 1, "activation": EVIL}},
    {"class_name": "Dense", "config": {"units": 1, "activation": {"class_name": "function", "config": EVIL,
                                                                  "module": __name__}}},
    {"class_name": "Dense", "config": {"units": 1, "kernel_initializer": {"class_name": "leave_mark", "config": {},
                                                                          "module": __name__}}},
    {"class_name": "TimeDistributed", "config": {"layer": {"class_name": "leave_mark", "config": {}}}},
    {"class_name": "TFOpLambda", "config": {"name": "op", "function": "io.read_file"}, "name": "op"},
    {"class_name": "TensorFlowOpLayer", "config": {"name": "op", "node_def": "ReadFile"}, "name": "op"},
    {"class_name": "load_model", "config": {"filepath": "/etc/passwd"}, "module": "keras.models"},
    {"class_name": "get_file", "config": {"fname": "a", "origin": "file:///etc/passwd"}, "module": "keras.utils"},
    {"class_name": "RNN", "config": {"cell": {"class_name": EVIL, "config": {}}}},
]  # fmt: skip


@pytest.mark.parametrize("entry", NAMES, ids=lambda entry: entry["class_name"])
def test_names_of_what_nobody_registered(changed, entry):
    """CVE-2025-1550 and its successors: a file names a module, a class or a function to be imported."""
    entry = {
        **entry,
        "config": {"name": "evil", **entry["config"]} if isinstance(entry["config"], dict) else "e",
    }
    with pytest.raises(CorneError):
        load_model(changed(with_layers(entry)))


@pytest.mark.parametrize("place", ["loss", "metrics", "optimizer_config"])
def test_names_in_what_it_was_compiled_with(changed, place):
    evil = {"class_name": "leave_mark", "config": {}, "module": __name__, "registered_name": "leave_mark"}

    def function(file):
        training = {"loss": "mse", "metrics": None, "optimizer_config": {"class_name": "SGD", "config": {}}}
        training[place] = [evil] if place == "metrics" else evil
        file.attrs["training_config"] = json.dumps(training)

    path = changed(function)
    with pytest.raises(CorneError) as caught:
        load_model(path)
    assert any("compile=False" in note for note in caught.value.__notes__) or "compile=False" in str(
        caught.value
    )
    load_model(path, compile=False)


def test_safe_mode_is_nothing_a_file_can_say(changed):
    """CVE-2025-9906."""
    entry = {"class_name": "Lambda", "config": {"name": "evil", "safe_mode": False, **LAMBDAS[0]}}
    with pytest.raises(CorneError):
        load_model(changed(with_layers(entry)))


def test_embedding_weights_from_a_path(changed, tmp_path):
    """CVE-2025-12058: values that name a file to read."""
    secret = tmp_path / "secret.npy"
    np.save(secret, np.ones((4, 2)))
    entry = {
        "class_name": "Embedding",
        "config": {"name": "e", "input_dim": 4, "output_dim": 2, "weights": str(secret)},
    }
    with pytest.raises(CorneError):
        load_model(changed(with_layers(entry)))


# -- HDF5 -----------------------------------------------------------------------------------------------
def kernel(file):
    names = []
    file["model_weights"].visititems(
        lambda name, item: names.append(name) if isinstance(item, h5py.Dataset) else None
    )
    return "model_weights/" + next(name for name in names if "kernel" in name)


def external_link(file):
    place = kernel(file)
    del file[place]
    file[place] = h5py.ExternalLink("/etc/passwd", "/x")


def soft_link(file):
    place = kernel(file)
    file.move(place, "elsewhere")
    file[place] = h5py.SoftLink("/elsewhere")


def hard_link(file):
    file["model_weights/again"] = file[kernel(file)]


def external_data(file):
    place = kernel(file)
    del file[place]
    file.create_dataset(place, (3, 2), "float32", external=[("/etc/passwd", 0, 24)])


def virtual_data(file):
    place = kernel(file)
    del file[place]
    layout = h5py.VirtualLayout((3, 2), "float32")
    layout[:] = h5py.VirtualSource("/etc/passwd", "x", (3, 2))
    file.create_virtual_dataset(place, layout)


def shape_bomb(file):
    place = kernel(file)
    del file[place]
    file.create_dataset(place, (1 << 20, 1 << 20), "float32", chunks=(1, 1024), compression="gzip")


def cycle(file):
    file["model_weights/d/up"] = file["model_weights"]


def compressed_bomb(file):
    place = kernel(file)
    del file[place]
    file.create_dataset(
        place, data=np.zeros((3, 1 << 23), "float32"), chunks=(3, 1 << 20), compression="gzip"
    )


def name_that_is_no_dataset(file):
    file["model_weights/d"].attrs["weight_names"] = np.array([b"../../x", b"y"])


def name_twice(file):
    names = file["model_weights/d"].attrs["weight_names"]
    file["model_weights/d"].attrs["weight_names"] = np.array([names[0], names[0]])


def layer_twice(file):
    file["model_weights"].attrs["layer_names"] = np.array([b"d", b"d"])


def layer_that_is_none(file):
    file["model_weights"].attrs["layer_names"] = np.array([b"d", b"ghost"])


def names_that_are_numbers(file):
    file["model_weights"].attrs["layer_names"] = np.arange(3)


def text_in_place_of_numbers(file):
    place = kernel(file)
    del file[place]
    file[place] = np.array([[b"a"] * 2] * 3)


def huge_layer(file):
    with_layers({"class_name": "Dense", "config": {"name": "d", "units": 1 << 40}})(file)


def deep_nesting(file):
    file.attrs["model_config"] = "[" * 5000 + "]" * 5000


def nested_models(file):
    inner = {"class_name": "Dense", "config": {"name": "d", "units": 1}}
    for depth in range(60):
        inner = {"class_name": "Sequential", "config": {"name": f"s{depth}", "layers": [inner]}}
    file.attrs["model_config"] = json.dumps(inner)


def no_json(file):
    file.attrs["model_config"] = b"\xff\xfe{"


def number_as_configuration(file):
    file.attrs["model_config"] = 7


def future_version(file):
    file.attrs["keras_version"] = "99.0"


HDF5 = [
    external_link, soft_link, hard_link, external_data, virtual_data, shape_bomb, cycle, compressed_bomb,
    name_that_is_no_dataset, name_twice, layer_twice, layer_that_is_none, names_that_are_numbers,
    huge_layer, deep_nesting, nested_models, no_json, number_as_configuration, future_version,
]  # fmt: skip


@pytest.mark.parametrize("attack", HDF5)
def test_hdf5(changed, attack):
    path = changed(attack)
    with pytest.raises(FileFormatError, match=r"good\.h5"):
        load_model(path)


def test_text_as_weights(changed):
    with pytest.raises(CorneError, match=r"good\.h5"):
        load_model(changed(text_in_place_of_numbers))


@pytest.mark.parametrize("attack", [external_link, soft_link, external_data, virtual_data, shape_bomb, cycle])
def test_hdf5_as_weights(changed, attack, backend):
    path = changed(attack)
    model = Sequential([Input((3,), name="x"), layers.Dense(2, name="d")], name="s")
    before = model.get_weights()
    for by_name in (False, True):
        with pytest.raises(FileFormatError):
            model.load_weights(path, by_name=by_name)
    for own, old in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(own, old)


# -- graphs -----------------------------------------------------------------------------------------------
def graph(*nodes, ends=("a",)):
    """Return a functional configuration of dense layers ``(name, inputs)``."""
    entries = [{"class_name": "InputLayer", "name": "x", "config": {"batch_input_shape": [None, 3], "name": "x"},
                "inbound_nodes": []}]  # fmt: skip
    for name, calls in nodes:
        entries.append(
            {
                "class_name": "Dense",
                "name": name,
                "config": {"name": name, "units": 3},
                "inbound_nodes": calls,
            }
        )
    ends = [[end, 0, 0] for end in ends]
    return {"class_name": "Model", "config": {"name": "m", "layers": entries, "input_layers": [["x", 0, 0]],
                                              "output_layers": ends}}  # fmt: skip


GRAPHS = {
    "cycle": graph(("a", [[["b", 0, 0, {}]]]), ("b", [[["a", 0, 0, {}]]])),
    "itself": graph(("a", [[["a", 0, 0, {}]]])),
    "absent layer": graph(("a", [[["ghost", 0, 0, {}]]])),
    "absent call": graph(("a", [[["x", 7, 0, {}]]])),
    "absent output": graph(("a", [[["x", 0, 7, {}]]])),
    "negative": graph(("a", [[["x", 0, -9, {}]]])),
    "huge number": graph(("a", [[["x", 10**30, 0, {}]]])),
    "same name": graph(("a", [[["x", 0, 0, {}]]]), ("a", [[["x", 0, 0, {}]]])),
    "absent end": graph(("a", [[["x", 0, 0, {}]]]), ends=("ghost",)),
    "no list": graph(("a", "x")),
    "no call": graph(("a", [[7]])),
    "empty call": graph(("a", [[]])),
    "arguments are no dict": graph(("a", [[["x", 0, 0, 5]]])),
}


@pytest.mark.parametrize("name", GRAPHS)
def test_graphs(backend, name):
    with pytest.raises(FileFormatError, match="model_from_json"):
        model_from_json(json.dumps(GRAPHS[name]))


def test_a_good_graph(backend):
    model = model_from_json(json.dumps(graph(("a", [[["x", 0, 0, {}]]]))))
    assert model.output_shape == (None, 3)
