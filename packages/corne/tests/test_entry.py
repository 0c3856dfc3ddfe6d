"""What surrounds fit and the like: names of arguments, tracebacks, limits, and what is printed."""

from __future__ import annotations

import logging
import traceback

import corne
import numpy as np
import pytest
from corne import Input, Model, Sequential, config, ops
from corne.errors import ArgumentError, DataError, ShapeError, StateError, UnknownArgumentError
from corne.training.loop import NonFiniteLossWarning
from corne.utils import message

X = np.ones((8, 2), "float32")
Y = np.ones((8, 1), "float32")


class Sum(corne.Layer):
    def build(self, input_shape):
        self.factor = self.add_weight((), "ones", name="factor")

    def call(self, inputs):
        return ops.multiply(ops.sum(inputs, axis=-1, keepdims=True), self.factor)


class Descent(corne.Optimizer):
    def update_step(self, gradient, variable, learning_rate):
        variable.assign_sub(ops.multiply(gradient, learning_rate))


def squares(y_true, y_pred):
    return ops.mean(ops.square(ops.subtract(y_true, y_pred)), axis=-1)


@pytest.fixture
def model():
    for name in [n for n, reason in corne.backend.available().items() if reason is None]:
        if "gradients" in corne.backend.load(name).capabilities:
            with corne.backend.use(name):
                made = Sequential([Input((2,)), Sum(name="sum")])
                made.compile(Descent(0.01), squares)
                yield made
            return
    pytest.skip("needs a backend with gradients")


@pytest.fixture
def settings():
    yield config
    config.reload()


@pytest.mark.parametrize(
    ("method", "word", "meant"),
    [
        ("compile", "metric", "metrics"),
        ("fit", "epoch", "epochs"),
        ("fit", "validation_date", "validation_data"),
        ("evaluate", "batchsize", "batch_size"),
        ("predict", "batchsize", "batch_size"),
        ("train_on_batch", "class_weigth", "class_weight"),
    ],
)
def test_misspelt_keywords_name_the_nearest(model, method, word, meant):
    with pytest.raises(UnknownArgumentError) as caught:
        getattr(model, method)(**{word: 1})
    assert caught.value.where == f"{method}(…)"
    assert caught.value.fix == f"Did you mean {meant!r}?"


@pytest.mark.parametrize("steps", [-1, 0, 1.5, "4", True])
def test_steps_are_positive_integers(model, steps):
    for call, where in (
        (lambda: model.fit(X, Y, steps_per_epoch=steps), "fit(steps_per_epoch=…)"),
        (lambda: model.fit(X, Y, validation_data=(X, Y), validation_steps=steps), "fit(validation_steps=…)"),
        (lambda: model.evaluate(X, Y, steps=steps), "evaluate(steps=…)"),
        (lambda: model.predict(X, steps=steps), "predict(steps=…)"),
    ):
        with pytest.raises(ArgumentError) as caught:
            call()
        assert caught.value.where == where
        assert caught.value.given == repr(steps)


@pytest.mark.parametrize(("batch", "part"), [(3.0, "x"), (None, "x"), ((X, 3.0), "y"), ("a", "x")])
def test_generators_that_yield_no_arrays(model, batch, part):
    with pytest.raises(DataError) as caught:
        model.fit(iter([batch]), verbose=0)
    assert caught.value.where == f"{part} in a batch of the data"


def test_errors_of_losses_and_metrics_say_where(model):
    def fails(y_true, y_pred):
        raise KeyError("gone")

    def forgets(y_true, y_pred):
        squares(y_true, y_pred)

    model.compile(Descent(0.1), fails)
    with pytest.raises(KeyError) as caught:
        model.fit(X, Y, verbose=0)
    assert caught.value.__notes__ == ["Raised by the loss 'fails' of the output 'sum'."]
    model.compile(Descent(0.1), forgets)
    with pytest.raises(StateError) as caught:
        model.fit(X, Y, verbose=0)
    assert (caught.value.where, caught.value.given) == ("forgets.call()", "None")
    model.compile(Descent(0.1), squares, metrics=[forgets])
    with pytest.raises(StateError) as caught:
        model.fit(X, Y, verbose=0)
    assert caught.value.where == "forgets(y_true, y_pred)"


