"""Layouts that no file at hand has, written here as old Keras wrote them."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import h5py
import numpy as np
import pytest
from corne import Input, Model, Sequential, layers
from corne.errors import FileFormatError, MissingPluginError, ShapeError
from corne.models import load_model, model_from_json

FILES = Path(__file__).parent / "files"
RNG = np.random.default_rng(5)


def write_group(group, weights, parts=1, **attributes):
    """Write ``{layer: {name: array}}`` with the attributes that list them, in parts if wanted."""
    for key, value in attributes.items():
        group.attrs[key] = value.encode()
    names = np.array([name.encode() for name in weights])
    if parts == 1:
        group.attrs["layer_names"] = names
    else:
        for number, part in enumerate(np.array_split(names, parts)):
            group.attrs[f"layer_names{number}"] = part
    for layer, arrays in weights.items():
        inside = group.create_group(layer)
        inside.attrs["weight_names"] = np.array([name.encode() for name in arrays])
        for name, array in arrays.items():
            inside.create_dataset(name, data=array)


def write_weights(path, weights, parts=1, **attributes):
    with h5py.File(path, "w") as file:
        write_group(file, weights, parts, **attributes)


def write_model(path, config, weights, training=None, **attributes):
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = json.dumps(config).encode()
        if training is not None:
            file.attrs["training_config"] = json.dumps(training).encode()
        for key, value in attributes.items():
            file.attrs[key] = value.encode()
        write_group(file.create_group("model_weights"), weights, **attributes)


def normal(*shape):
    return RNG.normal(size=shape).astype("float32")


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def dense(units, name="dense", **extra):
    return {"class_name": "Dense", "config": {"name": name, "units": units, "activation": "linear", **extra}}


def sequential(*entries):
    return {"class_name": "Sequential", "config": {"name": "model", "layers": list(entries)}}


# -- cuDNN ------------------------------------------------------------------------------------------------
def write_cudnn(path, name, steps, matrices, recurrent, biases):
    """Write a model of one layer: each gate's matrix is stored transposed, the two biases in a row."""
    _, units, features = matrices.shape
    config = {"name": "rnn", "units": units, "batch_input_shape": [None, steps, features]}
    stored = {
        "rnn/kernel:0": np.hstack([m.reshape(features, units) for m in matrices]),
        "rnn/recurrent_kernel:0": np.hstack(list(recurrent)),
        "rnn/bias:0": biases.reshape(-1),
    }
    model = sequential({"class_name": name, "config": config})
    write_model(path, model, {"rnn": stored}, keras_version="2.1.6")


def test_cudnn_lstm(backend, tmp_path):
    """CuDNN multiplies each gate's own matrix, stored transposed, and adds two biases: i, f, c, o."""
    units, features, steps = 3, 2, 4
    matrices, recurrent = normal(4, units, features), normal(4, units, units)
    biases = normal(2, 4, units)
    write_cudnn(tmp_path / "m.h5", "CuDNNLSTM", steps, matrices, recurrent, biases)
    x = normal(5, steps, features)
    h = c = np.zeros((5, units))
    for step in range(steps):
        gates = [
            x[:, step] @ matrices[k].T + h @ recurrent[k].T + biases[0, k] + biases[1, k] for k in range(4)
        ]
        c = sigmoid(gates[1]) * c + sigmoid(gates[0]) * np.tanh(gates[2])
        h = sigmoid(gates[3]) * np.tanh(c)
    np.testing.assert_allclose(load_model(tmp_path / "m.h5").predict(x, verbose=0), h, atol=1e-5)


def test_cudnn_gru(backend, tmp_path):
    units, features, steps = 3, 2, 4
    matrices, recurrent, biases = normal(3, units, features), normal(3, units, units), normal(2, 3, units)
    write_cudnn(tmp_path / "m.h5", "CuDNNGRU", steps, matrices, recurrent, biases)
    x = normal(5, steps, features)
    h = np.zeros((5, units))
    for step in range(steps):
        a = [x[:, step] @ matrices[k].T + biases[0, k] for k in range(3)]
        b = [h @ recurrent[k].T + biases[1, k] for k in range(3)]
        z, r = sigmoid(a[0] + b[0]), sigmoid(a[1] + b[1])
        h = z * h + (1 - z) * np.tanh(a[2] + r * b[2])
    config = load_model(tmp_path / "m.h5")
    np.testing.assert_allclose(config.predict(x, verbose=0), h, atol=1e-5)


