"""Values, gradients, shapes and configs of the everyday layers against Keras's."""

from __future__ import annotations

import json

import numpy as np
import pytest

pytestmark = pytest.mark.oracle


def plain(config):
    """Return a config as JSON would give it back, without what Corne's layers lack."""
    return json.loads(json.dumps({k: v for k, v in config.items() if k != "quantization_config"}))


def data(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


EVERY = {
    "kernel_initializer": "he_normal", "bias_initializer": "ones", "kernel_regularizer": "l2",
    "bias_regularizer": "l1", "activity_regularizer": "l1", "kernel_constraint": "unit_norm",
    "bias_constraint": "non_neg", "trainable": False,
}  # fmt: skip

CASES = [
    ("Dense", {"units": 3}, (2, 4)),
    ("Dense", {"units": 3, "activation": "relu"}, (2, 5, 4)),
    ("Dense", {"units": 3, "use_bias": False, "activation": "softmax"}, (2, 5, 6, 4)),
    ("Dense", {"units": 3, **EVERY}, (2, 4)),
    ("Activation", {"activation": "tanh"}, (2, 4)),
    ("ReLU", {}, (2, 4)),
    ("ReLU", {"max_value": 1.0, "negative_slope": 0.2, "threshold": 0.5}, (2, 4)),
    ("LeakyReLU", {}, (2, 4)),
    ("ELU", {"alpha": 0.5}, (2, 4)),
    ("Softmax", {}, (2, 4)),
    ("Softmax", {"axis": (1, 2)}, (2, 4, 5)),
    ("PReLU", {}, (2, 4, 5)),
    ("PReLU", {"shared_axes": [1], "alpha_initializer": "ones", "alpha_regularizer": "l2"}, (2, 4, 5)),
    ("Flatten", {}, (2, 3, 4, 5)),
    ("Flatten", {"data_format": "channels_first"}, (2, 3, 4, 5)),
    ("Flatten", {}, (2, 3)),
    ("Flatten", {}, (2,)),
    ("Reshape", {"target_shape": (6, 2)}, (2, 3, 4)),
    ("Reshape", {"target_shape": (-1, 2)}, (2, 3, 4)),
    ("Reshape", {"target_shape": (-1,)}, (2, 3, 4)),
    ("Permute", {"dims": (2, 3, 1)}, (2, 3, 4, 5)),
    ("RepeatVector", {"n": 3}, (2, 4)),
    ("Masking", {"mask_value": 0.5}, (2, 3, 4)),
    ("Identity", {}, (2, 3)),
    ("ActivityRegularization", {"l1": 0.1, "l2": 0.2}, (2, 3)),
    ("LayerNormalization", {}, (2, 3, 4)),
    ("LayerNormalization", {"axis": [1, 2], "epsilon": 1e-5}, (2, 3, 4)),
    ("LayerNormalization", {"center": False}, (2, 3, 4)),
    ("LayerNormalization", {"scale": False, "beta_regularizer": "l2"}, (2, 3, 4)),
    ("GroupNormalization", {"groups": 2}, (2, 3, 4)),
    ("GroupNormalization", {"groups": 1, "scale": False}, (2, 5, 3, 4)),
    ("GroupNormalization", {"groups": 2, "axis": 1, "center": False}, (2, 4, 3, 5)),
    ("RMSNormalization", {}, (2, 3, 4)),
    ("RMSNormalization", {"axis": [1, 2], "epsilon": 1e-3}, (2, 3, 4)),
    ("UnitNormalization", {}, (2, 3, 4)),
    ("UnitNormalization", {"axis": [1, 2]}, (2, 3, 4)),
    ("Dropout", {"rate": 0.5, "noise_shape": (None, 1), "seed": 3}, (2, 3)),
    ("GaussianNoise", {"stddev": 0.5}, (2, 3)),
    ("GaussianDropout", {"rate": 0.5, "seed": 3}, (2, 3)),
    ("AlphaDropout", {"rate": 0.5, "seed": 3}, (2, 3)),
    ("BatchNormalization", {}, (4, 3)),
]


@pytest.mark.parametrize("name, arguments, shape", CASES)
def test_layer(backend, same_as_keras, name, arguments, shape):
    # Keras writes the axis of a built LayerNormalization as a list; before it is built they are equal.
    same_as_keras(name, arguments, data(*shape))


@pytest.mark.parametrize(
    "rank, arguments",
    [
        (1, {"rate": 0.5}),
        (2, {"rate": 0.5}),
        (2, {"rate": 0.5, "data_format": "channels_first"}),
        (3, {"rate": 0.2}),
    ],
)
def test_spatial_dropout_config(backend, same_as_keras, rank, arguments):
    same_as_keras(f"SpatialDropout{rank}D", arguments, data(2, *(3,) * rank, 4))


@pytest.mark.parametrize(
    "name, arguments, shape",
    [
        ("Dropout", {"rate": 0.4}, (20, 30)),
        ("Dropout", {"rate": 0.4, "noise_shape": (None, 1, None)}, (5, 4, 6)),
        ("GaussianNoise", {"stddev": 0.4}, (20, 30)),
        ("GaussianDropout", {"rate": 0.4}, (20, 30)),
        ("AlphaDropout", {"rate": 0.4}, (20, 30)),
        ("SpatialDropout1D", {"rate": 0.4}, (5, 4, 6)),
        ("SpatialDropout2D", {"rate": 0.4}, (5, 4, 3, 6)),
        ("SpatialDropout3D", {"rate": 0.4, "data_format": "channels_first"}, (5, 4, 2, 3, 6)),
    ],
)
def test_equal_seeds_give_keras_numbers(name, arguments, shape):
    # Only on an engine with the generator that Keras uses here.
    import os

    os.environ.setdefault("KERAS_BACKEND", "torch")
    keras = pytest.importorskip("keras")
    pytest.importorskip("corne_cpu")
    from corne import backend, layers

    x = data(*shape)
    theirs = getattr(keras.layers, name)(**arguments, seed=11)
    with backend.use("cpu") as engine:
        ours = getattr(layers, name)(**arguments, seed=11)
        for _ in range(3):  # the seed moves on alike
            expected = theirs(x, training=True).numpy()
            np.testing.assert_allclose(engine.to_numpy(ours(x, training=True)), expected, atol=1e-6)


@pytest.mark.filterwarnings("ignore:You passed `rms_scaling=True`")  # Keras's
def test_rms_scaling(backend, same_as_keras):
    same_as_keras("LayerNormalization", {"axis": -1, "rms_scaling": True}, data(2, 3, 4))


HALF = [
    ("Dense", {"units": 3, "activation": "relu"}, (2, 5, 4)),
    ("LayerNormalization", {}, (2, 3, 4)),
    ("GroupNormalization", {"groups": 2}, (2, 3, 4)),
    ("RMSNormalization", {}, (2, 3, 4)),
    ("BatchNormalization", {}, (4, 3)),
    ("Softmax", {}, (2, 4)),
    ("PReLU", {}, (2, 4)),
    ("ELU", {}, (2, 4)),
]


@pytest.mark.parametrize("name, arguments, shape", HALF)
def test_mixed_precision(backend, same_as_keras, name, arguments, shape):
    same_as_keras(name, {**arguments, "dtype": "mixed_float16"}, data(*shape), tolerance=4e-3)


NORMALIZE = [
    ({}, (6, 3)),
    ({"momentum": 0.5, "epsilon": 1e-5}, (4, 5, 3)),
    ({"axis": 1, "center": False}, (4, 3, 5)),
    ({"scale": False, "moving_mean_initializer": "ones"}, (4, 2, 2, 3)),
    ({"renorm": True}, (6, 3)),
    ({"renorm": True, "renorm_momentum": 0.5, "scale": False}, (6, 3)),
    ({"renorm": True, "renorm_clipping": {"rmin": 0.5, "rmax": 2.0, "dmax": 0.3}}, (6, 3)),
]


@pytest.mark.parametrize("arguments, shape", NORMALIZE)
@pytest.mark.parametrize("training", [False, True])
def test_batch_normalization(backend, same_as_keras, arguments, shape, training):
    same_as_keras("BatchNormalization", arguments, data(*shape), training=training, tolerance=2e-5)


@pytest.mark.parametrize("training", [False, True])
def test_batch_normalization_ignores_masked_steps(backend, same_as_keras, training):
    mask = np.arange(5) < np.array([[2], [5], [3]])
    same_as_keras("BatchNormalization", {"momentum": 0.5}, data(3, 5, 2), training=training, mask=mask)


def test_frozen_batch_normalization(backend, same_as_keras):
    same_as_keras("BatchNormalization", {"trainable": False}, data(4, 3), training=True)


@pytest.mark.parametrize(
    "arguments",
    [{}, {"mask_zero": True, "embeddings_initializer": "normal", "embeddings_regularizer": "l2"}],
)
@pytest.mark.parametrize("dtype", ["int32", "int64", "float32"])
def test_embedding(backend, same_as_keras, arguments, dtype):
    inputs = np.array([[0, 3, 1], [2, 2, 0]], dtype)
    same_as_keras("Embedding", {"input_dim": 5, "output_dim": 4, **arguments}, inputs)


def test_softmax_with_mask(backend, same_as_keras):
    mask = np.array([[[True, False, True, True]], [[False, False, False, False]]])
    same_as_keras("Softmax", {}, data(2, 3, 4), mask=mask)


MERGE = ["Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"]
SHAPES = [
    [(2, 3, 4), (2, 3, 4)],
    [(2, 1, 4), (2, 3, 1)],
    [(2, 4), (2, 3, 4)],
    [(2, 3, 4), (2, 3, 4), (2, 1, 4)],
]


@pytest.mark.parametrize(
    "name, shapes",
    [(name, shapes) for name in MERGE for shapes in SHAPES if name != "Subtract" or len(shapes) == 2],
)
def test_merge(backend, same_as_keras, name, shapes):
    same_as_keras(name, {}, [data(*shape, seed=i) for i, shape in enumerate(shapes)])


@pytest.mark.parametrize("axis, shapes", [(-1, [(2, 3), (2, 4)]), (1, [(2, 3, 4), (2, 1, 4), (2, 2, 4)])])
def test_concatenate(backend, same_as_keras, axis, shapes):
    same_as_keras("Concatenate", {"axis": axis}, [data(*shape, seed=i) for i, shape in enumerate(shapes)])


@pytest.mark.parametrize(
    "axes, shapes",
    [
        (1, [(2, 3), (2, 3)]),
        (-1, [(2, 3, 4), (2, 5, 4)]),
        ((2, 1), [(2, 3, 4), (2, 4, 5)]),
        ((1, 2), [(2, 3, 4), (2, 5, 3)]),
        ((1, 1), [(2, 3), (2, 3, 5)]),
        ((2, 1), [(2, 3, 4), (2, 4)]),
        ((3, 2), [(2, 3, 4, 5), (2, 6, 5, 3)]),
    ],
)
@pytest.mark.parametrize("normalize", [False, True])
def test_dot(backend, same_as_keras, axes, shapes, normalize):
    inputs = [data(*shape, seed=i) for i, shape in enumerate(shapes)]
    same_as_keras("Dot", {"axes": axes, "normalize": normalize}, inputs)


@pytest.mark.parametrize("name", [*MERGE, "Concatenate"])
@pytest.mark.parametrize("both", [False, True])
def test_masks_through_merging(backend, name, both):
    import os

    os.environ.setdefault("KERAS_BACKEND", "torch")
    keras = pytest.importorskip("keras")
    from corne import backend as backends
    from corne import layers, masking

    a, b = data(2, 3, 2), data(2, 3, 2, seed=1)
    a[0, 2], a[1, 1:], b[0, 1] = 0, 0, 0

    def run(kit, get_mask, to_numpy):
        x = kit.Masking()(a)
        y = kit.Masking()(b) if both else kit.Identity()(b)
        result = getattr(kit, name)()([x, y])
        mask = get_mask(result)
        return to_numpy(result), None if mask is None else to_numpy(mask)

    engine = backends.active()
    ours, mask = run(layers, masking.get_mask, engine.to_numpy)
    theirs, expected = run(keras.layers, lambda x: getattr(x, "_keras_mask", None), lambda x: x.numpy())
    np.testing.assert_allclose(ours, theirs, atol=1e-6)
    assert (mask is None) == (expected is None)
    assert mask is None or mask.tolist() == expected.tolist()


def test_functions_in_configs_are_keras():
    import os

    os.environ.setdefault("KERAS_BACKEND", "torch")
    keras = pytest.importorskip("keras")
    from corne import layers, serialization

    def doubled(x):
        return x * 2

    keras.saving.register_keras_serializable("exchange")(doubled)
    serialization.register_serializable("exchange")(doubled)
    for name, arguments in {
        "Lambda": {"function": doubled, "output_shape": (3,), "arguments": {"a": 1}},
        "Activation": {"activation": doubled},
        "Dense": {"units": 2, "activation": doubled},
    }.items():
        ours = serialization.serialize_object(getattr(layers, name)(**arguments, name="it"))
        theirs = keras.saving.serialize_keras_object(getattr(keras.layers, name)(**arguments, name="it"))
        assert plain(ours["config"]) == plain(theirs["config"])
        keras.saving.deserialize_keras_object(ours)
        again = serialization.deserialize_object(theirs)
        assert again.get_config() == getattr(layers, name)(**arguments, name="it").get_config()
