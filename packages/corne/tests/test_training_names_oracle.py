"""Logs against Keras: what they are called, in what order evaluate lists them, and what is counted in them."""

from __future__ import annotations

import csv
import os

os.environ.setdefault("KERAS_BACKEND", "torch")

import corne
import numpy as np
import pytest
from sklearn.datasets import load_iris

pytestmark = [
    pytest.mark.oracle,
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:.*no gradients:UserWarning", "ignore:Gradients do not exist"),
    pytest.mark.filterwarnings("ignore:Your input ran out of data"),
]
keras = pytest.importorskip("keras")

SPARSE = "sparse_categorical_crossentropy"
X, KIND = load_iris(return_X_y=True)
ORDER = np.random.default_rng(0).permutation(len(X))[:50]
X, KIND = X[ORDER].astype("float32"), KIND[ORDER]
SIZE, ONE_HOT = X[:, :1], np.eye(3, dtype="float32")[KIND]
WEIGHTS = np.linspace(0.1, 2.0, len(X)).astype("float32")


@pytest.fixture(autouse=True)
def _cpu():
    if corne.backend.available().get("cpu", "absent") is not None:
        pytest.skip("needs the cpu backend")
    with corne.backend.use("cpu"):
        yield


def dense(k, units, name=None, activation=None):
    return k.layers.Dense(units, name=name, activation=activation, kernel_initializer="ones")


def classifier(k):
    return k.Sequential([k.layers.Input((4,)), k.layers.Dense(3, activation="softmax")])


def regressor(k):
    return k.Sequential([k.layers.Input((4,)), k.layers.Dense(1)])


def two(k):
    x = k.Input((4,))
    return k.Model(x, [dense(k, 3, "a", "softmax")(x), dense(k, 1, "b")(x)])


def nested(k):
    x = k.Input((4,))
    return k.Model(x, {"p": [dense(k, 1, "p1")(x), dense(k, 1, "p2")(x)], "q": dense(k, 1, "last")(x)})


def by_name(k):
    x = k.Input((4,))
    return k.Model(x, {"z": dense(k, 1, "first")(x), "c": dense(k, 1, "second")(x)})


def written(k):
    class Written(k.Model):
        def __init__(self):
            super().__init__()
            self.one, self.other = dense(k, 1), dense(k, 2)

        def call(self, x):
            return self.one(x), self.other(x)

    return Written()


def masked(k):
    x = k.Input((5,), dtype="int32")
    h = k.layers.Embedding(7, 3, mask_zero=True)(x)
    return k.Model(x, k.layers.Dense(3, activation="softmax")(h))


def same(one, other):
    """Compare logs, lists of numbers or dicts of them."""
    if isinstance(one, dict):
        assert set(other) == set(one)
        for key in one:
            np.testing.assert_allclose(other[key], one[key], rtol=2e-4, atol=1e-5, err_msg=key)
    else:
        np.testing.assert_allclose(other, one, rtol=2e-4, atol=1e-5)