def test_class_weights(model):
    with pytest.raises(ArgumentError) as caught:
        model.fit(X, Y, class_weight=[1.0, 2.0], verbose=0)
    assert caught.value.fix == "Pass {0: 1.0, 1: 2.0}."
    with pytest.raises(ArgumentError):
        model.fit(X, Y, class_weight={1: -1.0}, verbose=0)
    with pytest.raises(ArgumentError):
        model.train_on_batch(X, Y, class_weight={"one": 1.0})
    with pytest.warns(UserWarning, match=r"the classes \[0, 7\], which never occur"):
        model.fit(X, Y, class_weight={0: 1.0, 1: 2.0, 7: 3.0}, verbose=0)


def test_a_loss_that_is_not_finite_is_warned_of_once(model):
    with pytest.warns(NonFiniteLossWarning, match="set_check_finite") as caught:
        model.fit(X * np.nan, Y, epochs=3, verbose=0)
    assert len(caught) == 1
    assert "epoch 1 is nan" in str(caught[0].message)


def test_predictions_of_unequal_lengths(model):
    x = Input((None,))
    with pytest.raises(DataError) as caught:
        Model(x, ops.add(x, 1.0)).predict(iter([np.ones((2, 3)), np.ones((2, 5))]), verbose=0)
    assert caught.value.given == "(batch, 3) and (batch, 5)"


def frames(error):
    return [step.filename for step in traceback.extract_tb(error.__traceback__)]


class Broken(Model):
    def call(self, inputs):
        raise ZeroDivisionError


def test_tracebacks_show_the_program_alone(model, settings):
    def inside():
        model.fit(X, np.ones((8, 3)), verbose=0, callbacks=[corne.callbacks.Callback()])

    model.compile(Descent(0.1), lambda y_true, y_pred: 1 / 0)
    for call in (inside, lambda: Broken()(X)):
        with pytest.raises(ZeroDivisionError) as caught:
            call()
        names = frames(caught.value)
        assert names[-1] == __file__  # where it was raised
        assert sum(name != __file__ for name in names) <= 1  # the wrapper alone
        config.disable_traceback_filtering()
        with pytest.raises(ZeroDivisionError) as caught:
            call()
        assert sum(name != __file__ for name in frames(caught.value)) > 2
        config.enable_traceback_filtering()


def test_limits_of_epochs_and_steps(model, settings, monkeypatch):
    config.set_max_epochs(2)
    config.set_max_steps_per_epoch(3)
    batches = []
    watch = corne.callbacks.Callback()
    watch.on_train_batch_end = lambda batch, logs: batches.append(batch)
    assert model.fit(X, Y, batch_size=1, epochs=5, callbacks=[watch], verbose=0).epoch == [0, 1]
    assert batches == [0, 1, 2] * 2
    assert len(model.predict(X, batch_size=1, verbose=0)) == 3
    config.reload()
    monkeypatch.setenv("CORNE_MAX_EPOCHS", "1")
    assert (config.max_epochs(), config.max_steps_per_epoch()) == (1, None)
    config.reload()
    monkeypatch.setenv("CORNE_MAX_EPOCHS", "none")
    with pytest.raises(ArgumentError):
        config.max_epochs()
    for value in (0, -1, 1.5, True):
        with pytest.raises(ArgumentError):
            config.set_max_epochs(value)


def test_progress_goes_to_the_logger(model, settings, caplog, capsys):
    corne.utils.disable_interactive_logging()
    assert not config.is_interactive_logging_enabled()
    with caplog.at_level(logging.INFO, logger="corne"):
        model.fit(X, Y, epochs=2)
        message("done")
    assert capsys.readouterr().out == ""
    lines = [record.getMessage() for record in caplog.records]
    assert [line for line in lines if "/" not in line or line.startswith("Epoch")] == [
        "Epoch 1/2",
        "Epoch 2/2",
        "done",
    ]
    assert len(lines) == 5
    corne.utils.enable_interactive_logging()
    message("shown")
    assert capsys.readouterr().out == "shown\n"


def test_a_shape_error_keeps_its_parts(model):
    with pytest.raises(ShapeError):
        model.predict(np.ones((2, 5)), verbose=0)
