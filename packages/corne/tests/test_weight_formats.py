"""Weights in every format: the same names, the same messages, and nothing that a file can make us do."""

from __future__ import annotations

import io
import json
import pickle
import subprocess
import sys
import zipfile

import h5py
import ml_dtypes
import numpy as np
import pytest
from corne import Input, Layer, Model, Sequential, ops, plugins
from corne.errors import (
    ArgumentError,
    FileFormatError,
    MissingPluginError,
    PluginError,
    ShapeError,
    StateError,
)
from corne.saving import weight_files
from corne.saving.tensors import Tensor, Weights

safetensors_numpy = pytest.importorskip("safetensors.numpy")

FORMATS = ["w.weights.h5", "w.safetensors", "w.npz"]
DATA = np.linspace(-1, 1, 6, dtype="float32").reshape(2, 3)


class Affine(Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        self.kernel = self.add_weight((input_shape[-1], self.units), "glorot_uniform", name="kernel")
        self.bias = self.add_weight((self.units,), "uniform", name="bias")

    def call(self, inputs):
        return ops.add(ops.matmul(inputs, self.kernel), self.bias)


class Typed(Layer):
    """Holds one variable of each dtype."""

    def __init__(self, names, **kwargs):
        super().__init__(**kwargs)
        self.names = names

    def build(self, input_shape):
        for name in self.names:
            values = np.arange(6).reshape(2, 3) % 3
            made = self.add_weight((2, 3), "zeros", dtype=name, trainable=False, name=name)
            made.assign(values.astype(made.numpy().dtype))
            setattr(self, name, made)

    def call(self, inputs):
        return inputs


def small(units=4, seed=0):
    inner = Sequential([Input((units,)), Affine(2), Affine(3)], name="inner")
    model = Sequential([Input((3,)), Affine(units, name="a"), inner, Affine(1, name="last")])
    generator = np.random.default_rng(seed)
    model.set_weights([generator.normal(size=w.shape).astype("float32") for w in model.get_weights()])
    return model


@pytest.fixture(params=FORMATS)
def file(request, tmp_path):
    return tmp_path / request.param


def stored(path):
    """Return what a file holds, read by the library of its format alone."""
    if path.name.endswith(".npz"):
        return dict(np.load(path, allow_pickle=False))
    if path.name.endswith(".safetensors"):
        return safetensors_numpy.load_file(path)
    found = {}
    with h5py.File(path) as file:
        file.visititems(lambda name, item: found.update({name: item[()]} if hasattr(item, "shape") else {}))
    return found


def test_round_trip(backend, file):
    one, two = small(), small(seed=1)
    one.save_weights(file)
    two.load_weights(file)
    for ours, theirs in zip(one.get_weights(), two.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_names_are_those_of_the_documentation_in_every_format(backend, file):
    model = small()
    model.save_weights(file)
    found = stored(file)
    assert set(found) == {
        *(f"layers/affine/vars/{i}" for i in (0, 1)),
        *(f"layers/sequential/layers/affine/vars/{i}" for i in (0, 1)),
        *(f"layers/sequential/layers/affine_1/vars/{i}" for i in (0, 1)),
        *(f"layers/affine_1/vars/{i}" for i in (0, 1)),
    }
    np.testing.assert_array_equal(found["layers/affine/vars/0"], model.get_weights()[0])


def test_own_variables_and_attributes_called_vars(backend, file):
    class Odd(Layer):
        def __init__(self):
            super().__init__()
            self.vars = [Affine(3), Affine(3)]
            self.scale = self.add_weight((), "ones", name="scale")

        def call(self, x):
            return ops.multiply(self.vars[1](self.vars[0](x)), self.scale)

    one, two = Sequential([Odd()]), Sequential([Odd()])
    one(DATA), two(DATA)
    one.layers[0].scale.assign(3.0)
    one.save_weights(file)
    assert "layers/odd/vars/0" in stored(file)
    assert "layers/odd/vars/affine_1/vars/1" in stored(file)
    two.load_weights(file)
    np.testing.assert_array_equal(ops.convert_to_numpy(one(DATA)), ops.convert_to_numpy(two(DATA)))


def test_all_dtypes_come_back(backend, file):
    names = ["bool", "uint8", "int8", "int16", "int32", "int64", "float16", "bfloat16", "float32", "float64"]
    one, two = Sequential([Input((1,)), Typed(names)]), Sequential([Input((1,)), Typed(names)])
    two.set_weights([np.zeros_like(w) for w in two.get_weights()])
    one.save_weights(file)
    two.load_weights(file)
    for name, expected, got in zip(names, one.get_weights(), two.get_weights(), strict=True):
        assert got.dtype.name == name
        np.testing.assert_array_equal(got, expected)


@pytest.mark.parametrize("dtype", ["bfloat16", "float8_e4m3fn", "float8_e5m2"])
def test_short_floats_are_stored_bit_by_bit(file, dtype):
    values = np.array([[0.5, -1.0, 448.0], [0.0, 2.0, 0.0625]], getattr(ml_dtypes, dtype))
    weights = Weights()
    weights.tensors["layers/x/vars/0"] = Tensor.of(values)
    weights.tensors["layers/x/vars/1"] = Tensor.of(values[0, 0])
    weight_files.format_for(file).save(file, weights)
    with weight_files.opened(file) as again:
        assert [(t.dtype, t.shape) for t in again.tensors.values()] == [(dtype, (2, 3)), (dtype, ())]
        for name, tensor in again.tensors.items():
            assert tensor.read().dtype == values.dtype
            assert tensor.read().tobytes() == weights.tensors[name].read().tobytes()


def test_bfloat16_as_other_tools_read_it(tmp_path):
    values = np.array([1.5, -2.0], ml_dtypes.bfloat16)
    weights = Weights({"vars/0": Tensor.of(values)})
    for name in FORMATS:
        weight_files.format_for(tmp_path / name).save(tmp_path / name, weights)
    np.testing.assert_array_equal(stored(tmp_path / "w.safetensors")["vars/0"], values)
    # The documented way: a field with the dtype's name; Keras keeps the bits beside an attribute.
    field = stored(tmp_path / "w.npz")["vars/0"]["bfloat16"]
    np.testing.assert_array_equal(field.view(ml_dtypes.bfloat16), values)
    np.testing.assert_array_equal(
        stored(tmp_path / "w.weights.h5")["vars/0"].view(ml_dtypes.bfloat16), values
    )


def test_scalars_empty_arrays_and_big_endian_files(tmp_path):
    values = {"a/vars/0": np.float32(3.0), "a/vars/1": np.zeros((0, 4), "float32")}
    np.savez(tmp_path / "w.npz", **{**values, "a/vars/2": np.array([1, 2], ">f4")})
    with weight_files.opened(tmp_path / "w.npz") as weights:
        got = {name: tensor.read() for name, tensor in weights.tensors.items()}
    assert got["a/vars/0"].shape == ()
    assert got["a/vars/1"].shape == (0, 4)
    assert got["a/vars/2"].dtype == np.dtype("float32")
    np.testing.assert_array_equal(got["a/vars/2"], [1, 2])


def test_compressed_and_fortran_ordered_npz(backend, tmp_path):
    one, two = small(), small(seed=1)
    one.save_weights(tmp_path / "w.npz")
    arrays = {name: np.asfortranarray(value) for name, value in stored(tmp_path / "w.npz").items()}
    np.savez_compressed(tmp_path / "c.npz", **arrays)
    two.load_weights(tmp_path / "c.npz")
    np.testing.assert_array_equal(two.get_weights()[0], one.get_weights()[0])


def test_the_content_tells_the_format(backend, file, tmp_path):
    one, two = small(), small(seed=1)
    one.save_weights(file)
    renamed = file.rename(tmp_path / "renamed.bin")
    two.load_weights(renamed)
    np.testing.assert_array_equal(two.get_weights()[0], one.get_weights()[0])


# -- what does not fit --------------------------------------------------------------------------------
def test_everything_that_does_not_fit_is_in_one_message(backend, file):
    small(4).save_weights(file)
    other = Sequential(
        [
            Input((3,)),
            Affine(5, name="a"),
            Sequential([Input((5,)), Affine(2)], name="inner"),
            Affine(1, name="z"),
        ]
    )
    before = other.get_weights()
    with pytest.raises(ShapeError) as caught:
        other.load_weights(file)
    message = str(caught.value)
    assert file.name in message
    assert "layers/affine (a): has (3, 5), (5,), the file has (3, 4), (4,)" in message
    assert "layers/sequential/layers/affine_1 (" in message
    assert "): has nothing, the file has (2, 3), (3,)" in message
    assert "layers/affine_1 (z): has (2, 1), (1,), the file has (3, 1), (1,)" in message
    for old, new in zip(before, other.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_the_message_is_the_same_in_every_format(backend, tmp_path):
    messages, one, other = set(), small(4), small(5)
    for name in FORMATS:
        one.save_weights(tmp_path / name)
        with pytest.raises(ShapeError) as caught:
            other.load_weights(tmp_path / name)
        messages.add(caught.value.given)
    assert len(messages) == 1


def test_skip_mismatch_takes_the_rest(backend, file):
    one, two = small(4), small(5, seed=1)
    one.save_weights(file)
    with pytest.warns(UserWarning, match=r"layers/affine \(a\): has \(3, 5\)"):
        two.load_weights(file, skip_mismatch=True)
    np.testing.assert_array_equal(two.get_weights()[-1], one.get_weights()[-1])


def test_numbers_that_a_variable_cannot_take(backend, tmp_path):
    model = Sequential([Input((3,)), Affine(1, name="a")])
    name = "layers/affine/vars/"
    for bad in (np.array([["a"], ["b"], ["c"]]), np.ones((3, 1), "complex64")):
        np.savez(tmp_path / "w.npz", **{f"{name}0": bad, f"{name}1": np.ones(1, "float32")})
        with pytest.raises(ShapeError, match="the file has"):
            model.load_weights(tmp_path / "w.npz")


def test_objects_are_not_weights(backend, file):
    class Bad(Affine):
        def save_own_variables(self, store):
            store["0"] = {"a": 1}

    with pytest.raises(StateError, match="arrays of numbers"):
        Sequential([Input((3,)), Bad(1)]).save_weights(file)


def test_a_dtype_the_format_lacks(tmp_path):
    weights = Weights({"vars/0": Tensor.of(np.ones(2, "complex128"))})
    with pytest.raises(ArgumentError, match="complex128"):
        weight_files.format_for(tmp_path / "w.safetensors").save(tmp_path / "w.safetensors", weights)
    assert list(tmp_path.iterdir()) == []


def test_without_the_plugin_the_error_says_what_to_install(backend, tmp_path, monkeypatch):
    model = small()
    model.save_weights(tmp_path / "w.safetensors")
    monkeypatch.setenv("CORNE_DISABLE_PLUGINS", "corne-safetensors")
    plugins.refresh()
    try:
        for attempt in (model.save_weights, model.load_weights):
            with pytest.raises(MissingPluginError) as caught:
                attempt(tmp_path / "w.safetensors")
            assert "corne-safetensors" in str(caught.value)
    finally:
        monkeypatch.undo()
        plugins.refresh()


def test_a_third_partys_format(install, backend, tmp_path):
    source = """
    import contextlib, json
    import numpy as np
    from corne.errors import FileFormatError
    from corne.saving.tensors import Tensor, Weights
    from corne.saving.weight_format import WeightFormat

    class Tiny(WeightFormat):
        label = "tiny"

        def recognizes(self, path, header):
            return header.startswith(b"TINY")

        def write(self, path, weights):
            values = {name: tensor.read().tolist() for name, tensor in weights.tensors.items()}
            path.write_text("TINY" + json.dumps(values))

        @contextlib.contextmanager
        def open(self, path, problem=None):
            values = json.loads(path.read_text()[4:])
            yield Weights({name: Tensor.of(np.array(value, "float32")) for name, value in values.items()})

    FORMAT = Tiny()
    """
    hook = '@hookimpl\ndef corne_weight_formats():\n    return {".tiny": "acme_tiny.tiny:FORMAT"}\n'
    install("acme-tiny", hook, modules={"tiny": source})
    first, second = small(), small()
    first.save_weights(tmp_path / "w.tiny")
    (tmp_path / "w.tiny").rename(tmp_path / "other.name")  # known by its content
    second.load_weights(tmp_path / "other.name")
    for ours, theirs in zip(first.get_weights(), second.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_an_object_that_is_no_format(install, backend, tmp_path):
    hook = '@hookimpl\ndef corne_weight_formats():\n    return {".tiny": "math:pi"}\n'
    install("acme-tiny", hook)
    with pytest.raises(PluginError) as caught:
        small().save_weights(tmp_path / "w.tiny")
    assert caught.value.where == "weight format .tiny"


def test_libraries_of_formats_are_imported_late():
    program = (
        "import sys, corne.saving, corne.saving.weight_files\n"
        "print([name for name in ('h5py', 'safetensors', 'torch', 'ml_dtypes') if name in sys.modules])"
    )
    assert subprocess.check_output([sys.executable, "-c", program], text=True).strip() == "[]"


# -- damaged and hostile files ------------------------------------------------------------------------
def npy(array=None, header=None, data=b"", pickled=False):
    """Return the bytes of an .npy file, or of one with any header over any data."""
    buffer = io.BytesIO()
    if header is None:
        np.lib.format.write_array(buffer, array, allow_pickle=pickled)
    else:
        buffer.write(np.lib.format.magic(1, 0) + len(header).to_bytes(2, "little") + header + data)
    return buffer.getvalue()


def npz(path, *members, compression=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in members:
            archive.writestr(name, data)


class Marker:
    def __reduce__(self):
        return (Marker.fired.append, (1,))

    fired: list[int] = []


HEADER = b"{'descr': '%s', 'fortran_order': False, 'shape': %s}"


@pytest.mark.parametrize(
    ("member", "message"),
    [
        (npy(np.array([Marker()], object), pickled=True), "pickled"),
        (pickle.dumps(Marker()), "an array in format"),
        (npy(header=HEADER % (b"<f4", b"(1000000000000,)"), data=b"\0" * 8), "exhaust memory"),
        (npy(header=HEADER % (b"<f4", b"(-2,)"), data=b"\0" * 8), "exhaust memory"),
        (npy(header=HEADER % (b"<f4", b"(2, 2)"), data=b"\0" * 8), "exhaust memory"),
        (npy(header=HEADER % (b"<f4", b"(1,)"), data=b"\0" * 8), "exhaust memory"),
        (npy(header=b"__import__('os').getcwd()"), "an array in format"),
        (npy(header=b"(" * 5000), "an array in format"),
        (npy(header=HEADER % (b"O", b"(1,)"), data=b"\0" * 8), "pickled"),
        (npy(header=HEADER % (b"no such", b"(1,)")), "an array in format"),
        (b"", "an array in format"),
        (b"\x93NUMPY\x03\x00\x00\x00\x00\x00", "an array in format"),
    ],
    ids=["pickled", "pickle", "bomb", "negative", "short", "long", "expression", "nested", "object", "descr",
         "empty", "version"],
)  # fmt: skip
def test_hostile_members_of_an_npz(backend, tmp_path, member, message):
    npz(tmp_path / "w.npz", ("layers/affine/vars/0.npy", member))
    with pytest.raises(FileFormatError, match=message):
        small().load_weights(tmp_path / "w.npz")
    assert Marker.fired == []


def test_npz_with_duplicates_other_members_or_encryption(backend, tmp_path):
    good = npy(np.ones(3, "float32"))
    with pytest.warns(UserWarning, match="Duplicate"):
        npz(tmp_path / "d.npz", ("a.npy", good), ("a.npy", good))
    npz(tmp_path / "o.npz", ("a.npy", good), ("run.py", b"print(1)"))
    npz(tmp_path / "e.npz", ("a.npy", good))
    data = bytearray((tmp_path / "e.npz").read_bytes())
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "e.npz").write_bytes(data)
    for name in "doe":
        with pytest.raises(FileFormatError):
            small().load_weights(tmp_path / f"{name}.npz")


def test_a_bomb_is_not_unpacked_into_a_model_that_does_not_want_it(backend, tmp_path):
    """A hundred megabytes of zeros in 100 kB; reading lists shapes and unpacks nothing."""
    import tracemalloc

    npz(tmp_path / "w.npz", ("layers/affine/vars/0.npy", npy(np.zeros(25_000_000, "float32"))),
        compression=zipfile.ZIP_DEFLATED)  # fmt: skip
    model = small()
    tracemalloc.start()
    with pytest.raises(ShapeError, match="25000000"):
        model.load_weights(tmp_path / "w.npz")
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


def safetensors_bytes(header, data=b""):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data


F32 = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff" * 8,
        (2**40).to_bytes(8, "little") + b"{",
        (90 * 2**20).to_bytes(8, "little") + b"{",
        safetensors_bytes(b"{" * 100_000),
        safetensors_bytes({"a": F32}),
        safetensors_bytes({"a": {**F32, "shape": [3]}}, b"\0" * 8),
        safetensors_bytes({"a": {**F32, "data_offsets": [0, 2**60]}}, b"\0" * 8),
        safetensors_bytes({"a": {**F32, "dtype": "NO"}}, b"\0" * 8),
        safetensors_bytes({"a": F32, "b": F32}, b"\0" * 8),
        safetensors_bytes({"a": 1}),
        safetensors_bytes([1]),
    ],
    ids=[
        "empty",
        "junk",
        "huge",
        "large",
        "nested",
        "cut",
        "shape",
        "offsets",
        "dtype",
        "overlap",
        "int",
        "list",
    ],
)
def test_damaged_safetensors(backend, tmp_path, content):
    (tmp_path / "w.safetensors").write_bytes(content)
    with pytest.raises(FileFormatError, match=r"w\.safetensors"):
        small().load_weights(tmp_path / "w.safetensors")


def test_every_cut_of_every_format_is_refused(backend, file):
    model = small()
    model.save_weights(file)
    whole = file.read_bytes()
    before = model.get_weights()
    for cut in range(0, len(whole) - 1, max(1, len(whole) // 50)):
        file.write_bytes(whole[:cut])
        with pytest.raises(FileFormatError):
            model.load_weights(file)
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_hdf5_that_leads_elsewhere_or_in_circles(backend, tmp_path):
    model = small()
    np.save(tmp_path / "outside.npy", np.ones(12, "float32"))

    def circle(file):
        file["layers/again"] = file["layers"]

    def soft(file):
        file["layers/soft"] = h5py.SoftLink("/layers/affine")

    def outside(file):
        del file["layers/affine/vars/0"]
        external = [(str(tmp_path / "outside.npy"), 0, 48)]
        file.create_dataset("layers/affine/vars/0", (3, 4), "float32", external=external)

    def bomb(file):
        del file["layers/affine/vars/0"]
        file.create_dataset("layers/affine/vars/0", (10**6, 10**6), "float32")

    for damage in (circle, soft, outside, bomb):
        path = tmp_path / f"{damage.__name__}.weights.h5"
        model.save_weights(path)
        with h5py.File(path, "a") as file:
            damage(file)
        with pytest.raises((FileFormatError, ShapeError)):
            model.load_weights(path)


# -- optimizers ---------------------------------------------------------------------------------------
@pytest.fixture
def trained():
    cpu = pytest.importorskip("corne_cpu")
    assert cpu
    pytest.importorskip("corne_optimizers")

    def make(optimizer="adam"):
        from corne import backend

        with backend.use("cpu"):
            model = small()
            if optimizer:
                model.compile(optimizer, "mse")
            return model

    return make


def fit(model):
    model.fit(DATA, np.ones((2, 1), "float32"), epochs=2, verbose=0)


def test_the_optimizers_state_goes_with_the_weights(trained, file):
    one, two = trained(), trained()
    fit(one)
    one.save_weights(file)
    two.load_weights(file)  # its optimizer has no state before
    assert int(two.optimizer.iterations.numpy()) == 2
    fit(one), fit(two)
    for ours, theirs in zip(one.get_weights(), two.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_another_optimizer_keeps_its_own_state(trained, file):
    one, other, plain = trained(), trained("sgd"), trained(None)
    fit(one)
    one.save_weights(file)
    plain.load_weights(file)
    with pytest.warns(UserWarning, match=r"optimizer's state.*sgd"):
        other.load_weights(file)
    for model in (other, plain):
        np.testing.assert_array_equal(model.get_weights()[0], one.get_weights()[0])
    plain.save_weights(file)
    one.load_weights(file)  # weights without a state leave the optimizer's as it is
    assert int(one.optimizer.iterations.numpy()) == 2


def test_names_of_models_inside_in_the_first_files(backend, tmp_path):
    """Functional models inside others were called "model" before they were called as Keras calls them."""
    x = Input((3,), name="x")
    inner = Model(x, Affine(3, name="a")(x), name="inner")
    y = Input((3,), name="y")
    model = Model(y, inner(y), name="outer")
    expected = model.get_weights()
    model.save_weights(tmp_path / "w.npz")
    with np.load(tmp_path / "w.npz") as file:
        arrays = {name: file[name] for name in file if name.startswith("layers/")}
    assert all("/functional/" in f"/{name}" for name in arrays)
    np.savez(tmp_path / "old.npz", **{name.replace("functional", "model"): a for name, a in arrays.items()})
    model.set_weights([np.zeros_like(w) for w in expected])
    model.load_weights(tmp_path / "old.npz")
    for own, old in zip(model.get_weights(), expected, strict=True):
        np.testing.assert_array_equal(own, old)
