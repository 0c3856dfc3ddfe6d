"""The everyday layers: behaviour that has no counterpart in a table, and what they say about bad input."""

from __future__ import annotations

import numpy as np
import pytest
from corne import backend as backends
from corne import layers, masking, models, ops
from corne.errors import ArgumentError, CorneError, FileFormatError, ShapeError, StateError
from corne.serialization import (
    custom_object_scope,
    deserialize_object,
    register_serializable,
    serialize_object,
)


def numpy(x):
    return backends.active().to_numpy(x)


def ones(*shape):
    return np.ones(shape, "float32")


# -- training and not --------------------------------------------------------------------------------
RANDOM = [
    lambda: layers.Dropout(0.5, seed=1),
    lambda: layers.Dropout(0.5, noise_shape=(None, 1), seed=1),
    lambda: layers.GaussianNoise(0.5, seed=1),
    lambda: layers.GaussianDropout(0.5, seed=1),
    lambda: layers.AlphaDropout(0.5, seed=1),
]


@pytest.mark.parametrize("make", RANDOM)
def test_random_layers_act_in_training_only(backend, make):
    layer, x = make(), ones(40, 50)
    assert np.array_equal(numpy(layer(x)), x)
    assert np.array_equal(numpy(layer(x, training=False)), x)
    first, second = numpy(layer(x, training=True)), numpy(layer(x, training=True))
    assert not np.array_equal(first, x)
    assert not np.array_equal(first, second)  # the seed moves on
    assert np.array_equal(first, numpy(make()(x, training=True)))  # and starts where it is told to


@pytest.mark.parametrize("make", RANDOM[:1] + RANDOM[2:])
def test_random_layers_keep_the_mean(backend, make):
    # Alpha dropout keeps the mean of standard normal values, the others any mean.
    x = np.random.default_rng(0).normal(size=(200, 200)).astype("float32")
    mean = numpy(make()(x, training=True)).mean()
    assert abs(mean - x.mean()) < 0.02  # 40,000 values with deviation about 1: 4 standard errors


def test_dropout_scales_what_it_keeps(backend):
    values = np.unique(numpy(layers.Dropout(0.75, seed=1)(ones(30, 30), training=True)))
    assert values.tolist() == [0.0, 4.0]  # 1 / (1 - 0.75)


def test_noise_shape_shares_the_choice(backend):
    result = numpy(layers.Dropout(0.5, noise_shape=(None, 1, None), seed=1)(ones(4, 5, 6), training=True))
    assert (result == result[:, :1]).all()
    assert 0 < result.mean() < 2


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_spatial_dropout_drops_whole_channels(backend, rank):
    layer = getattr(layers, f"SpatialDropout{rank}D")(0.5, seed=1)
    result = numpy(layer(ones(3, *(4,) * rank, 20), training=True)).reshape(3, -1, 20)
    assert (result == result[:, :1]).all()
    assert sorted(np.unique(result)) == [0.0, 2.0]


def test_rates_at_the_ends(backend):
    x = ones(2, 3)
    assert np.array_equal(numpy(layers.Dropout(0)(x, training=True)), x)
    assert np.array_equal(numpy(layers.Dropout(1)(x, training=True)), x * 0)
    assert np.array_equal(numpy(layers.AlphaDropout(1)(x, training=True)), x * 0)


# -- masks -------------------------------------------------------------------------------------------
def test_embedding_makes_a_mask(backend):
    x = layers.Embedding(5, 3, mask_zero=True)(np.array([[1, 2, 0]]))
    assert numpy(masking.get_mask(x)).tolist() == [[True, True, False]]
    assert masking.get_mask(layers.Embedding(5, 3)(np.array([[1, 2, 0]]))) is None


@pytest.mark.parametrize(
    "make",
    [
        lambda: layers.Dense(2), lambda: layers.Activation("relu"), lambda: layers.Dropout(0.5),
        lambda: layers.LayerNormalization(), lambda: layers.BatchNormalization(), lambda: layers.Identity(),
    ],
)  # fmt: skip
def test_masks_travel_through(backend, make):
    x = layers.Masking()(np.array([[[1.0, 2.0], [0.0, 0.0]]], "float32"))
    assert numpy(masking.get_mask(make()(x))).tolist() == [[True, False]]


def test_flatten_ends_a_mask(backend):
    x = layers.Masking()(np.array([[[1.0, 2.0], [0.0, 0.0]]], "float32"))
    assert masking.get_mask(layers.Flatten()(x)) is None