TOKENS = np.random.default_rng(1).integers(0, 7, (50, 5))
LABELS = np.random.default_rng(2).integers(0, 3, (50, 5))
LISTS = [[["accuracy"], ["mae"]], [SPARSE, "mse"]]
CASES = {
    "list": (two, [KIND, SIZE], {"loss": [SPARSE, "mse"], "metrics": [["acc"], ["mae"]]}, {}),
    "dict": (two, [KIND, SIZE], {"loss": {"a": SPARSE, "b": "mse"}, "metrics": {"a": "accuracy", "b": ["mae", "mse"]}}, {}),
    "targets by name": (two, {"a": KIND, "b": SIZE}, {"loss": {"a": SPARSE, "b": "mse"}}, {}),
    "one loss for all": (two, [ONE_HOT, SIZE], {"loss": "mse"}, {}),
    "output without loss": (two, [KIND, SIZE], {"loss": [SPARSE, None]}, {}),
    "target left out": (two, [KIND], {"loss": [SPARSE, None]}, {}),
    "loss weights": (two, [KIND, SIZE], {"loss": [SPARSE, "mse"], "loss_weights": [0.5, 2.0]}, {}),
    "loss weights by name": (
        two, [KIND, SIZE], {"loss": {"a": SPARSE, "b": "mse"}, "loss_weights": {"a": 0.5, "b": 2.0}}, {},
    ),
    "weights for all": (
        two, [KIND, SIZE], {"loss": [SPARSE, "mse"], "metrics": LISTS[0], "weighted_metrics": LISTS[0]},
        {"sample_weight": WEIGHTS},
    ),
    "weights for each": (
        two, [KIND, SIZE], {"loss": [SPARSE, "mse"], "weighted_metrics": LISTS[0]},
        {"sample_weight": [WEIGHTS, WEIGHTS**2]},
    ),
    "crossentropy, sparse": (classifier, KIND, {"loss": "crossentropy", "metrics": ["accuracy"]}, {}),
    "crossentropy, one-hot": (classifier, ONE_HOT, {"loss": "ce", "metrics": ["acc"]}, {}),
    "crossentropy, binary": (regressor, (KIND > 0)[:, None], {"loss": "crossentropy", "metrics": ["accuracy"]}, {}),
    "capital": (classifier, KIND, {"loss": SPARSE, "metrics": ["Accuracy"]}, {}),
    "list for one output": (classifier, KIND, {"loss": [SPARSE], "metrics": [["accuracy"]]}, {}),
    "nested, one loss": (nested, {"p": [SIZE, SIZE + 1], "q": SIZE * 2}, {"loss": "mse"}, {}),
    "nested": (
        nested, {"p": [SIZE, SIZE + 1], "q": SIZE * 2},
        {"loss": {"p": ["mse", "mae"], "q": "mse"}, "metrics": {"p": [["mae"], ["mse"]], "q": ["mae"]}}, {},
    ),
    "dict of outputs, list of losses": (by_name, {"z": SIZE, "c": SIZE}, {"loss": ["mse", "mae"]}, {}),
    "dict of outputs, list of metrics": (by_name, {"z": SIZE, "c": SIZE}, {"loss": "mse", "metrics": [["mae"], ["mse"]]}, {}),
    "subclass": (
        written, [SIZE, np.tile(SIZE, 2)], {"loss": ["mse", "mae"], "metrics": [["mae"], ["mse"]]}, {},
    ),
    "masks": (masked, LABELS, {"loss": SPARSE, "metrics": ["accuracy"]}, {}),
}  # fmt: skip


def models(build, **arguments):
    pair = [build(k) for k in (keras, corne)]
    if pair[0].built:
        pair[1].set_weights(pair[0].get_weights())
    for model in pair:
        model.compile(optimizer="sgd", **arguments)
    return pair


@pytest.mark.parametrize("case", CASES)
def test_logs(case):
    build, y, arguments, more = CASES[case]
    x = TOKENS if build is masked else X
    pair = models(build, **arguments)
    same(*(m.fit(x, y, epochs=2, batch_size=16, shuffle=False, verbose=0, **more).history for m in pair))
    same(*(m.evaluate(x, y, verbose=0, **more) for m in pair))
    assert pair[0].metrics_names == pair[1].metrics_names


@pytest.mark.parametrize(
    "arguments",
    [
        {"batch_size": 16, "steps_per_epoch": 6, "epochs": 3},
        {"steps_per_epoch": 3, "epochs": 3},  # the batch size follows
        {"batch_size": 16, "epochs": 3, "validation_data": (X, SIZE), "validation_steps": 2},
        {"batch_size": 16, "epochs": 4, "validation_split": 0.2, "validation_freq": [2, 3]},
        {"batch_size": 16, "epochs": 2, "validation_data": (X, SIZE, WEIGHTS), "validation_batch_size": 7},
    ],
)
def test_steps_and_validation(arguments):
    pair = models(regressor, loss="mse", metrics=["mae"])
    same(*(m.fit(X, SIZE, shuffle=False, verbose=0, **arguments).history for m in pair))


def test_whole_numbers_and_short_floats():
    x, y = (X * 10).astype("uint8"), SIZE.astype("float16")
    pair = models(regressor, loss="mse")
    same(*(m.fit(x, y, shuffle=False, verbose=0).history for m in pair))


def test_evaluate_lists_own_metrics_after_compiled_ones():
    def build(k):
        class Own(k.Model):
            def __init__(self, *args):
                super().__init__(*args)
                self.own = k.metrics.Mean(name="own")

            def compute_loss(self, x, y, y_pred, sample_weight, training=True):
                loss = k.ops.mean(k.ops.square(y_pred - y)) + sum(self.losses)
                self.own.update_state(loss)
                return loss

        x = k.Input((4,))
        return Own(x, k.layers.Dense(1, kernel_regularizer="l2")(x))

    pair = models(build, metrics=["mae"])
    same(*(m.fit(X, SIZE, epochs=2, shuffle=False, verbose=0).history for m in pair))
    same(*(m.evaluate(X, SIZE, verbose=0) for m in pair))


