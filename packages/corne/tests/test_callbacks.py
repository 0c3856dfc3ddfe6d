"""Callbacks: when they act and on what, with logs written by hand where that shows it best."""

from __future__ import annotations

import csv
import math

import corne
import numpy as np
import pytest
from corne import Input, Sequential, callbacks
from corne.errors import ArgumentError, StateError, UnknownArgumentError
from corne.training.callbacks.monitor import MissingQuantityWarning


class FakeModel:
    """What callbacks ask of a model: weights, a flag, files."""

    def __init__(self):
        self.weights = [np.zeros(1)]
        self.stop_training = False
        self.saved = []
        self.history = None

    def get_weights(self):
        return [w.copy() for w in self.weights]

    def set_weights(self, weights):
        self.weights = weights

    def save(self, path):
        self.saved.append(path.name)

    save_weights = save


def run(callback, values, name="val_loss"):
    """Feed one value an epoch; return the model and the number of epochs until it was stopped."""
    model = FakeModel()
    callback.set_model(model)
    callback.set_params({"verbose": 0, "epochs": len(values), "steps": 1})
    callback.on_train_begin()
    epochs = 0
    for epoch, value in enumerate(values):
        model.weights = [np.full(1, float(epoch))]
        callback.on_epoch_begin(epoch)
        callback.on_epoch_end(epoch, {name: value})
        epochs += 1
        if model.stop_training:
            break
    callback.on_train_end()
    return model, epochs


@pytest.mark.parametrize(
    ("arguments", "values", "epochs"),
    [
        ({"patience": 2}, [1.0, 0.9, 0.95, 0.96, 0.5], 4),  # best in epoch 2, then two without
        ({"patience": 0}, [1.0, 1.1, 0.1], 2),
        ({"patience": 1, "min_delta": 0.2}, [1.0, 0.9, 0.1], 2),  # 0.1 less is no improvement
        ({"patience": 1, "start_from_epoch": 2}, [1.0, 2.0, 3.0, 2.9, 3.0], 5),
        ({"patience": 2, "baseline": 0.5}, [1.0, 0.9, 0.95], 3),  # better once, but never below the baseline
        ({"patience": 1, "mode": "max"}, [0.1, 0.2, 0.15], 3),
    ],
)
def test_early_stopping(arguments, values, epochs):
    assert run(callbacks.EarlyStopping(**arguments), values)[1] == epochs


def test_early_stopping_tells_the_direction_from_the_name():
    assert run(callbacks.EarlyStopping("val_accuracy"), [0.5, 0.6, 0.55], "val_accuracy")[1] == 3
    assert run(callbacks.EarlyStopping("val_loss"), [0.5, 0.6], "val_loss")[1] == 2


def test_early_stopping_goes_back_to_the_best_weights():
    model, _ = run(callbacks.EarlyStopping(patience=2, restore_best_weights=True), [1.0, 0.5, 0.7, 0.8])
    assert model.weights[0] == 1.0  # those of epoch 1, the second


def test_missing_quantity_gives_notice_with_the_nearest():
    with pytest.warns(MissingQuantityWarning, match="Did you mean 'val_loss'"):
        run(callbacks.EarlyStopping("val_los"), [1.0, 2.0])


class Rate:
    """An optimizer that has a learning rate and nothing else."""

    def __init__(self):
        self.learning_rate = 1.0


@pytest.mark.parametrize(
    ("arguments", "values", "rate"),
    [
        ({"patience": 2, "factor": 0.5}, [1.0, 1.0, 1.0], 0.5),
        ({"patience": 1, "factor": 0.1}, [1.0, 1.0, 1.0], 0.01),
        ({"patience": 1, "factor": 0.1, "cooldown": 2}, [1.0, 1.0, 1.0], 0.1),  # the third waits
        ({"patience": 1, "factor": 0.1, "cooldown": 2}, [1.0, 1.0, 1.0, 1.0], 0.01),
        ({"patience": 1, "factor": 0.1, "min_lr": 0.5}, [1.0, 1.0, 1.0], 0.5),
        ({"patience": 1, "factor": 0.1}, [1.0, 0.5, 0.2], 1.0),
    ],
)
def test_reduce_lr_on_plateau(arguments, values, rate):
    callback = callbacks.ReduceLROnPlateau(**arguments)
    model = FakeModel()
    model.optimizer = Rate()
    callback.set_model(model)
    callback.on_train_begin()
    logs = {}
    for epoch, value in enumerate(values):
        logs = {"val_loss": value}
        callback.on_epoch_end(epoch, logs)
    assert model.optimizer.learning_rate == pytest.approx(rate)
    assert "learning_rate" in logs


def test_learning_rate_scheduler():
    for schedule in (lambda epoch: 0.1 / (epoch + 1), lambda epoch, rate: 0.1 / (epoch + 1)):
        callback = callbacks.LearningRateScheduler(schedule)
        model = FakeModel()
        model.optimizer = Rate()
        callback.set_model(model)
        callback.on_epoch_begin(3)
        assert model.optimizer.learning_rate == pytest.approx(0.025)
    bad = callbacks.LearningRateScheduler(lambda epoch, rate: None)
    bad.set_model(model)
    with pytest.raises(ArgumentError, match="returned None"):
        bad.on_epoch_begin(0)