# -- weights and dtypes --------------------------------------------------------------------------------
def test_embedding_starts_from_given_weights(backend):
    table = np.arange(6, dtype="float32").reshape(3, 2)
    for weights in (table, [table]):
        layer = layers.Embedding(3, 2, weights=weights)
        assert numpy(layer(np.array([2, 0]))).tolist() == [[4.0, 5.0], [0.0, 1.0]]


def test_integers_keep_their_dtype_through_reshaping(backend):
    x = layers.Input((2, 3), dtype="int32")
    for layer in (layers.Flatten(), layers.Reshape((6,)), layers.Permute((2, 1)), layers.Identity()):
        assert layer(x).dtype == "int32"
        assert "int" in backends.active().dtype_name(layer(np.ones((4, 2, 3), "int32")))


def test_half_precision_is_announced(backend):
    x = layers.Input((2, 3))
    pair = [x, x]
    for layer in (layers.Flatten, layers.Identity, layers.Add, layers.Concatenate, layers.Average):
        inputs = x if layer in (layers.Flatten, layers.Identity) else pair
        made = layer(dtype="mixed_float16")
        assert made(inputs).dtype == "float16"
        arrays = ones(4, 2, 3) if inputs is x else [ones(4, 2, 3)] * 2
        assert backends.active().dtype_name(made(arrays)) == "float16"


def test_batch_normalization_computes_wide_in_half_precision(backend):
    layer = layers.BatchNormalization(dtype="mixed_float16")
    # 300**2 overflows float16
    x = np.array([[-300.0], [300.0]], "float16")
    result = numpy(layer(x, training=True))
    assert result.dtype == "float16"
    np.testing.assert_allclose(result, [[-1.0], [1.0]], atol=1e-2)
    assert layer.moving_variance.dtype == "float32"


def test_layer_normalization_over_an_axis_in_the_middle(backend):
    x = np.random.default_rng(0).normal(size=(2, 3, 4)).astype("float32")
    middle = layers.LayerNormalization(axis=1, gamma_initializer="uniform", beta_initializer="uniform")
    last = layers.LayerNormalization()
    expected = middle(x)
    last(np.swapaxes(x, 1, 2))
    last.set_weights(middle.get_weights())
    np.testing.assert_allclose(
        numpy(expected), np.swapaxes(numpy(last(np.swapaxes(x, 1, 2))), 1, 2), atol=1e-6
    )


def test_merge_functions_are_the_layers(backend):
    a, b = np.array([[1.0, 8.0]], "float32"), np.array([[3.0, 4.0]], "float32")
    expected = {
        "add": [[4, 12]], "subtract": [[-2, 4]], "multiply": [[3, 32]], "average": [[2, 6]],
        "maximum": [[3, 8]], "minimum": [[1, 4]], "concatenate": [[1, 8, 3, 4]],
        "dot": [[35]],  # 1 * 3 + 8 * 4
    }  # fmt: skip
    for name, values in expected.items():
        assert numpy(getattr(layers, name)([a, b])).tolist() == values


def test_functional_merging(backend):
    a, b = layers.Input((3, 4)), layers.Input((4,))
    assert layers.Add()([a, b]).shape == (None, 3, 4)
    assert layers.Concatenate(axis=1)([a, layers.Input((2, 4))]).shape == (None, 5, 4)
    assert layers.Dot((2, 1))([a, b]).shape == (None, 3)


# -- Lambda --------------------------------------------------------------------------------------------
@register_serializable("test_everyday_layers")
def scaled(x, factor=1.0):
    return x * factor


def test_lambda_applies_a_function(backend):
    layer = layers.Lambda(scaled, arguments={"factor": 3.0})
    assert numpy(layer(ones(1, 2))).tolist() == [[3.0, 3.0]]
    assert layer(layers.Input((5,))).shape == (None, 5)


def test_lambda_gets_training_and_mask(backend):
    def both(x, training, mask):
        return x * (2.0 if training else 1.0) * ops.cast(ops.expand_dims(mask, -1), "float32")

    x = layers.Masking()(np.array([[[1.0], [0.0]]], "float32"))
    layer = layers.Lambda(both, mask=lambda inputs, mask: mask)
    result = layer(x, training=True)
    assert numpy(result).tolist() == [[[2.0], [0.0]]]
    assert numpy(masking.get_mask(result)).tolist() == [[True, False]]