LAYOUTS = {
    "Bi": (lambda: layers.Bidirectional(layers.LSTM(3)), (4, 2)),
    "Conv1D": (lambda: layers.Conv1D(3, 2), (6, 2)),
    "Conv2DT": (lambda: layers.Conv2DTranspose(3, (2, 4)), (6, 6, 2)),
    "Conv2Dth": (lambda: layers.Conv2D(3, (2, 4), data_format="channels_first"), (2, 6, 6)),
    "Conv3Dth": (lambda: layers.Conv3D(3, (2, 2, 4), data_format="channels_first"), (2, 6, 6, 6)),
    "CuDNNGRU": (lambda: layers.GRU(3), (4, 2)),
    "CuDNNLSTM": (lambda: layers.LSTM(3), (4, 2)),
    "GRU": (lambda: layers.GRU(3, reset_after=False), (4, 2)),
    "LSTM": (lambda: layers.LSTM(3), (4, 2)),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_same_weights_as_keras_2_makes_of_them(backend, name, tmp_path):
    make, shape = LAYOUTS[name]
    with np.load(FILES / "layouts.npz") as data:
        given, expected = ([data[k] for k in sorted(data) if k.startswith(f"{name}_{kind}")] for kind in "io")
    layer = make()
    model = Sequential([Input(shape, name="x"), layer])
    version = {} if name.startswith("CuDNN") else {"keras_version": "1.2.2"}
    write_weights(
        tmp_path / "w.h5", {layer.name: {f"w{i}": array for i, array in enumerate(given)}}, **version
    )
    model.load_weights(tmp_path / "w.h5")
    for own, array in zip(layer.get_weights(), expected, strict=True):
        np.testing.assert_array_equal(own, array)


# -- Keras 1 ----------------------------------------------------------------------------------------------
def test_keras_1_lstm(backend, tmp_path):
    """Twelve arrays, three for each of the gates i, c, f, o; a list for a configuration; hard_sigmoid of old."""
    units, features, steps = 3, 2, 4
    gates = {name: (normal(features, units), normal(units, units), normal(units)) for name in "icfo"}
    stored = {f"lstm_1_{kind}_{name}": gates[name]["WUb".index(kind)] for name in "icfo" for kind in "WUb"}
    config = {
        "class_name": "Sequential",
        "config": [
            {
                "class_name": "LSTM",
                "config": {
                    "name": "lstm_1", "output_dim": units, "init": "glorot_uniform", "inner_init": "orthogonal",
                    "forget_bias_init": "one", "activation": "tanh", "inner_activation": "hard_sigmoid",
                    "W_regularizer": None, "U_regularizer": None, "b_regularizer": None, "dropout_W": 0.0,
                    "dropout_U": 0.0, "return_sequences": False, "go_backwards": False, "stateful": False,
                    "unroll": False, "consume_less": "cpu", "input_dim": features, "input_length": steps,
                    "batch_input_shape": [None, steps, features], "trainable": True,
                },
            }
        ],
    }  # fmt: skip
    write_model(tmp_path / "m.h5", config, {"lstm_1": stored}, keras_version="1.2.2")
    x = normal(5, steps, features)
    h = c = np.zeros((5, units))
    for step in range(steps):
        i, new, f, o = (x[:, step] @ w + h @ u + b for w, u, b in (gates[name] for name in "icfo"))
        i, f, o = (np.clip(0.2 * gate + 0.5, 0, 1) for gate in (i, f, o))
        c = f * c + i * np.tanh(new)
        h = o * np.tanh(c)
    np.testing.assert_allclose(load_model(tmp_path / "m.h5").predict(x, verbose=0), h, atol=1e-5)


def test_keras_1_functional(backend, tmp_path):
    """Convolutions, Merge and Dropout in the words of Keras 1, without a version in the file."""

    def entry(class_name, name, inputs, **config):
        nodes = [[[i, 0, 0] for i in inputs]] if inputs else []
        return {
            "class_name": class_name,
            "name": name,
            "config": {"name": name, **config},
            "inbound_nodes": nodes,
        }

    conv = {
        "nb_filter": 3,
        "nb_row": 2,
        "nb_col": 2,
        "init": "glorot_uniform",
        "border_mode": "same",
        "bias": True,
    }
    config = {
        "class_name": "Model",
        "config": {
            "name": "model_1",
            "layers": [
                entry("InputLayer", "x", [], batch_input_shape=[None, 4, 4, 2], input_dtype="float32", sparse=False),
                entry("Convolution2D", "a", ["x"], dim_ordering="tf", subsample=[1, 1], activation="relu", **conv),
                entry("Convolution2D", "b", ["x"], dim_ordering="tf", subsample=[1, 1], activation="linear", **conv),
                entry("Merge", "m", ["a", "b"], mode="concat", concat_axis=-1, mode_type="raw", arguments={}),
                entry("Dropout", "drop", ["m"], p=0.5),
                entry("Flatten", "flat", ["drop"]),
                entry("Dense", "out", ["flat"], output_dim=2, init="uniform", activation="softmax", input_dim=None,
                      W_regularizer={"name": "WeightRegularizer", "l1": 0.0, "l2": 0.01}, b_regularizer=None),
            ],
            "input_layers": [["x", 0, 0]],
            "output_layers": [["out", 0, 0]],
        },
    }  # fmt: skip
    kernels = {name: (normal(2, 2, 2, 3), normal(3)) for name in "ab"}
    last = normal(96, 2), normal(2)
    stored = {name: {f"{name}_W": w, f"{name}_b": b} for name, (w, b) in kernels.items()}
    write_model(tmp_path / "m.h5", config, {**stored, "out": {"out_W": last[0], "out_b": last[1]}})
    model = load_model(tmp_path / "m.h5")
    x = normal(3, 4, 4, 2)
    padded = np.pad(x, ((0, 0), (0, 1), (0, 1), (0, 0)))
    windows = np.stack([padded[:, i : i + 4, j : j + 4] for i in (0, 1) for j in (0, 1)], axis=3)
    a, b = (np.einsum("nhwkc,kco->nhwo", windows, w.reshape(4, 2, 3)) + bias for w, bias in kernels.values())
    logits = np.concatenate([np.maximum(a, 0), b], axis=-1).reshape(3, -1) @ last[0] + last[1]
    expected = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    np.testing.assert_allclose(model.predict(x, verbose=0), expected, atol=1e-5)
    assert model.get_layer("out").kernel_regularizer.l2 == pytest.approx(0.01)


def test_theano_turned_kernels_round(backend, tmp_path):
    config = sequential(
        {"class_name": "Conv1D", "config": {"name": "c", "filters": 2, "kernel_size": [3], "padding": "valid",
                                            "batch_input_shape": [None, 6, 1], "dtype": "float32"}}
    )  # fmt: skip
    kernel = normal(3, 1, 2)
    stored = {"c": {"c/kernel:0": kernel, "c/bias:0": np.zeros(2, "float32")}}
    write_model(tmp_path / "m.h5", config, stored, keras_version="2.0.8", backend="theano")
    x = normal(1, 6, 1)
    expected = np.stack([np.convolve(x[0, :, 0], kernel[:, 0, i], "valid") for i in range(2)], axis=-1)
    np.testing.assert_allclose(load_model(tmp_path / "m.h5").predict(x, verbose=0)[0], expected, atol=1e-5)


@pytest.mark.parametrize(
    ("entry", "match"),
    [
        ({"class_name": "BatchNormalization", "config": {"name": "b", "mode": 1, "batch_input_shape": [None, 3]}}, "mode"),
        ({"class_name": "Merge", "config": {"name": "m", "mode": "function", "init": "x"}}, "Merge"),
        (
            {"class_name": "Convolution2D", "config": {"name": "c", "nb_filter": 1, "nb_row": 1, "nb_col": 1,
             "dim_ordering": "default", "batch_input_shape": [None, 3, 3, 1]}}, "dim_ordering",
        ),
    ],
)  # fmt: skip
def test_what_keras_1_left_to_chance(entry, match):
    config = {"class_name": "Sequential", "config": [entry], "keras_version": "1.2.0"}
    with pytest.raises(FileFormatError, match=match):
        model_from_json(json.dumps(config))


# -- files of weights ---------------------------------------------------------------------------------------
@pytest.fixture
def model(backend):
    x = Input((3,), name="x")
    return Model(x, layers.Dense(2, name="last")(layers.Dense(4, name="first")(x)), name="whole")


def arrays(first="first", last="last", units=4):
    return {
        "x": {},
        first: {f"{first}/kernel:0": normal(3, units), f"{first}/bias:0": normal(units)},
        last: {f"{last}/kernel:0": normal(units, 2), f"{last}/bias:0": normal(2)},
    }


def assert_has(model, stored):
    expected = [array for group in stored.values() for array in group.values()]
    for own, array in zip(model.get_weights(), expected, strict=True):
        np.testing.assert_array_equal(own, array)


@pytest.mark.parametrize("parts", [1, 3])
def test_by_order_whatever_the_names(model, tmp_path, parts):
    stored = arrays("dense_7", "dense_9")
    write_weights(tmp_path / "w.h5", stored, parts, keras_version="2.2.4", backend="tensorflow")
    model.load_weights(tmp_path / "w.h5")
    assert_has(model, stored)


def test_group_without_configuration(model, tmp_path):
    stored = arrays()
    with h5py.File(tmp_path / "w.h5", "w") as file:
        write_group(file.create_group("model_weights"), stored)
    model.load_weights(tmp_path / "w.h5")
    assert_has(model, stored)


def test_order_of_frozen_weights(backend, tmp_path):
    """What trained came first when the file was written; the names say what is what."""
    x = Input((2,), name="x")
    model = Sequential([x, layers.BatchNormalization(name="bn")], name="s")
    names = ("moving_mean", "moving_variance", "gamma", "beta")
    stored = {"bn": {f"bn/{name}:0": np.full(2, float(i), "float32") for i, name in enumerate(names)}}
    write_weights(tmp_path / "w.h5", stored, keras_version="2.2.4")
    model.load_weights(tmp_path / "w.h5")
    values = {v.name: v.numpy()[0] for v in model.weights}
    assert values == {name: i for i, name in enumerate(names)}


def test_by_name(model, tmp_path):
    stored = {**arrays("other", "last"), "elsewhere": {"e:0": normal(1)}}
    before = model.get_layer("first").get_weights()
    write_weights(tmp_path / "w.h5", stored)
    model.load_weights(tmp_path / "w.h5", by_name=True)
    for own, old in zip(model.get_layer("first").get_weights(), before, strict=True):
        np.testing.assert_array_equal(own, old)
    np.testing.assert_array_equal(model.get_layer("last").get_weights()[0], stored["last"]["last/kernel:0"])


def test_by_name_without_any(model, tmp_path):
    stored = arrays("a", "b")
    del stored["x"]
    write_weights(tmp_path / "w.h5", stored)
    with pytest.raises(ShapeError, match=r"\['x', 'first', 'last'\], the file has \['a', 'b'\]"):
        model.load_weights(tmp_path / "w.h5", by_name=True)


def test_mismatch_lists_everything_and_changes_nothing(model, tmp_path):
    write_weights(tmp_path / "w.h5", arrays(units=5))
    before = model.get_weights()
    with pytest.raises(ShapeError) as caught:
        model.load_weights(tmp_path / "w.h5")
    for text in ("first", "(3, 4)", "(3, 5)", "last", "(5, 2)", "skip_mismatch"):
        assert text in str(caught.value)
    for own, old in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(own, old)


@pytest.mark.parametrize("by_name", [False, True])
def test_skip_mismatch(model, tmp_path, by_name):
    stored = arrays()
    stored["first"] = {"first/kernel:0": normal(3, 9), "first/bias:0": normal(9)}
    write_weights(tmp_path / "w.h5", stored)
    with pytest.warns(UserWarning, match=r"skipped first"):
        model.load_weights(tmp_path / "w.h5", by_name=by_name, skip_mismatch=True)
    np.testing.assert_array_equal(model.get_layer("last").get_weights()[0], stored["last"]["last/kernel:0"])


def test_missing_and_extra_layers(model, tmp_path):
    stored = arrays()
    del stored["last"]
    write_weights(tmp_path / "w.h5", stored)
    with pytest.raises(ShapeError, match=r"last: has \(4, 2\), \(2,\), the file has nothing"):
        model.load_weights(tmp_path / "w.h5")
    write_weights(tmp_path / "v.h5", {**arrays(), "more": {"m:0": normal(1)}})
    with pytest.raises(ShapeError, match=r"nothing takes more of the file"):
        model.load_weights(tmp_path / "v.h5")


# -- writing -----------------------------------------------------------------------------------------------
def test_weights_written_and_read(model, tmp_path):
    model.save_weights(tmp_path / "w.h5")
    expected = model.get_weights()
    model.set_weights([np.zeros_like(w) for w in expected])
    model.load_weights(tmp_path / "w.h5")
    for own, old in zip(model.get_weights(), expected, strict=True):
        np.testing.assert_array_equal(own, old)


def test_long_lists_of_names_are_written_in_parts(backend, tmp_path):
    names = [f"{'long' * 60}_{i}" for i in range(300)]
    model = Sequential([Input((2,)), *(layers.Activation("relu", name=name) for name in names)], name="s")
    model.save(tmp_path / "m.h5")
    with h5py.File(tmp_path / "m.h5") as file:
        assert "layer_names0" in file["model_weights"].attrs
    assert [layer.name for layer in load_model(tmp_path / "m.h5").layers] == names


def test_hard_sigmoid_keeps_its_slope(backend, tmp_path):
    """Corne's own stays Corne's, and that of an old file stays old."""
    x = np.array([[1.0]], "float32")
    new = Sequential([Input((1,)), layers.Activation("hard_sigmoid")], name="s")
    with pytest.warns(UserWarning, match="another slope"):
        new.save(tmp_path / "new.h5")
    assert load_model(tmp_path / "new.h5").predict(x, verbose=0)[0, 0] == pytest.approx(1 / 6 + 0.5)
    config = sequential({"class_name": "Activation", "config": {"activation": "hard_sigmoid", "name": "a",
                                                                "batch_input_shape": [None, 1]}})  # fmt: skip
    write_model(tmp_path / "old.h5", config, {"a": {}}, keras_version="2.4.0")
    old = load_model(tmp_path / "old.h5")
    assert old.predict(x, verbose=0)[0, 0] == pytest.approx(0.7)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        old.save(tmp_path / "again.h5")
        old.save(tmp_path / "again.keras")
    for name in ("again.h5", "again.keras"):
        assert load_model(tmp_path / name).predict(x, verbose=0)[0, 0] == pytest.approx(0.7)


@pytest.mark.parametrize(("theta", "expected"), [(0.0, 0.5), (0.6, 0.0), (None, 0.0)])
def test_thresholded_relu(backend, theta, expected):
    config = {"name": "t", "batch_input_shape": [None, 1], **({} if theta is None else {"theta": theta})}
    model = model_from_json(json.dumps(sequential({"class_name": "ThresholdedReLU", "config": config})))
    assert model.predict(np.array([[0.5]]), verbose=0)[0, 0] == expected


def test_without_the_plugin(model, tmp_path, monkeypatch):
    import corne.plugins

    model.save(tmp_path / "m.h5")
    model.save_weights(tmp_path / "w.h5")
    monkeypatch.setenv("CORNE_DISABLE_PLUGINS", "corne-keras")
    corne.plugins.refresh()
    try:
        for call in (
            lambda: load_model(tmp_path / "m.h5"),
            lambda: model.load_weights(tmp_path / "w.h5"),
            lambda: model.save(tmp_path / "n.h5"),
            lambda: model_from_json(json.dumps(sequential(dense(1)))),
        ):
            with pytest.raises(MissingPluginError, match="pip install corne-keras"):
                call()
    finally:
        monkeypatch.undo()
        corne.plugins.refresh()
