"""Training against Keras: the same weights, data and order give the same logs, names and numbers."""

from __future__ import annotations

import os

os.environ.setdefault("KERAS_BACKEND", "torch")

import corne
import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_iris

pytestmark = [
    pytest.mark.oracle,
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]
keras = pytest.importorskip("keras")


@pytest.fixture(autouse=True)
def _cpu():
    if corne.backend.available().get("cpu", "absent") is not None:
        pytest.skip("needs the cpu backend")
    with corne.backend.use("cpu"):
        yield


@pytest.fixture(scope="module")
def iris():
    x, y = load_iris(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(x))
    return x[order].astype("float32"), y[order]


def both(build, **compile_arguments):
    """Build a model in Keras and in Corne with the same weights, and compile both."""
    models = []
    for framework in (keras, corne):
        model = build(framework)
        arguments = {k: v(framework) if callable(v) else v for k, v in compile_arguments.items()}
        model.compile(**arguments)
        models.append(model)
    models[1].set_weights(models[0].get_weights())
    return models


def classifier(k):
    return k.Sequential(
        [k.layers.Input((4,)), k.layers.Dense(8, activation="tanh"), k.layers.Dense(3, activation="softmax")]
    )


def assert_same_history(one, two):
    assert set(one.history) == set(two.history)  # Keras sorts them
    for key in one.history:
        np.testing.assert_allclose(two.history[key], one.history[key], rtol=2e-4, atol=1e-5, err_msg=key)


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "rmsprop", "adamw"])
def test_fit(iris, optimizer):
    x, y = iris
    a, b = both(classifier, optimizer=optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    fits = [
        m.fit(x, y, epochs=3, batch_size=16, shuffle=False, validation_split=0.2, verbose=0) for m in (a, b)
    ]
    assert_same_history(*fits)
    for one, two in zip(a.get_weights(), b.get_weights(), strict=True):
        np.testing.assert_allclose(two, one, rtol=1e-3, atol=2e-5)


@pytest.mark.parametrize(
    "metrics",
    [["acc"], ["mse"], ["mae", "accuracy"], ["categorical_accuracy", "AUC"], ["mean_squared_error"]],
)
def test_names_and_values_of_metrics(iris, metrics):
    x, y = iris
    labels = np.eye(3, dtype="float32")[y]
    a, b = both(classifier, optimizer="sgd", loss="categorical_crossentropy", metrics=metrics)
    fits = [m.fit(x, labels, epochs=2, batch_size=32, shuffle=False, verbose=0) for m in (a, b)]
    assert_same_history(*fits)


def test_sample_and_class_weights_and_weighted_metrics(iris):
    x, y = iris
    weights = np.linspace(0.1, 2.0, len(x)).astype("float32")
    a, b = both(
        classifier, optimizer="sgd", loss="sparse_categorical_crossentropy", metrics=["accuracy"],
        weighted_metrics=["accuracy"],
    )  # fmt: skip
    fits = [m.fit(x, y, epochs=2, shuffle=False, sample_weight=weights, verbose=0) for m in (a, b)]
    assert_same_history(*fits)
    fits = [
        m.fit(x, y, epochs=2, shuffle=False, class_weight={0: 1.0, 1: 3.0, 2: 0.5}, verbose=0) for m in (a, b)
    ]
    assert_same_history(*fits)


def two_headed(k):
    x = k.Input((4,), name="x")
    h = k.layers.Dense(8, activation="tanh", kernel_regularizer="l2")(x)
    kind = k.layers.Dense(3, activation="softmax", name="kind")(h)
    size = k.layers.Dense(1, name="size")(h)
    return k.Model(x, [kind, size])


@pytest.mark.parametrize(
    ("loss", "metrics"),
    [
        (["sparse_categorical_crossentropy", "mse"], [["accuracy"], ["mae"]]),
        ({"kind": "sparse_categorical_crossentropy", "size": "mse"}, {"kind": ["accuracy"], "size": "mae"}),
        ({"kind": "sparse_categorical_crossentropy", "size": "mse"}, None),
    ],
)
def test_two_outputs(iris, loss, metrics):
    x, y = iris
    targets = [y, x[:, :1]]
    a, b = both(
        two_headed,
        optimizer="sgd",
        loss=loss,
        metrics=metrics,
        loss_weights=[1.0, 0.5] if isinstance(loss, list) else None,
    )
    if isinstance(loss, dict):
        targets = {"kind": y, "size": x[:, :1]}
    fits = [m.fit(x, targets, epochs=2, batch_size=16, shuffle=False, verbose=0) for m in (a, b)]
    assert set(fits[0].history) == set(fits[1].history)
    for key in fits[0].history:
        np.testing.assert_allclose(
            fits[1].history[key], fits[0].history[key], rtol=2e-4, atol=1e-5, err_msg=key
        )
    one, two = (m.evaluate(x, targets, verbose=0, return_dict=True) for m in (a, b))
    assert set(one) == set(two)
    for key in one:
        assert two[key] == pytest.approx(one[key], rel=2e-4, abs=1e-5)


def test_dict_outputs(iris):
    x, y = iris

    def build(k):
        inputs = k.Input((4,))
        return k.Model(
            inputs,
            {
                "b": k.layers.Dense(3, activation="softmax", name="p")(inputs),
                "a": k.layers.Dense(1, name="q")(inputs),
            },
        )

    a, b = both(
        build,
        optimizer="sgd",
        loss={"b": "sparse_categorical_crossentropy", "a": "mse"},
        metrics={"b": ["accuracy"]},
    )
    targets = {"b": y, "a": x[:, :1]}
    fits = [m.fit(x, targets, epochs=2, shuffle=False, verbose=0) for m in (a, b)]
    assert set(fits[0].history) == set(fits[1].history)
    for key in fits[0].history:
        np.testing.assert_allclose(
            fits[1].history[key], fits[0].history[key], rtol=2e-4, atol=1e-5, err_msg=key
        )


def test_per_batch_calls():
    x, y = load_breast_cancer(return_X_y=True)
    x = ((x - x.mean(0)) / x.std(0)).astype("float32")

    def build(k):
        return k.Sequential([k.layers.Input((30,)), k.layers.Dense(1, activation="sigmoid")])

    a, b = both(build, optimizer="sgd", loss="binary_crossentropy", metrics=["accuracy"])
    for start in range(0, 96, 32):
        batch = x[start : start + 32], y[start : start + 32]
        one, two = (m.train_on_batch(*batch) for m in (a, b))
        np.testing.assert_allclose(two, one, rtol=1e-4, atol=1e-6)
    one, two = (m.test_on_batch(x[:32], y[:32], return_dict=True) for m in (a, b))
    assert set(one) == set(two)
    np.testing.assert_allclose(b.predict_on_batch(x[:5]), a.predict_on_batch(x[:5]), rtol=1e-5, atol=1e-6)


def test_batch_normalization_and_dropout_free_convnet():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(64, 8, 8, 1)).astype("float32"), rng.integers(0, 3, 64)

    def build(k):
        return k.Sequential(
            [
                k.layers.Input((8, 8, 1)),
                k.layers.Conv2D(4, 3, padding="same", use_bias=False),
                k.layers.BatchNormalization(),
                k.layers.Activation("relu"),
                k.layers.MaxPooling2D(),
                k.layers.Flatten(),
                k.layers.Dense(3),
            ]
        )

    loss = lambda k: k.losses.SparseCategoricalCrossentropy(from_logits=True)  # noqa: E731
    a, b = both(build, optimizer="adam", loss=loss, metrics=["accuracy"])
    fits = [m.fit(x, y, epochs=2, batch_size=16, shuffle=False, verbose=0) for m in (a, b)]
    assert_same_history(*fits)
    np.testing.assert_allclose(b.predict(x, verbose=0), a.predict(x, verbose=0), rtol=1e-3, atol=1e-4)


@pytest.mark.filterwarnings("ignore:Your input ran out of data", "ignore:The data ran out")
def test_steps_per_epoch_goes_on_through_the_data(iris):
    x, y = iris
    a, b = both(classifier, optimizer="sgd", loss="sparse_categorical_crossentropy")
    fits = [m.fit(x, y, epochs=4, batch_size=16, steps_per_epoch=3, shuffle=False, verbose=0) for m in (a, b)]
    assert_same_history(*fits)