def test_lambda_with_declared_shapes(backend):
    x = layers.Input((4,))
    assert layers.Lambda(scaled, output_shape=(4,))(x).shape == (None, 4)
    assert layers.Lambda(scaled, output_shape=lambda shape: (shape[0], 9))(x).shape == (None, 9)
    pair = layers.Lambda(lambda x: [x, x], output_shape=[(4,), (4,)])(x)
    assert [t.shape for t in pair] == [(None, 4), (None, 4)]


def test_lambda_is_written_by_name(backend):
    layer = layers.Lambda(scaled, arguments={"factor": 2.0}, output_shape=(3,))
    again = deserialize_object(serialize_object(layer))
    assert again.function is scaled
    assert again.arguments == {"factor": 2.0}
    assert again.output_shape == (3,)


def test_lambda_without_a_name_is_not_written(backend):
    with pytest.raises(StateError, match="def"):
        layers.Lambda(lambda x: x).get_config()


CODE = {
    "name": "old", "trainable": True, "dtype": "float32", "arguments": {},
    "function": {"class_name": "__lambda__", "config": {"code": "4wEAAAA=", "defaults": None, "closure": None}},
}  # fmt: skip


def test_code_in_a_file_is_refused(backend):
    with pytest.raises(FileFormatError, match=r"custom_objects=\{'old': function\}"):
        layers.Lambda.from_config(CODE)


def test_a_function_takes_the_place_of_code(backend):
    with custom_object_scope({"old": scaled}):
        assert layers.Lambda.from_config(CODE).function is scaled


# -- bad input -----------------------------------------------------------------------------------------
BAD = [
    (lambda: layers.Dense(-1), ArgumentError, "Dense(units=…): expected a positive integer, got -1"),
    (lambda: layers.Dense(0), ArgumentError, "got 0"),
    (lambda: layers.Dense(2.5), ArgumentError, "got 2.5"),
    (lambda: layers.Dense("ten"), ArgumentError, "got 'ten'"),
    (lambda: layers.Dense(True), ArgumentError, "got True"),
    (lambda: layers.Dense(3, activation="rulu"), CorneError, "relu"),
    (lambda: layers.Dense(3, activatoin="relu"), CorneError, "activation"),
    (lambda: layers.Dense(3, kernel_initializer="glorot_unifrom"), CorneError, "lorot"),
    (lambda: layers.Dense(3, lora_rank=4), ArgumentError, "low-rank adaptation"),
    (lambda: layers.Dense(3, quantization_config="int8"), ArgumentError, "quantization"),
    (lambda: layers.Embedding(0, 4), ArgumentError, "Embedding(input_dim=…)"),
    (lambda: layers.Embedding(4, -4), ArgumentError, "Embedding(output_dim=…)"),
    (lambda: layers.Dropout(1.5), ArgumentError, "a number from 0 to 1"),
    (lambda: layers.Dropout(-0.1), ArgumentError, "a number from 0 to 1"),
    (lambda: layers.Dropout(0.5, noise_shape=(2, 0)), ArgumentError, "noise_shape"),
    (lambda: layers.Dropout(0.5, noise_shape="all"), ArgumentError, "noise_shape"),
    (lambda: layers.GaussianNoise(2), ArgumentError, "GaussianNoise(stddev=…)"),
    (lambda: layers.GaussianDropout(1.0), ArgumentError, "below 1"),
    (lambda: layers.Flatten(data_format="last"), ArgumentError, "Flatten(data_format=…)"),
    (lambda: layers.Reshape((-1, -1)), ArgumentError, "at most one of them -1"),
    (lambda: layers.Reshape((2, "a")), ArgumentError, "Reshape(target_shape=…)"),
    (lambda: layers.Permute((0, 1)), ArgumentError, "Count from 1"),
    (lambda: layers.Permute((1, 3)), ArgumentError, "Count from 1"),
    (lambda: layers.RepeatVector(0), ArgumentError, "RepeatVector(n=…)"),
    (lambda: layers.Lambda(3), ArgumentError, "a function"),
    (lambda: layers.BatchNormalization(synchronized=True), ArgumentError, "synchronized"),
    (
        lambda: layers.BatchNormalization(renorm=True, renorm_clipping={"r": 1}),
        ArgumentError,
        "rmin, rmax, dmax",
    ),
    (
        lambda: layers.BatchNormalization(renorm=True, renorm_clipping={"rmin": 2, "rmax": 1}),
        ArgumentError,
        "rmin <= rmax",
    ),
    (lambda: layers.LayerNormalization(axis="last"), ArgumentError, "LayerNormalization(axis=…)"),
    (lambda: layers.GroupNormalization(groups=0), ArgumentError, "GroupNormalization(groups=…)"),
    (lambda: layers.ReLU(max_value=-1), ArgumentError, "ReLU(max_value=…)"),
    (lambda: layers.LeakyReLU(-0.1), ArgumentError, "LeakyReLU"),
    (lambda: layers.Dot(0), ArgumentError, "Axis 0 is the batch"),
    (lambda: layers.Dot((1, 2, 3)), ArgumentError, "Dot(axes=…)"),
    (lambda: layers.Activation("no_such_activation"), CorneError, "no_such_activation"),
]