def test_compute_metrics_of_ones_own_decides_the_logs():
    def build(k):
        class Own(k.Model):
            def compute_metrics(self, x, y, y_pred, sample_weight):
                logs = super().compute_metrics(x, y, y_pred, sample_weight)
                logs["largest"] = k.ops.max(y_pred)
                return logs

        x = k.Input((4,))
        return Own(x, k.layers.Dense(1)(x))

    pair = models(build, loss="mse", metrics=["mae"])
    same(*(m.fit(X, SIZE, epochs=2, shuffle=False, verbose=0).history for m in pair))


@pytest.mark.parametrize("own_metrics", [False, True])
def test_steps_in_pytorchs_manner(own_metrics):
    torch = pytest.importorskip("torch")

    def build(k):
        class Own(k.Model):
            def train_step(self, data):
                x, y = data
                self.zero_grad()
                y_pred = self(x, training=True)
                loss = self.compute_loss(y=y, y_pred=y_pred)
                loss.backward()
                weights = list(self.trainable_weights)
                gradients = [v.value.grad for v in weights]
                with torch.no_grad():
                    self.optimizer.apply(gradients, weights)
                for metric in self.metrics:
                    if metric.name == "loss":
                        metric.update_state(loss)
                    else:
                        metric.update_state(y, y_pred)
                return {m.name: m.result() for m in self.metrics}

        class OwnMetrics(Own):
            def __init__(self, *args):
                super().__init__(*args)
                self.seen = [k.metrics.Mean(name="loss"), k.metrics.MeanAbsoluteError(name="distance")]

            @property
            def metrics(self):
                return self.seen

        x = k.Input((4,))
        return (OwnMetrics if own_metrics else Own)(x, k.layers.Dense(1)(x))

    pair = models(build, loss="mse", metrics=["mae"])
    same(*(m.fit(X, SIZE, epochs=2, shuffle=False, verbose=0).history for m in pair))


def test_frozen_between_fits():
    def build(k):
        return k.Sequential([k.layers.Input((4,)), k.layers.Dense(3, name="below"), k.layers.Dense(1)])

    pair = models(build, loss="mse")
    for frozen in (False, True, False):
        for model in pair:
            model.get_layer("below").trainable = not frozen
            model.fit(X, SIZE, shuffle=False, verbose=0)
        for one, other in zip(*(m.get_weights() for m in pair), strict=True):
            np.testing.assert_allclose(other, one, rtol=1e-4, atol=1e-5)


def test_averages_of_weights_take_their_place_at_the_end():
    pair = [regressor(k) for k in (keras, corne)]
    pair[1].set_weights(pair[0].get_weights())
    histories = []
    for k, model in zip((keras, corne), pair, strict=True):
        model.compile(k.optimizers.SGD(0.01, use_ema=True, ema_momentum=0.5), "mse")
        stop = k.callbacks.LambdaCallback(
            on_epoch_end=lambda epoch, logs, m=model: setattr(m, "stop_training", epoch == 1)
        )
        histories.append(
            model.fit(
                X, SIZE, epochs=9, shuffle=False, validation_data=(X, SIZE), callbacks=[stop], verbose=0
            ).history
        )
    same(*histories)
    for one, other in zip(*(m.get_weights() for m in pair), strict=True):
        np.testing.assert_allclose(other, one, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("validation", [{}, {"validation_data": (X, SIZE), "validation_freq": 2}])
def test_table_of_csv_logger(tmp_path, validation):
    tables = []
    for k, model in zip((keras, corne), models(regressor, loss="mse", metrics=["mae"]), strict=True):
        path = tmp_path / f"{k.__name__}.csv"
        model.fit(
            X, SIZE, epochs=3, shuffle=False, verbose=0, callbacks=[k.callbacks.CSVLogger(path)], **validation
        )
        tables.append(list(csv.reader(path.read_text().splitlines())))
    assert tables[1][0] == tables[0][0]
    for one, other in zip(tables[0][1:], tables[1][1:], strict=True):
        for a, b in zip(one, other, strict=True):
            assert a == b == "NA" or float(b) == pytest.approx(float(a), rel=2e-4)
