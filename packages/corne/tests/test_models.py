"""Functional, Sequential and subclassed models, without training."""

from __future__ import annotations

import json

import corne
import numpy as np
import pytest
from corne import Input, Layer, Model, Sequential, ops
from corne.errors import ArgumentError, FileFormatError, ShapeError, StateError, UnknownNameError
from corne.models import clone_model, model_from_json
from corne.saving import register_keras_serializable


@register_keras_serializable(package="corne-tests")
class Affine(Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        self.kernel = self.add_weight((input_shape[-1], self.units), "glorot_uniform", name="kernel")
        self.bias = self.add_weight((self.units,), "zeros", name="bias")

    def call(self, inputs):
        return ops.add(ops.matmul(inputs, self.kernel), self.bias)


def _np(x):
    return ops.convert_to_numpy(x)


def diamond():
    """Two inputs, a shared layer, a branch that ends in an output of its own."""
    a, b = Input((4,), name="a"), Input((4,), name="b")
    shared = Affine(3, name="shared")
    x, y = shared(a), shared(b)
    total = ops.add(x, y)
    return Model(inputs=[a, b], outputs={"sum": Affine(2, name="head")(total), "left": x}, name="diamond")


def test_functional_computes_what_its_layers_do(backend):
    model = diamond()
    a, b = np.random.default_rng(0).normal(size=(2, 5, 4)).astype("float32")
    out = model([a, b])
    shared, head = model.get_layer("shared"), model.get_layer("head")
    w, c = shared.get_weights()
    v, d = head.get_weights()
    np.testing.assert_allclose(_np(out["left"]), a @ w + c, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(_np(out["sum"]), (a @ w + b @ w + 2 * c) @ v + d, rtol=1e-5, atol=1e-5)


def test_inputs_by_name(backend):
    model = diamond()
    a, b = np.ones((1, 4)), np.zeros((1, 4))
    np.testing.assert_allclose(_np(model({"b": b, "a": a})["sum"]), _np(model([a, b])["sum"]))


def test_shared_weights_are_listed_once(backend):
    assert [v.path for v in diamond().weights] == ["shared/kernel", "shared/bias", "head/kernel", "head/bias"]


def test_layers_in_order_of_computation(backend):
    assert [layer.name for layer in diamond().layers] == ["a", "b", "shared", "head"]


def test_output_names_and_shapes(backend):
    model = diamond()
    assert model.output_names == ["left", "sum"]
    assert model.output_shape == {"sum": (None, 2), "left": (None, 3)}
    assert model.input_names == ["a", "b"]


def test_nested_models(backend):
    inner = Sequential([Input((3,)), Affine(2), Affine(2)], name="inner")
    x = Input((3,))
    model = Model(x, Affine(1)(inner(x)))
    data = np.ones((2, 3), "float32")
    expected = _np(model.layers[-1](inner(data)))
    np.testing.assert_allclose(_np(model(data)), expected, rtol=1e-6)
    assert len(model.weights) == 6


def test_model_from_inner_tensors_extracts_features(backend):
    model = Sequential([Input((3,)), Affine(4, name="one"), Affine(2, name="two")])
    features = Model(model.input, model.get_layer("one").output)
    data = np.ones((2, 3), "float32")
    np.testing.assert_allclose(_np(features(data)), _np(model.get_layer("one")(data)), rtol=1e-6)
    rest = Model(model.get_layer("one").output, model.output)  # begins in the middle
    np.testing.assert_allclose(_np(rest(features(data))), _np(model(data)), rtol=1e-6)


def test_sequential_builds_late(backend):
    model = Sequential([Affine(3), Affine(2)])
    assert not model.built
    model(np.ones((1, 5)))
    assert [v.shape for v in model.weights] == [(5, 3), (3,), (3, 2), (2,)]
    assert model.input_shape == (None, 5)


def test_sequential_add_and_pop(backend):
    model = Sequential()
    model.add(Input((5,)))
    model.add(Affine(3))
    assert model.output_shape == (None, 3)
    model.add(Affine(2))
    assert model.output_shape == (None, 2)
    model.pop()
    assert model.output_shape == (None, 3)


def test_sequential_takes_input_dim_and_input_shape_from_its_first_layer(backend):
    assert Sequential([Affine(3, input_dim=4)]).input_shape == (None, 4)
    assert Sequential([Affine(3, input_shape=(2, 4))]).input_shape == (None, 2, 4)


def test_subclassed_model_builds_by_abstract_evaluation(backend):
    class Net(Model):
        def __init__(self):
            super().__init__()
            self.one, self.two = Affine(3), Affine(2)

        def call(self, inputs):
            return self.two(self.one(inputs))

    net = Net()
    net.build((None, 4))
    assert [v.shape for v in net.weights] == [(4, 3), (3,), (3, 2), (2,)]
    assert tuple(net(np.ones((6, 4))).shape) == (6, 2)


def test_subclass_may_pass_a_graph_to_super(backend):
    class Custom(Model):
        pass

    x = Input((3,))
    model = Custom(x, Affine(2)(x))
    assert model.output_shape == (None, 2)
    assert tuple(model(np.ones((4, 3))).shape) == (4, 2)


def test_json_round_trip_keeps_the_graph(backend):
    model = diamond()
    copy = model_from_json(model.to_json())
    assert json.loads(copy.to_json())["config"] == json.loads(model.to_json())["config"]
    copy.set_weights(model.get_weights())
    data = [np.ones((2, 4)), np.full((2, 4), 2.0)]
    np.testing.assert_allclose(_np(copy(data)["sum"]), _np(model(data)["sum"]))


def test_clone_has_weights_of_its_own(backend):
    model = diamond()
    copy = clone_model(model)
    assert [v.shape for v in copy.weights] == [v.shape for v in model.weights]
    assert not {id(v) for v in copy.weights} & {id(v) for v in model.weights}
    doubled = clone_model(model, clone_function=lambda layer: type(layer).from_config(layer.get_config()))
    assert doubled.output_shape == model.output_shape


def test_summary_counts(backend, capsys):
    diamond().summary()
    text = capsys.readouterr().out
    # shared: 4 * 3 + 3, head: 3 * 2 + 2
    assert "Total params: 23" in text
    assert "a[0], b[0]" in text  # what the shared layer is connected to
    lines = []
    diamond().summary(print_fn=lines.append, show_trainable=True)
    assert "Trainable" in lines[0]


def test_get_layer_by_index_and_errors(backend):
    model = diamond()
    assert model.get_layer(index=2).name == "shared"
    with pytest.raises(UnknownNameError, match="Did you mean 'shared'"):
        model.get_layer("share")
    with pytest.raises(ArgumentError, match="name or index, got neither"):
        model.get_layer()
    with pytest.raises(ArgumentError, match="an index below 4, got 9"):
        model.get_layer(index=9)


def test_disconnected_graph_is_refused(backend):
    a, b = Input((2,)), Input((2,))
    with pytest.raises(StateError, match="which is not among them"):
        Model(a, ops.add(a, b))


def test_wrong_input_shape_names_the_input(backend):
    with pytest.raises(ShapeError, match=r"shape \(None, 4\) for input 'a', got \(2, 5\)"):
        diamond()([np.ones((2, 5)), np.ones((2, 4))])
    with pytest.raises(ShapeError, match=r"expected 2 inputs \(a, b\), got 1"):
        diamond()(np.ones((2, 4)))
    with pytest.raises(ArgumentError, match=r"Add \['b'\]"):
        diamond()({"a": np.ones((2, 4))})


def test_last_axis_of_one_is_added_or_dropped(backend):
    x = Input((3, 1))
    assert tuple(Model(x, Affine(2)(x))(np.ones((5, 3))).shape) == (5, 3, 2)


def test_names_must_differ(backend):
    x = Input((2,))
    with pytest.raises(ArgumentError, match="two called 'same'"):
        Model(x, Affine(1, name="same")(Affine(1, name="same")(x)))
    with pytest.raises(ArgumentError, match="a second one called 'same'"):
        Sequential([Affine(1, name="same"), Affine(1, name="same")])


def test_symbolic_tensors_have_no_values(backend):
    x = Input((2,))
    for use in (bool, float, int, np.asarray, len, list):
        with pytest.raises(TypeError, match="only describes what a model will compute"):
            use(x)


def test_only_inputs_or_only_outputs():
    with pytest.raises(ArgumentError, match="only inputs"):
        Model(inputs=Input((2,)))
    with pytest.raises(ArgumentError, match="symbolic tensors"):
        Model(inputs=np.ones(2), outputs=np.ones(2))


def test_broken_json():
    with pytest.raises(FileFormatError, match="expected JSON"):
        model_from_json("{")


def test_input_errors():
    with pytest.raises(ArgumentError, match="shape or batch_shape, got neither"):
        Input()
    with pytest.raises(ArgumentError, match="sizes of zero or more"):
        Input((-3,))
    with pytest.raises(ArgumentError, match="sparse=False"):
        Input((3,), sparse=True)


def test_moved_model_predicts_the_same():
    available = [name for name, reason in corne.backend.available().items() if reason is None]
    if "numpy" not in available or len(available) < 2:
        pytest.skip("needs numpy and another backend")
    other = next(name for name in available if name != "numpy")
    with corne.backend.use(other):
        model = diamond()
        data = [np.ones((2, 4), "float32"), np.full((2, 4), 2.0, "float32")]
        before = _np(model(data)["sum"])
    model.to("numpy")
    after = model(data)["sum"]
    assert isinstance(after, np.ndarray)
    np.testing.assert_allclose(after, before, rtol=1e-5)


def test_summary_shows_operations_and_the_shapes_of_a_called_subclass():
    Dense = pytest.importorskip("corne_layers.dense").Dense
    x = Input(shape=(2,))
    y = Dense(3, name="last")(x + x * 2.0)
    lines = []
    Model(x, y).summary(print_fn=lines.append, line_length=110)
    for name in ("multiply", "add"):
        assert f"{name}" in lines[0]
        assert any(f"│ {name}" in row for row in lines[0].splitlines())

    class Two(Model):
        def __init__(self):
            super().__init__()
            self.one, self.two = Dense(4), Dense(7)

        def call(self, inputs):
            return self.two(self.one(inputs))

    model = Two()
    model(np.ones((3, 5), "float32"))
    model.summary(print_fn=lines.append)
    assert "(3, 4)" in lines[1]
    assert "(3, 7)" in lines[1]