@pytest.mark.parametrize("make, kind, text", BAD)
def test_bad_arguments(make, kind, text):
    with pytest.raises(kind) as caught:
        make()
    assert text in str(caught.value)


BAD_INPUT = [
    (lambda: layers.Dense(3), ones(4), "at least 2 axes"),
    (lambda: layers.Reshape((5,)), ones(2, 3, 4), "12 values"),
    (lambda: layers.Permute((2, 1)), ones(2, 3), "3 axes"),
    (lambda: layers.RepeatVector(2), ones(2, 3, 4), "2 axes"),
    (lambda: layers.BatchNormalization(axis=3), ones(2, 3), "axis 3"),
    (lambda: layers.LayerNormalization(axis=3), ones(2, 3), "axis 3"),
    (lambda: layers.LayerNormalization(axis=[1, -1]), ones(2, 3), "different axes"),
    (lambda: layers.UnitNormalization(axis=3), ones(2, 3), "axis 3"),
    (lambda: layers.GroupNormalization(groups=4), ones(2, 6), "divisible by groups=4"),
    (lambda: layers.PReLU(shared_axes=[3]), ones(2, 3), "axes from 1 to 1"),
    (lambda: layers.Add(), ones(2, 3), "a list of arrays"),
    (lambda: layers.Add(), [ones(2, 3), ones(2, 4)], "(2, 3) and (2, 4)"),
    (lambda: layers.Add(), [ones(2, 3), ones(3, 3)], "the same batch size"),
    (lambda: layers.Subtract(), [ones(2, 3)] * 3, "exactly 2 inputs"),
    (lambda: layers.Concatenate(), [ones(2, 3), ones(3, 3)], "every axis but axis -1"),
    (lambda: layers.Concatenate(axis=1), [ones(2, 3), ones(2, 3, 1)], "every axis but axis 1"),
    (lambda: layers.Dot(1), [ones(2, 3), ones(2, 4)], "3 and 4"),
    (lambda: layers.Dot(1), [ones(2, 3)], "exactly 2 inputs"),
    (lambda: layers.Dropout(0.5, noise_shape=(None, 1, 1)), ones(2, 3), "noise_shape"),
]


@pytest.mark.parametrize("make, inputs, text", BAD_INPUT)
def test_bad_input(backend, make, inputs, text):
    with pytest.raises(CorneError) as caught:
        make()(inputs, **({"training": True} if "noise" in text else {}))
    assert text in str(caught.value)


def test_another_number_of_features_later_is_refused(backend):
    layer = layers.Dense(3)
    layer(ones(2, 4))
    with pytest.raises(ShapeError, match="axis -1"):
        layer(ones(2, 5))


def test_unknown_features_are_refused(backend):
    with pytest.raises(ShapeError, match="fixed size"):
        layers.Dense(3)(layers.Input((None,)))


def test_a_mask_of_another_rank_is_refused(backend):
    with pytest.raises(ShapeError, match="mask"):
        layers.BatchNormalization()(ones(2, 3, 4), training=True, mask=np.ones(2, bool))
    with pytest.raises(ShapeError, match="broadcastable"):
        layers.Softmax()(ones(2, 3), mask=np.ones((2, 2), bool))


def test_models_of_these_layers_have_known_shapes():
    model = models.Sequential(
        [
            layers.Input((4, 6)),
            layers.Reshape((3, 8)),
            layers.Permute((2, 1)),
            layers.Flatten(),
            layers.Dense(5),
        ]
    )
    assert model.output_shape == (None, 5)
