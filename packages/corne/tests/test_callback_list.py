"""CallbackList: order of calls, parameters, and the time in which logs can be read."""

from __future__ import annotations

import corne
import numpy as np
import pytest
from corne import Input, Sequential, callbacks


@pytest.fixture
def trainable(backend):
    if "gradients" not in backend.capabilities:
        pytest.skip("needs a backend with gradients")
    if (
        "Dense" not in dir(corne.layers)
        or "SGD" not in dir(corne.optimizers)
        or "MeanSquaredError" not in dir(corne.losses)
    ):
        pytest.skip("needs layers, losses and optimizers")
    return Sequential([Input((2,)), corne.layers.Dense(1)])


def test_order_of_calls_and_parameters(trainable):
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
    model = trainable
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
        ("on_close", None),
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


class Lazy(Keeping):
    reads_batch_logs = False


class LazyButReading(Lazy):
    def on_train_batch_end(self, batch, logs=None):
        self.kept.append((logs["loss"], logs))


def test_logs_of_batches_can_be_kept():
    keeping = Keeping()
    batches = callbacks.CallbackList(keeping)
    batches.on_train_batch_end(0, lambda: {"loss": 2.0})
    batches.on_train_batch_end(1, lambda: {"loss": 3.0})
    assert keeping.kept == [{"loss": 2.0}, {"loss": 3.0}]
    assert all(type(logs) is dict for logs in keeping.kept)


def test_logs_that_nobody_reads_stay_on_the_device_and_are_empty_later():
    reads = []

    def make():
        reads.append(1)
        return {"loss": 2.0}

    lazy = Lazy()
    callbacks.CallbackList(lazy).on_train_batch_end(0, make)
    assert not reads
    assert dict(lazy.kept[0]) == {}
    lazy = LazyButReading()
    callbacks.CallbackList([lazy, Keeping()]).on_train_batch_end(0, make)
    assert reads == [1]  # once for all callbacks
    assert lazy.kept[0] == (2.0, {"loss": 2.0})


def test_logs_are_dicts_in_every_method():
    seen = {}

    class Watch(callbacks.Callback):
        pass

    names = [name for name in vars(callbacks.Callback) if name.startswith("on_") and name != "on_close"]
    for name in names:
        setattr(Watch, name, lambda self, *args, _n=name: seen.setdefault(_n, args[-1]))
    every = callbacks.CallbackList(Watch())
    names = [name for name in names if name not in ("on_batch_begin", "on_batch_end")]
    assert len(names) == 14
    for name in names:
        getattr(every, name)(*([0] if "batch" in name or "epoch" in name else []))
    assert seen == {name: {} for name in names}


def test_all_callbacks_are_closed_and_their_own_close_is_left_alone():
    class Closing(callbacks.Callback):
        closed = 0

        def on_close(self):
            self.closed += 1

        def close(self, reason):
            """A user's own method of the same name."""

    callback = Closing()
    callbacks.CallbackList([callback]).on_close()
    assert callback.closed == 1


def test_batch_numbers_with_several_steps_in_an_execution(trainable):
    seen = []

    class Watch(callbacks.Callback):
        def on_train_batch_begin(self, batch, logs=None):
            seen.append(batch)

        def on_train_batch_end(self, batch, logs=None):
            seen.append(batch)

    trainable.compile("sgd", "mse", steps_per_execution=4)
    trainable.fit(np.ones((10, 2)), np.ones((10, 1)), batch_size=1, callbacks=[Watch()], verbose=0)
    # Keras numbers an execution by its first batch and the last it might have: 10 batches in fours.
    assert seen == [0, 3, 4, 7, 8, 11]
