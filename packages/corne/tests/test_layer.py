"""Layer: building, calling, weights, losses, masks, configuration."""

from __future__ import annotations

import gc
import threading

import corne
import numpy as np
import pytest
from corne import Layer, ops
from corne.errors import ArgumentError, ShapeError, StateError, UnknownArgumentError
from corne.layer import InputSpec
from corne.masking import any_masks, get_mask, set_mask


class Affine(Layer):
    """``x @ kernel + bias``, the smallest layer with two weights."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.input_spec = InputSpec(min_ndim=2)

    def build(self, input_shape):
        self.kernel = self.add_weight((input_shape[-1], self.units), "ones", name="kernel", regularizer="l2")
        self.bias = self.add_weight((self.units,), "zeros", name="bias")

    def call(self, inputs):
        return ops.add(ops.matmul(inputs, self.kernel), self.bias)


class Flag(Layer):
    """Returns 1 where it is told that it trains, else 0."""

    def call(self, inputs, training=None):
        return ops.add(ops.multiply(inputs, 0.0), 1.0 if training else 0.0)


class Outer(Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.inner = Flag()

    def call(self, inputs):
        return self.inner(inputs)


def test_builds_on_first_call_and_computes(backend):
    layer = Affine(2)
    assert not layer.built
    out = ops.convert_to_numpy(layer(np.array([[1.0, 2.0, 3.0]])))
    # ones kernel: every unit is the sum of the features
    np.testing.assert_allclose(out, [[6.0, 6.0]])
    assert layer.built
    assert [v.path for v in layer.weights] == ["affine/kernel", "affine/bias"] or layer.name != "affine"
    assert layer.count_params() == 3 * 2 + 2


def test_symbolic_shape(backend):
    assert Affine(5)(corne.Input((7, 3))).shape == (None, 7, 5)


def test_compute_output_shape_is_found_by_abstract_evaluation(backend):
    assert Affine(5).compute_output_shape((None, 3)) == (None, 5)


@pytest.mark.parametrize(("outer", "expected"), [(True, 1.0), (False, 0.0), (None, 0.0)])
def test_training_reaches_inner_layers(backend, outer, expected):
    out = Outer()(np.zeros((1, 1)), training=outer)
    assert float(ops.convert_to_numpy(out)[0, 0]) == expected


def test_inner_layer_may_be_told_otherwise(backend):
    class Frozen(Outer):
        def call(self, inputs):
            return self.inner(inputs, training=False)

    assert float(ops.convert_to_numpy(Frozen()(np.zeros((1, 1)), training=True))[0, 0]) == 0.0


def test_weights_are_found_in_lists_and_dicts(backend):
    class Holder(Layer):
        def __init__(self):
            super().__init__()
            self.many = [Affine(1), {"a": Affine(2)}]

        def call(self, x):
            return self.many[1]["a"](self.many[0](x))

    holder = Holder()
    holder(np.ones((1, 4)))
    assert [v.shape for v in holder.weights] == [(4, 1), (1,), (1, 2), (2,)]
    holder.many.append(Affine(3))  # a list may grow after it was assigned
    holder.many[-1](np.ones((1, 2)))
    assert len(holder.weights) == 6


def test_trainable_is_inherited_and_stops_gradients_of_sublayers(backend):
    class Holder(Layer):
        def __init__(self):
            super().__init__()
            self.a, self.b = Affine(1), Affine(1)

        def call(self, x):
            return self.b(self.a(x))

    holder = Holder()
    holder(np.ones((1, 2)))
    assert len(holder.trainable_weights) == 4
    holder.a.trainable = False
    assert [v.shape for v in holder.trainable_weights] == [(1, 1), (1,)]
    assert len(holder.non_trainable_weights) == 2
    holder.trainable = False
    assert holder.trainable_weights == []
    assert not holder.b.trainable


def test_get_and_set_weights(backend):
    layer = Affine(2)
    layer.build((None, 3))
    values = [np.full((3, 2), 2.0, "float32"), np.array([1.0, -1.0], "float32")]
    layer.set_weights(values)
    for got, wanted in zip(layer.get_weights(), values, strict=True):
        np.testing.assert_array_equal(got, wanted)
    with pytest.raises(ArgumentError, match="expected 2 arrays, got 1"):
        layer.set_weights(values[:1])
    with pytest.raises(ShapeError, match=r"shape \(3, 2\) for .*kernel.*got \(2, 2\)"):
        layer.set_weights([np.ones((2, 2)), values[1]])


def test_losses_are_those_of_the_latest_call(backend):
    class Sparse(Layer):
        def call(self, inputs):
            self.add_loss(ops.sum(inputs))
            return inputs

    layer = Sparse(activity_regularizer="l1")
    layer(np.array([[1.0, 2.0]]))
    layer(np.array([[2.0, 3.0], [4.0, 5.0]]))
    # add_loss: 14; activity: L1's default 0.01 times the same, for each of the two samples
    assert [float(ops.convert_to_numpy(x)) for x in layer.losses] == pytest.approx([14.0, 0.07])


def test_weight_penalties(backend):
    layer = Affine(2)
    layer.build((None, 3))
    # L2's default factor 0.01 times six ones
    assert [float(ops.convert_to_numpy(x)) for x in layer.losses] == pytest.approx([0.06])


def test_input_rank_error_names_layer_expected_given_and_fix(backend):
    with pytest.raises(
        ShapeError, match=r"affine\S*: expected the input to have at least 2 axes, got shape \(3,\)\. \w+"
    ):
        Affine(2)(np.ones(3))


def test_unknown_keyword_in_init_names_the_nearest():
    with pytest.raises(UnknownArgumentError, match="Did you mean 'units'"):
        Affine(2, unit=3)


def test_unknown_keyword_in_call_names_the_nearest(backend):
    with pytest.raises(UnknownArgumentError, match="Did you mean 'inputs'"):
        Affine(2)(np.ones((1, 2)), input=3)


def test_forgotten_super_init():
    class Bad(Layer):
        def __init__(self):
            self.x = 1

    with pytest.raises(StateError, match=r"super\(\).__init__"):
        Bad()(np.ones((1, 2)))


def test_errors_inside_call_say_where(backend):
    class Wrong(Layer):
        def call(self, inputs):
            raise ValueError("boom")

    with pytest.raises(ValueError, match="boom") as caught:
        Wrong(name="wrong")(np.ones((2, 3)))
    assert caught.value.__notes__ == ["Raised in wrong, called on inputs of shape (2, 3)."]


def test_config_is_made_from_the_arguments(backend):
    layer = Affine(3, name="mine", trainable=False)
    copy = Affine.from_config(layer.get_config())
    assert (copy.units, copy.name, copy.trainable) == (3, "mine", False)


def test_masks_die_with_their_arrays(backend):
    x = backend.asarray(np.ones((1, 2)))
    set_mask(x, backend.asarray(np.array([[True, False]])))
    assert get_mask(x) is not None
    del x
    gc.collect()
    assert not any_masks()


def test_mask_reaches_the_next_layer(backend):
    class Make(Layer):
        def compute_mask(self, inputs, previous_mask=None):
            return ops.not_equal(ops.squeeze(inputs, axis=-1), 0.0)

        def call(self, inputs):
            return ops.multiply(inputs, 1.0)

    class Pass(Layer):
        def __init__(self):
            super().__init__()
            self.supports_masking = True

        def call(self, inputs):
            return ops.multiply(inputs, 1.0)

    class Count(Layer):
        def call(self, inputs, mask=None):
            return ops.sum(ops.cast(mask, "float32"), axis=-1)

    x = np.array([[[1.0], [0.0], [2.0]]])
    assert ops.convert_to_numpy(Count()(Pass()(Make()(x)))).tolist() == [2.0]


def test_stateless_call_leaves_the_variables_alone(backend):
    class Counter(Layer):
        def build(self, input_shape):
            self.count = self.add_weight((), "zeros", trainable=False)

        def call(self, inputs):
            self.count.assign_add(1.0)
            return ops.add(inputs, self.count)

    layer = Counter()
    layer.build((None, 1))
    out, state = layer.stateless_call([], [backend.asarray(np.float32(4.0))], np.zeros((1, 1)))
    assert float(ops.convert_to_numpy(out)[0, 0]) == 5.0
    assert [float(ops.convert_to_numpy(s)) for s in state] == [5.0]
    assert float(layer.count.numpy()) == 0.0


def test_two_threads_may_call_one_layer(backend):
    layer = Outer()
    layer(np.zeros((1, 1)))
    wrong = []

    def work(training):
        for _ in range(100):
            value = float(ops.convert_to_numpy(layer(np.zeros((1, 1)), training=training))[0, 0])
            if value != float(training):
                wrong.append((training, value))

    threads = [threading.Thread(target=work, args=(flag,)) for flag in (True, False)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_build_with_several_shapes(backend):
    class Two(Layer):
        def build(self, a_shape, b_shape):
            self.shapes = (a_shape, b_shape)

        def call(self, a, b):
            return ops.add(a, b)

    layer = Two()
    layer(np.ones((1, 2)), np.ones((3, 2)))
    assert layer.shapes == ((1, 2), (3, 2))
    assert layer.get_build_config() == {"shapes_dict": {"a_shape": (1, 2), "b_shape": (3, 2)}}


def test_mixed_precision_casts_inputs_and_weights(backend):
    layer = Affine(2, dtype="mixed_bfloat16")
    out = layer(np.ones((1, 3), "float32"))
    assert backend.dtype_name(out) == "bfloat16"
    assert layer.kernel.dtype == "float32"


def test_add_weight_with_unknown_size():
    class Bad(Layer):
        def build(self, input_shape):
            self.add_weight((None, 2), name="kernel")

        def call(self, x):
            return x

    with pytest.raises(
        ShapeError, match=r"add_weight\(name='kernel'\): expected a shape with every size known"
    ):
        Bad().build((None, 3))
