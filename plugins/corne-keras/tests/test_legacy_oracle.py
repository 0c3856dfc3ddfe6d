"""Legacy HDF5 between Corne and Keras 3.15.1, both ways: the same predictions and the same optimizer state."""

from __future__ import annotations

import os
import warnings

import numpy as np
import pytest
from corne import backend as backends
from corne.models import load_model

os.environ.setdefault("KERAS_BACKEND", "torch")
keras = pytest.importorskip("keras")
if keras.__version__ < "3.15":
    pytest.skip("compares with Keras 3.15", allow_module_level=True)

pytestmark = [
    pytest.mark.oracle,
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:Argument `alpha` is deprecated"),
    pytest.mark.filterwarnings("ignore:.*hard_sigmoid has another slope"),
]

L = keras.layers


@pytest.fixture
def cpu():
    with backends.use("cpu"):
        yield


def dense():
    return keras.Sequential(
        [
            keras.Input((3,)),
            L.Dense(4, "tanh", kernel_regularizer="l2"),
            L.Dropout(0.3),
            L.LeakyReLU(0.2),
            L.Dense(2),
        ]
    )


def convolutions():
    return keras.Sequential(
        [
            keras.Input((9, 9, 2)), L.Conv2D(4, 3, padding="same", activation="hard_sigmoid"), L.BatchNormalization(),
            L.PReLU(shared_axes=[1, 2]), L.DepthwiseConv2D(2), L.SeparableConv2D(3, 2), L.Conv2DTranspose(2, 2, 2),
            L.UpSampling2D(2, interpolation="bilinear"), L.ZeroPadding2D(1), L.Cropping2D(1), L.MaxPooling2D(2),
            L.AveragePooling2D(2), L.SpatialDropout2D(0.1), L.GlobalAveragePooling2D(), L.Softmax(),
        ]
    )  # fmt: skip


def sequences():
    return keras.Sequential(
        [
            keras.Input((6,), dtype="int32"), L.Embedding(10, 4, mask_zero=True),
            L.Bidirectional(L.LSTM(3, return_sequences=True)), L.TimeDistributed(L.Dense(4)),
            L.GRU(3, return_sequences=True, reset_after=False), L.SimpleRNN(2),
        ]
    )  # fmt: skip


def one_dimension():
    return keras.Sequential(
        [
            keras.Input((9, 2)), L.Conv1D(4, 3, padding="causal"), L.SeparableConv1D(3, 2), L.Conv1DTranspose(2, 3),
            L.UpSampling1D(2), L.ZeroPadding1D(1), L.Cropping1D(1), L.MaxPooling1D(2), L.Permute((2, 1)), L.Flatten(),
            L.RepeatVector(2), L.Reshape((-1,)), L.LayerNormalization(), L.Activation("swish"),
        ]
    )  # fmt: skip


def three_dimensions():
    return keras.Sequential(
        [keras.Input((4, 4, 4, 1)), L.Conv3D(2, 2), L.MaxPooling3D(2), L.Conv3DTranspose(2, 2), L.GlobalMaxPooling3D(),
         L.GroupNormalization(2), L.UnitNormalization()]
    )  # fmt: skip


def inside():
    x, y = keras.Input((4,)), keras.Input((4,))
    i = keras.Input((4,))
    part = keras.Model(i, L.BatchNormalization()(L.Dense(4)(i)), name="part")
    chain = keras.Sequential([keras.Input((4,)), L.Dense(4), L.BatchNormalization()], name="chain")
    shared = L.Dense(4, name="shared")
    part.layers[1].trainable = False
    added = L.Add()([part(x), part(part(y)), chain(x), shared(x), shared(y)])
    return keras.Model([x, y], [added, L.Concatenate()([added, part(added)])])


def only_a_model_inside():
    i, x = keras.Input((4,)), keras.Input((4,))
    return keras.Model(x, keras.Model(i, L.Dense(3)(i), name="part")(x))


def attention():
    q, v = keras.Input((5, 4)), keras.Input((6, 4))
    heads = L.MultiHeadAttention(2, 3)(q, v)
    return keras.Model([q, v], L.LayerNormalization()(L.Add()([q, heads])))


def states():
    x, h, c = keras.Input((5, 3)), keras.Input((4,)), keras.Input((4,))
    o, a, b = L.LSTM(4, return_state=True, return_sequences=True)(x, initial_state=[h, c])
    return keras.Model([x, h, c], [L.GRU(4)(o, initial_state=a), b])


def merges():
    x, y = keras.Input((3,)), keras.Input((3,))
    kinds = [L.Subtract, L.Multiply, L.Average, L.Maximum, L.Minimum]
    return keras.Model([x, y], [kind()([x, y]) for kind in kinds] + [L.Dot(axes=1)([x, y])])


def branches():
    x = keras.Input((4,))
    late = L.Dense(3, name="late")(x)
    return keras.Model(x, L.Concatenate()([L.Dense(3)(L.Add()([late, L.Dense(3)(L.Dense(3)(x))])), late]))


MODELS = [
    dense, convolutions, sequences, one_dimension, three_dimensions, inside, only_a_model_inside, attention, states,
    merges, branches,
]  # fmt: skip


def filled(model):
    rng = np.random.default_rng(3)
    model.set_weights([np.abs(rng.normal(size=w.shape)) * 0.5 + 0.05 for w in model.get_weights()])
    return model


