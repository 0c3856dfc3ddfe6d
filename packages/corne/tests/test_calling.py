"""How a layer may be written and called: names, keywords, masks while a graph is made."""

from __future__ import annotations

import numpy as np
import pytest
from corne import Input, Layer, Loss, Model, Sequential, backend, masking, ops
from corne.errors import ArgumentError, StateError, UnknownArgumentError

X = np.array([[[5.0, 1.0], [0.0, 0.0], [7.0, 3.0]]], "float32")


@pytest.fixture(autouse=True)
def _backend(backend):
    """Run on every installed backend."""


class NonZero(Layer):
    """Marks the steps that are not all zero."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True

    def compute_mask(self, inputs, previous_mask=None):
        return ops.any(ops.not_equal(inputs, 0.0), axis=-1)

    def call(self, inputs):
        return ops.multiply(inputs, 1.0)  # not the caller's own array, which would get the mask


class NeedsMask(Layer):
    def call(self, inputs, mask=None):
        assert mask is not None
        return ops.multiply(inputs, ops.cast(ops.expand_dims(mask, -1), inputs.dtype))


class Unpacks(Layer):
    def call(self, inputs, mask=None):
        (a, b), (mask_a, mask_b) = inputs, mask
        return a * ops.cast(ops.expand_dims(mask_a, -1), a.dtype) + b * ops.cast(
            ops.expand_dims(mask_b, -1), b.dtype
        )


class Widens(Layer):
    """Adds the mask as one more feature, if there is one."""

    def call(self, inputs, mask=None):
        if mask is None:
            return inputs
        return ops.concatenate([inputs, ops.cast(ops.expand_dims(mask, -1), inputs.dtype)], -1)


def test_a_layer_sees_its_mask_while_a_graph_is_made():
    i = Input((None, 2))
    model = Model(i, NeedsMask()(NonZero()(i)))
    assert ops.convert_to_numpy(model(X)).tolist() == X.tolist()  # the masked step is zero anyway


@pytest.mark.parametrize("first", [[Input((None, 2))], []])
def test_and_in_a_sequential_model(first):
    model = Sequential([*first, NonZero(), NeedsMask()])
    assert ops.convert_to_numpy(model(X)).tolist() == X.tolist()


def test_a_list_of_masks_can_be_unpacked():
    a, b = Input((None, 2)), Input((None, 2))
    model = Model([a, b], Unpacks()([NonZero()(a), NonZero()(b)]))
    assert ops.convert_to_numpy(model([X, X])).tolist() == (2 * X).tolist()


def test_the_shape_of_an_output_may_depend_on_a_mask():
    i = Input((None, 2))
    assert Widens()(i).shape == (None, None, 2)
    assert Widens()(NonZero()(i)).shape == (None, None, 3)


def test_masks_pass_through_a_model_in_a_model():
    i = Input((None, 2))
    inner = Model(i, NonZero()(i))
    outer = Input((None, 2))
    assert masking.get_mask(inner(outer)).shape == (None, None)
    NeedsMask()(inner(outer))


def test_symbolic_masks_leave_the_table_of_arrays_alone():
    i = Input((None, 2))
    out = NonZero()(i)
    assert masking.get_mask(out) is not None
    assert id(out) not in masking.attached


def test_self_may_have_another_name():
    class Scale(Layer):
        def build(this, input_shape):
            this.w = this.add_weight(shape=(input_shape[-1],), initializer="ones")

        def call(this, x, training=None):
            return ops.multiply(x, this.w)

    assert ops.convert_to_numpy(Scale()(X)).tolist() == X.tolist()
    i = Input((3, 2))
    assert Model(i, Scale()(i)).output_shape == (None, 3, 2)


def test_the_first_argument_may_be_given_by_keyword():
    layer = NonZero()
    assert masking.get_mask(layer(inputs=ops.convert_to_tensor(X))) is not None
    i = Input((None, 2))
    model = Model(i, NeedsMask()(layer(inputs=i)))
    assert tuple(model(inputs=X).shape) == (1, 3, 2)


def test_keyword_only_arguments():
    class Sum(Layer):
        def call(self, *, left, right):
            return left + right

    assert ops.convert_to_numpy(Sum()(left=X, right=X)).tolist() == (2 * X).tolist()
    a, b = Input((3, 2)), Input((3, 2))
    assert Model([a, b], Sum()(left=a, right=b)).output_shape == (None, 3, 2)


def test_training_reaches_layers_inside_one_that_does_not_take_it():
    class Noisy(Layer):
        def call(self, x, training=False):
            return x + 1.0 if training else x

    class Outer(Layer):
        def __init__(self):
            super().__init__()
            self.inner = Noisy()

        def call(self, x):
            return self.inner(x)

    i = Input((3, 2))
    model = Model(i, Outer()(i, training=True))  # symbolic first
    assert ops.convert_to_numpy(model(X)).tolist() == (X + 1).tolist()
    assert ops.convert_to_numpy(Outer()(X)).tolist() == X.tolist()


def test_call_without_a_result_is_named_when_a_graph_is_made():
    class Forgot(Layer):
        def call(self, x):
            x * 2

    with pytest.raises(StateError) as caught:
        Forgot(name="forgot")(Input((2,)))
    assert (caught.value.where, caught.value.given) == ("forgot.call()", "None")


def test_an_accepted_dtype_is_checked_again_when_the_policy_or_input_changes():
    class Same(Layer):
        def call(self, x):
            return x

    layer = Same()
    x = ops.convert_to_tensor(X)
    assert layer(x) is x
    assert layer(x) is x
    assert ops.dtype(layer(ops.cast(x, "float16"))) == "float32"  # another dtype
    assert ops.dtype(layer(ops.cast(x, "int32"))) == "int32"  # integers stay
    layer.autocast = False
    assert ops.dtype(layer(ops.cast(x, "float16"))) == "float16"


class Two(Model):
    def call(self, a, b):
        return ops.add(a, b)


def test_a_subclassed_model_takes_several_symbolic_tensors():
    a, b = Input((3, 2)), Input((3, 2))
    for output in (Two()(a, b), Two()(a=a, b=b)):
        model = Model([a, b], output)
        assert ops.convert_to_numpy(model([X, X])).tolist() == (2 * X).tolist()


def test_a_misspelt_keyword_names_the_nearest_argument():
    class Wide(Layer):
        def __init__(self, units, activation=None, **kwargs):
            super().__init__(**kwargs)

    with pytest.raises(UnknownArgumentError) as caught:
        Wide(unit=4)
    assert (caught.value.given, caught.value.fix) == ("'unit'", "Did you mean 'units'?")
    with pytest.raises(UnknownArgumentError) as caught:
        Wide(4, activatoin="relu")
    assert "'activation'" in caught.value.fix
    with pytest.raises(TypeError):
        Wide(trainable=False)  # nothing is misspelt: Python's own words


def test_a_slash_in_a_name_is_refused():
    with pytest.raises(ArgumentError) as caught:
        Layer(name="a/b")
    assert caught.value.fix == "Pass name='a_b'."


def test_a_loss_without_a_result_is_named():
    class Forgot(Loss):
        def call(self, y_true, y_pred):
            y_true - y_pred

    with pytest.raises(StateError) as caught:
        Forgot(name="forgot")(X, X)
    assert caught.value.where == "forgot.call()"


def _take_natural_names(owner):
    owner._weights = {"a": 1}
    owner._sublayers = [Scale()]
    owner._graph = "a graph of mine"
    owner._signature = "signed"
    owner._last_call = 3
    owner._losses = 0.5
    owner._stack = []
    owner._run = owner._infer = owner._entry = 7


class Scale(Layer):
    def build(self, input_shape):
        self.w = self.add_weight(shape=(input_shape[-1],), initializer="ones")

    def call(self, x):
        self.add_loss(ops.sum(x))
        return ops.multiply(x, self.w)


@pytest.mark.parametrize("base", [Layer, Model])
def test_natural_attribute_names_are_the_users_own(base):
    class Own(base):
        def __init__(self):
            super().__init__()
            _take_natural_names(self)

        def call(self, x):
            return self._sublayers[0](x)

    own = Own()
    assert ops.convert_to_numpy(own(X)).tolist() == X.tolist()
    assert len(own.weights) == 1
    assert [float(loss) for loss in own.losses] == [16.0]  # 5 + 1 + 0 + 0 + 7 + 3
    i = Input((3, 2))
    assert Model(i, own(i)).output_shape == (None, 3, 2)


def test_training_leaves_natural_names_alone():
    pytest.importorskip("corne_cpu")
    pytest.importorskip("corne_losses")
    pytest.importorskip("corne_optimizers")

    class Own(Model):
        def __init__(self):
            super().__init__()
            self.scale = Scale()
            self._steps, self._trained, self._frozen, self._metrics = "mine", ["also"], 3, {"of": "mine"}

        def call(self, x):
            return self.scale(x)

    with backend.use("cpu"):
        model = Own()
        model.compile(optimizer="sgd", loss="mse")
        model.fit(X, X, verbose=0)
        model.evaluate(X, X, verbose=0)
    assert (model._steps, model._trained, model._frozen, model._metrics) == (
        "mine",
        ["also"],
        3,
        {"of": "mine"},
    )