def test_rates_that_are_schedules_are_not_set():
    class Scheduled:
        _learning_rate = staticmethod(lambda step: 0.1)
        learning_rate = 0.1

    model = FakeModel()
    model.optimizer = Scheduled()
    callback = callbacks.LearningRateScheduler(lambda epoch, rate: 0.5)
    callback.set_model(model)
    with pytest.raises(StateError, match="LearningRateSchedule"):
        callback.on_epoch_begin(0)


def test_csv_logger(tmp_path):
    path = tmp_path / "log.csv"
    run(callbacks.CSVLogger(path), [1.0, 0.5])
    run(callbacks.CSVLogger(path, append=True), [0.25])
    rows = list(csv.reader(path.read_text().splitlines()))
    assert rows == [["epoch", "val_loss"], ["0", "1.0"], ["1", "0.5"], ["0", "0.25"]]
    run(callbacks.CSVLogger(path, separator=";"), [1.0])
    assert path.read_text() == "epoch;val_loss\n0;1.0\n"
    with pytest.raises(ArgumentError, match="existing folder"):
        run(callbacks.CSVLogger(tmp_path / "no" / "log.csv"), [1.0])


def test_model_checkpoint_names_and_best_only(tmp_path):
    every = callbacks.ModelCheckpoint(tmp_path / "{epoch:02d}-{val_loss:.1f}.keras")
    assert run(every, [1.0, 0.5])[0].saved == ["01-1.0.keras", "02-0.5.keras"]
    best = callbacks.ModelCheckpoint(tmp_path / "{epoch}.keras", save_best_only=True)
    assert run(best, [1.0, 2.0, 0.5])[0].saved == ["1.keras", "3.keras"]
    beaten = callbacks.ModelCheckpoint(
        tmp_path / "{epoch}.keras", save_best_only=True, initial_value_threshold=0.7
    )
    assert run(beaten, [1.0, 0.6])[0].saved == ["2.keras"]
    with pytest.raises(ArgumentError, match="fields among"):
        run(callbacks.ModelCheckpoint(tmp_path / "{nope}.keras"), [1.0])
    with pytest.raises(ArgumentError, match=r"\.weights\.h5"):
        callbacks.ModelCheckpoint(tmp_path / "m.keras", save_weights_only=True)
    with pytest.raises(ArgumentError, match="save_freq"):
        callbacks.ModelCheckpoint(tmp_path / "m.keras", save_freq="always")


def test_model_checkpoint_every_so_many_batches(tmp_path):
    callback = callbacks.ModelCheckpoint(tmp_path / "{epoch}-{batch}.keras", save_freq=3)
    model = FakeModel()
    callback.set_model(model)
    for epoch in range(2):
        callback.on_epoch_begin(epoch)
        for batch in range(4):
            callback.on_train_batch_end(batch, {})
    assert model.saved == ["1-3.keras", "2-2.keras"]  # batches 3 and 6 of eight


def test_terminate_on_nan(capsys):
    callback = callbacks.TerminateOnNaN()
    model = FakeModel()
    callback.set_model(model)
    callback.on_train_batch_end(0, {"loss": 1.0})
    assert not model.stop_training
    callback.on_train_batch_end(1, {"loss": math.inf})
    assert model.stop_training
    assert "Batch 1" in capsys.readouterr().out


def test_lambda_callback_refuses_unknown_moments():
    with pytest.raises(UnknownArgumentError, match="Did you mean 'on_epoch_end'"):
        callbacks.LambdaCallback(on_epoch_ends=print)


@pytest.mark.parametrize(
    "make", [lambda: callbacks.EarlyStopping(mode="up"), lambda: callbacks.ReduceLROnPlateau(factor=2)]
)
def test_bad_arguments(make):
    with pytest.raises(ArgumentError):
        make()


def test_order_of_calls_and_parameters(backend):
    if "gradients" not in backend.capabilities:
        pytest.skip("needs a backend with gradients")
    if (
        "Dense" not in dir(corne.layers)
        or "SGD" not in dir(corne.optimizers)
        or "MeanSquaredError" not in dir(corne.losses)
    ):
        pytest.skip("needs layers, losses and optimizers")
    calls = []

    class Watch(callbacks.Callback):
        pass

    for name in [
        n
        for n in vars(callbacks.Callback)
        if n.startswith("on_") and n not in ("on_batch_begin", "on_batch_end")
    ]:
        setattr(
            Watch, name, lambda self, *args, _n=name: calls.append((_n, args[0] if len(args) > 1 else None))
        )
    watch = Watch()
    model = Sequential([Input((2,)), corne.layers.Dense(1)])
    model.compile("sgd", "mse")
    x, y = np.ones((4, 2)), np.ones((4, 1))
    model.fit(x, y, batch_size=2, validation_data=(x, y), callbacks=[watch], verbose=0)
    assert calls == [
        ("on_train_begin", None),
        ("on_epoch_begin", 0),
        ("on_train_batch_begin", 0),
        ("on_train_batch_end", 0),
        ("on_train_batch_begin", 1),
        ("on_train_batch_end", 1),
        ("on_test_begin", None),
        ("on_test_batch_begin", 0),
        ("on_test_batch_end", 0),
        ("on_test_batch_begin", 1),
        ("on_test_batch_end", 1),
        ("on_test_end", None),
        ("on_epoch_end", 0),
        ("on_train_end", None),
    ]
    assert watch.model is model
    assert watch.params == {"verbose": 0, "epochs": 1, "steps": 2}
