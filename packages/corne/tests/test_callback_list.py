"""CallbackList: order of calls, parameters, and the time in which logs can be read."""

from __future__ import annotations

import corne
import numpy as np
import pytest
from corne import Input, Sequential, callbacks
from corne.errors import StateError


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


class Keeping(callbacks.Callback):
    """Keeps the logs of every batch for later."""

    def __init__(self):
        super().__init__()
        self.kept = []

    def on_train_batch_end(self, batch, logs=None):
        self.kept.append(logs)


class Reading(Keeping):
    reads_batch_logs = True


def test_logs_are_read_during_the_call_or_declared():
    keeping, reading = Keeping(), Reading()
    for callback in (keeping, reading):
        callbacks.CallbackList(callback).on_train_batch_end(0, lambda: {"loss": 2.0})
    assert dict(reading.kept[0]) == {"loss": 2.0}
    with pytest.raises(StateError) as caught:
        keeping.kept[0]["loss"]
    assert caught.value.where == "the logs of a batch"


def test_all_callbacks_are_closed():
    class Closing(callbacks.Callback):
        closed = 0

        def close(self):
            self.closed += 1

    callback = Closing()
    callbacks.CallbackList([callback]).close()
    assert callback.closed == 1
