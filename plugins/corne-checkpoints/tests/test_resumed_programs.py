"""Which programs a checkpoint is for, and what becomes of it when fit is called again."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import corne
import numpy as np
import pytest
from corne import layers, optimizers
from corne.callbacks import Callback, CSVLogger, EarlyStopping
from corne.errors import StateError
from corne.random import set_random_seed
from corne.training import FitOptions, FitRun
from corne_checkpoints import identity
from corne_checkpoints.identity import differences
from corne_checkpoints.store import Store

pytest.importorskip("torch")  # training needs it
pytest.importorskip("corne_optimizers")
pytestmark = pytest.mark.usefixtures("gradients")
X = np.random.default_rng(0).normal(size=(70, 8)).astype("float32")
Y = np.random.default_rng(1).integers(0, 3, 70)


def program_of(model):
    """Return the program of a fit of the model; its data take no part in it."""
    return identity.program_of(FitRun(model, FitOptions(), None, None, None))


@pytest.fixture
def gradients() -> None:
    if "gradients" not in corne.backend.active().capabilities:
        pytest.skip("needs a backend with gradients")


class Interruption(Exception):
    """What stands for the death of the process."""


class At(Callback):
    """Does something after a number of batches, of training or of validation."""

    def __init__(self, batches: int | None, action: Callable[[], Any], validation: bool = False) -> None:
        super().__init__()
        self.left, self.action, self.seen = batches, action, 0
        if validation:
            self.on_test_batch_end = self.count  # type: ignore[method-assign]
        else:
            self.on_train_batch_end = self.count  # type: ignore[method-assign]

    def count(self, batch: int, logs: Any = None) -> None:
        self.seen += 1
        if self.seen == self.left:
            self.action()


def die() -> None:
    raise Interruption


def build(
    activation: str = "relu", rate: float = 0.3, optimizer: Any = None, loss: str = "sparse_categorical_crossentropy",
    **options: Any,
) -> corne.Model:  # fmt: skip
    set_random_seed(7)
    model = corne.Sequential([
        layers.Input((8,)), layers.Dense(6, activation=activation), layers.Dropout(rate),
        layers.Dense(3, activation="softmax"),
    ])  # fmt: skip
    model.compile(optimizer or optimizers.Adam(0.01), loss, metrics=["accuracy"], **options)
    return model


def fit(model: Any, folder: Any = None, callbacks: Any = (), **options: Any) -> Any:
    given = {"x": X, "y": Y, "batch_size": 14, "epochs": 3, "verbose": 0, **options}
    if folder is not None:
        given = {"resume": True, **given, "checkpoint": folder}
    return model.fit(callbacks=list(callbacks), **given)


def interrupted(folder: Any, batches: int = 7, callbacks: Any = (), **options: Any) -> None:
    with pytest.raises(Interruption):
        fit(build(), folder, [*callbacks, At(batches, die)], checkpoint_freq=2, **options)


def weights(model: Any) -> list[Any]:
    return [v.numpy() for v in [*model.variables, *model.optimizer.variables]]


def assert_same(model: Any, other: Any) -> None:
    for a, b in zip(weights(model), weights(other), strict=True):
        np.testing.assert_array_equal(a, b)


# -- what is compared ---------------------------------------------------------------------------------
CHANGES: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "an activation": ({"activation": "tanh"}, {}, r"layers\[1\].config.activation='relu', got .*='tanh'"),
    "a hyperparameter": ({"rate": 0.4}, {}, r"layers\[2\].config.rate=0.3, got .*rate=0.4"),
    "the optimizer": ({"optimizer": "sgd"}, {}, r"compile.optimizer.class_name='Adam'"),
    "the rate": ({"optimizer": optimizers.Adam(0.02)}, {}, r"optimizer.config.learning_rate=0.00999"),
    "the loss": ({"loss": "mse"}, {"y": np.eye(3, dtype="float32")[Y]}, r"compile.loss='sparse_categor"),
    "values of x": ({}, {"x": X + 1}, r"data.x='float32 \(70, 8\), values \w+', got data.x='float32 \(70, 8\)"),
    "one value of y": ({}, {"y": np.where(np.arange(70) == 69, 1 - Y, Y)}, r"expected data.y="),
    "the number of samples": ({}, {"x": X[:65], "y": Y[:65]}, r"samples=70"),
    "weights of samples": ({}, {"sample_weight": np.ones(70)}, r"data.sample_weight=None"),
    "weights of classes": ({}, {"class_weight": {0: 2.0}}, r"data.sample_weight=None"),
    "shuffling": ({}, {"shuffle": False}, r"data.shuffle=True, got data.shuffle=False"),
    "validation": ({}, {"validation_split": 0.2}, r"validation=False"),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_another_program_is_refused(change: str, tmp_path: Path) -> None:
    building, options, message = CHANGES[change]
    interrupted(tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(StateError, match=message):
        fit(build(**building), tmp_path, [At(None, die)], checkpoint_freq=2, **options)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    fit(build(), tmp_path, [At(None, die)], checkpoint_freq=2)  # the right one goes on


def test_subclassed_models_are_compared(tmp_path: Path) -> None:
    class Two(corne.Model):
        def __init__(self, activation: str) -> None:
            super().__init__()
            self.one, self.two = layers.Dense(6, activation=activation), layers.Dense(3)

        def call(self, x: Any) -> Any:
            return self.two(self.one(x))

    def train(activation: str) -> Any:
        model = Two(activation)
        model.compile("adam", lambda y, p: corne.ops.mean(p**2))
        return fit(model, tmp_path)

    train("relu")
    train("relu")
    with pytest.raises(StateError, match=r"activation='relu', got .*activation='tanh'"):
        train("tanh")


def everything(units: int = 4) -> corne.Model:
    """A model whose layers get other names each time, and no seeds."""
    steps, more = layers.Input((6, 3)), layers.Input((5,))
    shared = layers.Dense(units, kernel_regularizer="l2", kernel_initializer="he_normal")
    x = layers.Bidirectional(layers.LSTM(4, dropout=0.1, return_sequences=True))(steps)
    x = layers.GlobalAveragePooling1D()(layers.BatchNormalization()(layers.GaussianNoise(0.1)(x)))
    inner = corne.Sequential([layers.Input((5,)), layers.Dense(8), layers.Dropout(0.2)])
    joined = layers.Add()([x, inner(more)])
    model = corne.Model([steps, more], [shared(joined), shared(layers.LayerNormalization()(joined))])
    schedule = optimizers.schedules.ExponentialDecay(0.1, 20, 0.8)
    model.compile(
        optimizers.SGD(schedule, momentum=0.9),
        ["mse", corne.losses.Huber()],
        metrics=[["mae"], [corne.metrics.MeanSquaredError()]],
    )
    return model


def test_names_that_are_counted_up_and_seeds_that_are_drawn_make_no_difference(tmp_path: Path) -> None:
    one, two = program_of(everything()), program_of(everything())
    assert differences(one, two) == []
    changed = differences(one, program_of(everything(units=3)))
    assert any(
        before.endswith("config.units=4") and now.endswith("config.units=3") for before, now in changed
    )
    assert json.loads(json.dumps(one)) == one
    data = {"x": [np.ones((20, 6, 3)), np.ones((20, 5))], "y": [np.ones((20, 4)), np.ones((20, 4))]}
    for epochs in (2, 3):  # twice in a process
        model = everything()
        model.fit(**data, epochs=epochs, verbose=0, checkpoint=tmp_path, resume=True, validation_freq=(1, 3),
                  validation_split=0.2)  # fmt: skip
    assert len(model.history.history["loss"]) == 3


class Scaled(layers.Layer):
    """Multiplies by a factor of any kind."""

    def __init__(self, factor: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.factor = factor

    def call(self, x: Any) -> Any:
        return x

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "factor": self.factor, "more": {(1, 2): 3}}


@pytest.mark.parametrize(
    ("one", "other"),
    [(np.float32(1), np.float32(2)), (np.arange(3), np.arange(3) + 1), (float("nan"), 1.0), (object(), 1)],
)
def test_configurations_of_any_kind_are_compared(one: Any, other: Any) -> None:
    def program(factor: Any) -> Any:
        model = corne.Sequential([layers.Input((8,)), Scaled(factor), layers.Dense(3)])
        model.compile("adam", "mse")
        return program_of(model)

    assert differences(program(one), program(one)) == []
    assert differences(program(one), program(other))


class Remembers(Callback):
    def __init__(self, state: Any) -> None:
        super().__init__()
        self.state = state

    def get_state(self) -> Any:
        return {"what": self.state}

    def set_state(self, state: Any) -> None:
        self.state = state["what"]
        if isinstance(self.state, str):
            raise KeyError(self.state)


def test_what_callbacks_remember(tmp_path: Path) -> None:
    good = {"array": np.arange(3), 4: [1.5, None], "n": np.float32(2), (1, 2): True, "bytes": b"ab", "__x": 1}
    with pytest.raises(Interruption):
        fit(build(), tmp_path, [Remembers(good), At(6, die)])
    again = Remembers(None)
    fit(build(), tmp_path, [again, At(None, die)])
    np.testing.assert_array_equal(again.state.pop("array"), good.pop("array"))
    assert again.state == good
    for bad in ({1, 2}, object(), np.array([object()]), 1j):
        with pytest.raises(
            StateError, match=r"callbacks\[0\]\[1\].what: expected numbers, strings.* of type"
        ):
            fit(build(), tmp_path / "bad", [Remembers(bad)])
    with pytest.raises(Interruption):
        fit(build(), tmp_path / "set", [Remembers("oh"), At(6, die)])
    with pytest.raises(StateError, match=r"Remembers.set_state.*KeyError: 'oh'"):
        fit(build(), tmp_path / "set", [Remembers("oh"), At(None, die)])


# -- fit is called again ------------------------------------------------------------------------------
def test_more_epochs_go_on_whatever_the_frequency(tmp_path: Path) -> None:
    stopping = lambda: [EarlyStopping("loss", patience=9, restore_best_weights=True)]  # noqa: E731
    straight = build()
    history = fit(straight, callbacks=stopping(), epochs=5).history
    fit(build(), tmp_path, stopping(), checkpoint_freq=1000)
    longer = build()
    assert fit(longer, tmp_path, stopping(), checkpoint_freq=1000, epochs=5).history == history
    assert_same(longer, straight)


def test_the_end_alone_is_enough_to_go_on(tmp_path: Path) -> None:
    fit(build(), tmp_path)
    min(tmp_path.glob("checkpoint-*.npz")).unlink()
    straight = build()
    fit(straight, epochs=5)
    longer = build()

    history = fit(longer, tmp_path, epochs=5)
    assert len(history.history["loss"]) == 5
    assert history.epoch == [0, 1, 2, 3, 4]
    assert_same(longer, straight)


def test_a_second_fit_in_the_folder_is_refused(tmp_path: Path) -> None:
    model = build()
    fit(model, tmp_path)
    ended = weights(model)
    with pytest.raises(StateError, match=r"at step 0.*step 15.*folder of its own"):
        fit(model, tmp_path)
    fit(model, tmp_path / "second")
    assert any((a != b).any() for a, b in zip(weights(model), ended, strict=True))
    again = build()  # the program is run once more: both end at once
    fit(again, tmp_path)
    fit(again, tmp_path / "second")
    assert_same(again, model)
    with pytest.raises(StateError, match="at step 15"):
        fit(build(), tmp_path / "second")


def test_an_interrupted_model_goes_on_in_its_process(tmp_path: Path) -> None:
    straight = build()
    fit(straight, epochs=4)
    model = build()
    with pytest.raises(Interruption):
        fit(model, tmp_path, [At(8, die)], epochs=4, checkpoint_freq=3)
    with pytest.raises(StateError, match="callbacks"):  # the same program, please
        fit(model, tmp_path, epochs=4, checkpoint_freq=3)
    fit(model, tmp_path, [At(None, die)], epochs=4, checkpoint_freq=3)
    assert_same(model, straight)


def test_without_resume_old_checkpoints_stay_until_there_are_new_ones(tmp_path: Path) -> None:
    fit(build(), tmp_path)
    old = sorted(path.name for path in tmp_path.iterdir())
    with pytest.raises(Interruption):
        fit(build(), tmp_path, [At(1, die)], resume=False)
    assert set(old) < {path.name for path in tmp_path.iterdir()}
    fit(build(), tmp_path, resume=False)
    assert not set(old) & {path.name for path in tmp_path.iterdir()}
    assert len(list(tmp_path.iterdir())) == 2


def test_the_frequency_counts_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[Any] = []
    write = Store.write
    monkeypatch.setattr(
        Store,
        "write",
        lambda self, state, *begin: written.append(state["position"]) or write(self, state, *begin),
    )
    with pytest.raises(Interruption):
        fit(build(steps_per_execution=2), tmp_path, [At(5, die)], batch_size=7, epochs=1, checkpoint_freq=4)
    # Ten batches, two at a time: written where fit begins, and after 4 and 8 of them.
    assert [at["batch"] for at in written] == [0, 4, 8]
    written.clear()
    fit(build(steps_per_execution=4), tmp_path / "two", batch_size=7, epochs=1, checkpoint_freq=2)
    assert [at["batch"] for at in written] == [0, 4, 8, 10, 0, 0]  # 0: before the end, and the end


@pytest.mark.parametrize("append", [True, False])
def test_a_log_has_no_row_twice(append: bool, tmp_path: Path) -> None:
    def train(name: str, batches: int | None, **options: Any) -> None:
        folder = tmp_path / name if options else None
        fit(
            build(), folder, [CSVLogger(tmp_path / f"{name}.csv", append=append), At(batches, die)], **options
        )

    for name in ("whole", "again"):
        if append:
            (tmp_path / f"{name}.csv").write_text("epoch,accuracy,loss\n7,0.5,0.25\n")
    train("whole", None)
    with pytest.raises(Interruption):
        train("again", 12, checkpoint_freq=1000)  # two epochs are in the log, and only the beginning is saved
    train("again", None, checkpoint_freq=1000)
    assert (tmp_path / "again.csv").read_text() == (tmp_path / "whole.csv").read_text()
    assert len((tmp_path / "again.csv").read_text().splitlines()) == (5 if append else 4)


# -- signals ------------------------------------------------------------------------------------------
@pytest.mark.usefixtures("handlers")
@pytest.mark.parametrize(
    ("number", "error"), [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, SystemExit)]
)
@pytest.mark.parametrize("batches", [2, 5, 8])
def test_signals_let_the_batch_of_validation_end(
    number: int, error: Any, batches: int, tmp_path: Path
) -> None:
    # 28 samples in 4 batches for each validation
    options = {"validation_split": 0.4, "validation_batch_size": 7}
    straight = build()
    history = fit(straight, callbacks=[EarlyStopping(patience=9)], **options).history
    model = build()
    watch = At(batches, lambda: os.kill(os.getpid(), number), validation=True)
    with pytest.raises(error):
        fit(model, tmp_path, [EarlyStopping(patience=9), watch], **options)
    assert watch.seen == batches  # promptly
    assert len(list(tmp_path.iterdir())) == 2
    model, watch = build(), At(None, die, validation=True)
    assert fit(model, tmp_path, [EarlyStopping(patience=9), watch], **options).history == history
    assert_same(model, straight)
    assert (
        watch.seen == 12 - (batches - 1) // 4 * 4
    )  # the interrupted validation is done again, the training isn't


@pytest.mark.usefixtures("handlers")
def test_the_programs_own_handler_is_called_when_the_state_is_safe(tmp_path: Path) -> None:
    called: list[Any] = []

    def own(number: int, frame: Any) -> None:
        called.append((number, len(list(tmp_path.iterdir()))))

    signal.signal(signal.SIGTERM, own)
    with pytest.raises(SystemExit):
        fit(build(), tmp_path, [At(3, lambda: os.kill(os.getpid(), signal.SIGTERM))])
    assert called == [(signal.SIGTERM, 2)]  # where fit began, and after the third batch
    assert signal.getsignal(signal.SIGTERM) is own


@pytest.mark.usefixtures("handlers")
def test_what_is_ignored_stays_ignored(tmp_path: Path) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    model = build()
    fit(model, tmp_path, [At(3, lambda: os.kill(os.getpid(), signal.SIGINT))])
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    straight = build()
    fit(straight)
    assert_same(model, straight)


@pytest.mark.usefixtures("handlers")
def test_a_handler_installed_meanwhile_stays(tmp_path: Path) -> None:
    new = lambda number, frame: None  # noqa: E731
    fit(build(), tmp_path, [At(3, lambda: signal.signal(signal.SIGTERM, new))])
    assert signal.getsignal(signal.SIGTERM) is new