def inputs_for(model):
    rng = np.random.default_rng(4)
    inputs = [
        rng.integers(0, 10, (3, *x.shape[1:]))
        if str(x.dtype).startswith("int")
        else rng.random((3, *x.shape[1:]))
        for x in model.inputs
    ]
    return inputs if len(inputs) > 1 else inputs[0]


def outputs_of(model, inputs):
    outputs = model.predict(inputs, verbose=0)
    return [np.asarray(y) for y in (outputs if isinstance(outputs, (list, tuple)) else [outputs])]


def assert_same(one, other):
    assert len(one) == len(other)
    for a, b in zip(one, other, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize("make", MODELS, ids=lambda make: make.__name__)
def test_keras_to_corne_to_keras(cpu, make, tmp_path):
    model = filled(make())
    inputs = inputs_for(model)
    expected = outputs_of(model, inputs)
    model.save(tmp_path / "keras.h5")
    ours = load_model(tmp_path / "keras.h5")
    assert_same(outputs_of(ours, inputs), expected)
    ours.save(tmp_path / "corne.h5")
    assert_same(outputs_of(load_model(tmp_path / "corne.h5"), inputs), expected)
    assert_same(outputs_of(keras.saving.load_model(tmp_path / "corne.h5"), inputs), expected)


@pytest.mark.parametrize("make", MODELS, ids=lambda make: make.__name__)
def test_weights_to_keras(cpu, make, tmp_path):
    model = filled(make())
    inputs = inputs_for(model)
    expected = outputs_of(model, inputs)
    model.save(tmp_path / "keras.h5")
    load_model(tmp_path / "keras.h5").save_weights(tmp_path / "weights.h5")
    model.set_weights([np.zeros_like(w) for w in model.get_weights()])
    model.load_weights(tmp_path / "weights.h5")
    assert_same(outputs_of(model, inputs), expected)


OPTIMIZERS = {
    "sgd": lambda: keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True),
    "adam": lambda: keras.optimizers.Adam(0.05, amsgrad=True, clipnorm=1.0),
    "adam with a schedule": lambda: keras.optimizers.Adam(
        keras.optimizers.schedules.ExponentialDecay(0.1, 2, 0.5)
    ),
    "adamw": lambda: keras.optimizers.AdamW(0.05, weight_decay=0.01),
    "rmsprop": lambda: keras.optimizers.RMSprop(0.01, momentum=0.5, centered=True),
    "adagrad": lambda: keras.optimizers.Adagrad(0.1),
    "adadelta": lambda: keras.optimizers.Adadelta(1.0),
    "adamax": lambda: keras.optimizers.Adamax(0.1),
    "nadam": lambda: keras.optimizers.Nadam(0.05),
    "ftrl": lambda: keras.optimizers.Ftrl(0.1),
    "lion": lambda: keras.optimizers.Lion(0.01),
    "lamb": lambda: keras.optimizers.Lamb(0.01),
    "muon": lambda: keras.optimizers.Muon(0.05),
    "averages": lambda: keras.optimizers.Adam(0.05, use_ema=True, ema_momentum=0.9),
    "accumulation": lambda: keras.optimizers.Adam(0.05, gradient_accumulation_steps=2),
    "loss scale": lambda: keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam(0.05)),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_training_goes_on(cpu, name, tmp_path):
    """Keras begins, Corne goes on, twice from files: the same as Keras alone, so all state is read and written.

    Keras itself can't go on with a file of its own: it builds the optimizer for no weights.
    """
    x, y = np.random.default_rng(0).random((2, 8, 4)), np.full((8, 6), 0.5)
    model = filled(branches())
    model.compile(OPTIMIZERS[name](), "mse", metrics=["mae"])
    for _ in range(3):
        model.train_on_batch(x[0], y)
    model.save(tmp_path / "keras.h5")
    for _ in range(4):
        model.train_on_batch(x[0], y)
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)  # nothing is left out
        ours = load_model(tmp_path / "keras.h5")
    for _ in range(2):
        ours.train_on_batch(x[0], y)
    ours.save(tmp_path / "corne.h5")
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        again = load_model(tmp_path / "corne.h5")
    assert int(np.asarray(again.optimizer.iterations)) == 5 // (
        model.optimizer.gradient_accumulation_steps or 1
    )
    for _ in range(2):
        again.train_on_batch(x[0], y)
    np.testing.assert_allclose(again.predict(x[1], verbose=0), model.predict(x[1], verbose=0), atol=5e-5)


@pytest.mark.parametrize(
    "loss", ["mse", keras.losses.BinaryCrossentropy(from_logits=True, label_smoothing=0.1)]
)
def test_losses_and_metrics(cpu, loss, tmp_path):
    x, y = np.random.default_rng(0).random((8, 3)), np.ones((8, 2))
    model = filled(keras.Sequential([keras.Input((3,)), L.Dense(2)]))
    model.compile("adam", loss, metrics=["mae", keras.metrics.BinaryAccuracy(threshold=0.4)])
    model.evaluate(x, y, verbose=0)
    model.save(tmp_path / "keras.h5")
    ours = load_model(tmp_path / "keras.h5")
    expected = model.evaluate(x, y, verbose=0, return_dict=True)
    assert ours.evaluate(x, y, verbose=0, return_dict=True) == pytest.approx(expected, abs=1e-6)
    ours.save(tmp_path / "corne.h5")
    theirs = keras.saving.load_model(tmp_path / "corne.h5")
    ordered = [expected["loss"], expected["mae"], expected["binary_accuracy"]]  # Keras renames one of them
    assert theirs.evaluate(x, y, verbose=0) == pytest.approx(ordered, abs=1e-6)
