"""Callbacks against Keras: the same values, epoch by epoch, lead to the same actions."""

from __future__ import annotations

import os

os.environ.setdefault("KERAS_BACKEND", "torch")

import corne
import numpy as np
import pytest

pytestmark = [
    pytest.mark.oracle,
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]
keras = pytest.importorskip("keras")


class Optimizer:
    def __init__(self, k):
        self.learning_rate = k.Variable(1.0)


class Model:
    """What callbacks ask of a model: weights, a flag, files, an optimizer."""

    metrics = ()

    def __init__(self, k):
        self.weights, self.optimizer = [np.zeros(1)], Optimizer(k)
        self.stop_training = False
        self.saved = []

    def get_weights(self):
        return [w.copy() for w in self.weights]

    def set_weights(self, weights):
        self.weights = weights

    def save(self, path, **_):
        self.saved.append(os.path.basename(path))


def choices(seed):
    """Draw values for twelve epochs and arguments for three callbacks."""
    rng = np.random.default_rng(seed)

    def one_of(*values):
        return values[rng.integers(len(values))]

    steps = rng.normal(size=12)
    values = np.round(steps.cumsum() * 0.3 if seed % 2 else steps, 2).tolist()
    common = {
        "mode": one_of("min", "max"),
        "min_delta": one_of(0.0, 0.1, 0.5),
        "patience": one_of(0, 1, 2, 3),
    }
    stopping = {
        **common,
        "baseline": one_of(None, 0.2),
        "restore_best_weights": one_of(False, True),
        "start_from_epoch": one_of(0, 1, 3),
    }
    plateau = {**common, "factor": 0.5, "cooldown": one_of(0, 1, 2), "min_lr": one_of(0.0, 0.2)}
    every = one_of("epoch", 2)
    checkpoint = {
        "mode": common["mode"],
        "save_freq": every,
        "save_best_only": every == "epoch" and one_of(False, True),
        "initial_value_threshold": one_of(None, 0.1),
    }
    return values, stopping, plateau, checkpoint


def run(k, folder, values, stopping, plateau, checkpoint):
    """Play twelve epochs of three batches; return all that the callbacks did."""
    model = Model(k)
    callbacks = [
        k.callbacks.EarlyStopping(**stopping),
        k.callbacks.ReduceLROnPlateau(**plateau),
        k.callbacks.ModelCheckpoint(str(folder / "{epoch}.keras"), **checkpoint),
    ]
    for callback in callbacks:
        callback.set_model(model)
        callback.set_params({"epochs": 12, "verbose": 0, "steps": 3})
        callback.on_train_begin()
    rates = []
    for epoch, value in enumerate(values):
        model.weights = [np.full(1, float(epoch))]
        for callback in callbacks:
            callback.on_epoch_begin(epoch)
        for batch in range(3):
            for callback in callbacks:
                callback.on_train_batch_begin(batch)
                callback.on_train_batch_end(batch, {"val_loss": value + batch})
        for callback in callbacks:
            callback.on_epoch_end(epoch, {"val_loss": value})
        rates.append(float(np.asarray(model.optimizer.learning_rate)))
        if model.stop_training:
            break
    for callback in callbacks:
        callback.on_train_end()
    stop = callbacks[0]
    return epoch, model.weights[0][0], rates, model.saved, stop.best_epoch, stop.stopped_epoch


@pytest.mark.parametrize("seed", range(60))
def test_monitors_do_what_keras_does(seed, tmp_path):
    drawn = choices(seed)
    assert run(corne, tmp_path, *drawn) == run(keras, tmp_path, *drawn)


@pytest.mark.parametrize(
    ("metric", "name"),
    [
        ("accuracy", "val_accuracy"),
        ("mae", "val_mae"),
        ("AUC", "val_AUC"),
        ("hinge", "hinge"),
        ("r2_score", "r2_score"),
    ],
)
def test_direction_is_the_metrics(metric, name):
    metric = {"hinge": "hinge", "r2_score": "r2_score"}.get(metric, metric)
    x, y = np.random.default_rng(0).normal(size=(8, 2)).astype("float32"), np.ones((8, 1), "float32")
    directions = []
    for k in (keras, corne):
        model = k.Sequential([k.layers.Input((2,)), k.layers.Dense(1, activation="sigmoid")])
        chosen = k.metrics.R2Score(name="r2_score") if metric == "r2_score" else metric
        model.compile("sgd", "mse", metrics=[chosen])
        model.fit(x, y, verbose=0)
        stop = k.callbacks.EarlyStopping(name)
        stop.set_model(model)
        if k is keras:
            stop._set_monitor_op()
            directions.append(stop.monitor_op is keras.ops.greater)
        else:
            directions.append(stop.larger_is_better)
    assert directions[0] == directions[1]
