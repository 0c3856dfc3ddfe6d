"""Training that is interrupted anywhere and goes on to the same bits."""

from __future__ import annotations

import os
import random
import signal
import threading
from pathlib import Path
from typing import Any

import corne
import numpy as np
import pytest
from corne import layers, optimizers
from corne.callbacks import (
    BackupAndRestore,
    Callback,
    CSVLogger,
    EarlyStopping,
    LambdaCallback,
    LearningRateScheduler,
    ModelCheckpoint,
    ReduceLROnPlateau,
)
from corne.errors import ArgumentError, FileFormatError, StateError
from corne.random import set_random_seed
from corne.utils import PyDataset
from corne_checkpoints.store import Store
from corne_checkpoints.store import _read as read

pytestmark = pytest.mark.usefixtures("gradients")
rng = np.random.default_rng(0)
X = rng.normal(size=(70, 8)).astype("float32")
Y = rng.integers(0, 3, 70)


@pytest.fixture
def gradients() -> None:
    if "gradients" not in corne.backend.active().capabilities:
        pytest.skip("needs a backend with gradients")


class Interruption(Exception):
    """What stands for the death of the process."""


class Die(Callback):
    """Raises after a number of batches in all; without it nothing happens."""

    def __init__(self, batches: int | None = None) -> None:
        super().__init__()
        self.left = batches

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise Interruption

    def get_state(self) -> dict[str, Any]:
        return {}


class Batches(PyDataset):
    """Data that shuffle themselves after each epoch, by NumPy's global generator."""

    def __init__(self) -> None:
        super().__init__()
        self.order = np.arange(70)

    def __len__(self) -> int:
        return 5

    def __getitem__(self, index: int) -> Any:
        rows = self.order[index * 14 : index * 14 + 14]
        return X[rows], Y[rows]

    def on_epoch_end(self) -> None:
        np.random.shuffle(self.order)


def generated() -> Any:
    while True:
        for start in range(0, 70, 14):
            yield X[start : start + 14], Y[start : start + 14]


def build() -> corne.Model:
    set_random_seed(7)
    model = corne.Sequential([
        layers.Input((8,)), layers.Dense(6, activation="relu"), layers.BatchNormalization(), layers.Dropout(0.3),
        layers.Dense(3, activation="softmax"),
    ])  # fmt: skip
    model.compile(optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def run(die_after: int | None = None, callbacks: Any = (), data: Any = None, **options: Any) -> Any:
    """Run the program: it either dies or returns the model and its history."""
    model = build()
    given = {"x": X, "y": Y, "batch_size": 14} if data is None else {"x": data()}
    try:
        history = model.fit(**given, epochs=4, verbose=0, callbacks=[*callbacks, Die(die_after)], **options)
    except Interruption:
        return None
    return model, history


def assert_same(one: Any, two: Any) -> None:
    (model, history), (other, its_history) = one, two
    for a, b in zip(
        model.variables + model.optimizer.variables, other.variables + other.optimizer.variables, strict=True
    ):
        np.testing.assert_array_equal(a.numpy(), b.numpy(), err_msg=a.path)
    assert history.history == its_history.history
    assert history.epoch == its_history.epoch


SOURCES: dict[str, tuple[Any, dict[str, Any]]] = {
    "arrays": (None, {"validation_split": 0.2}),
    "arrays in steps": (None, {"steps_per_epoch": 3}),
    "a PyDataset": (Batches, {}),
    "a shuffled PyDataset": (Batches, {"shuffle": True}),
    "a generator": (generated, {"steps_per_epoch": 5}),
}


@pytest.mark.filterwarnings("ignore::corne.training.batch_source.DataRanOutWarning")
@pytest.mark.parametrize("die_after", [0, 2, 4, 5, 9])
@pytest.mark.parametrize("source", SOURCES)
def test_an_interrupted_fit_ends_as_one_that_was_not(source: str, die_after: int, tmp_path: Path) -> None:
    data, options = SOURCES[source]
    whole = run(data=data, **options)
    options = {**options, "checkpoint": tmp_path, "checkpoint_freq": 2, "resume": True}
    assert run(die_after, data=data, **options) is None
    assert run(1, data=data, **options) is None  # and again
    random.seed()  # what another process has
    np.random.seed()
    assert_same(run(data=data, **options), whole)


@pytest.mark.parametrize("die_after", [3, 9, 13])
def test_callbacks_go_on(die_after: int, tmp_path: Path) -> None:
    def callbacks(folder: str) -> list[Any]:
        (tmp_path / folder).mkdir(exist_ok=True)
        return [
            EarlyStopping("val_loss", patience=1, restore_best_weights=True, min_delta=0.01),
            ReduceLROnPlateau("loss", patience=1, min_delta=1.0, factor=0.5),
            LearningRateScheduler(lambda epoch, rate: rate * 0.9),
            CSVLogger(tmp_path / folder / "log.csv"),
            ModelCheckpoint(tmp_path / folder / "best.keras", save_best_only=True),
        ]

    options = {"validation_split": 0.2}
    whole = run(callbacks=callbacks("whole"), **options)
    options |= {"checkpoint": tmp_path / "state", "resume": True, "checkpoint_freq": 1}
    assert run(die_after, callbacks("again"), **options) is None
    assert_same(run(None, callbacks("again"), **options), whole)
    assert (tmp_path / "again/log.csv").read_text() == (tmp_path / "whole/log.csv").read_text()
    one, two = (corne.models.load_model(tmp_path / folder / "best.keras") for folder in ("whole", "again"))
    np.testing.assert_array_equal(one.predict(X, verbose=0), two.predict(X, verbose=0))


def test_a_finished_fit_returns_at_once_and_more_epochs_go_on(tmp_path: Path) -> None:
    options = {"checkpoint": tmp_path, "resume": True}
    first = run(**options)
    seen: list[int] = []

    class Watch(Callback):
        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            seen.append(epoch)

    model = build()
    history = model.fit(X, Y, batch_size=14, epochs=4, verbose=0, callbacks=[Watch(), Die()][1:], **options)
    assert_same((model, history), first)
    model = build()
    longer = model.fit(X, Y, batch_size=14, epochs=6, verbose=0, callbacks=[Die()], **options)
    straight = build()
    expected = straight.fit(X, Y, batch_size=14, epochs=6, verbose=0)
    assert longer.history == expected.history


def test_without_resume_the_folder_begins_anew(tmp_path: Path) -> None:
    first = run(checkpoint=tmp_path)
    assert len(list(tmp_path.glob("checkpoint-*.npz"))) == 2
    assert_same(run(checkpoint=tmp_path), first)


def test_backup_and_restore(tmp_path: Path) -> None:
    whole = run()
    assert run(7, [BackupAndRestore(tmp_path, save_freq=3)]) is None
    assert list(tmp_path.iterdir())
    again = run(None, [BackupAndRestore(tmp_path, save_freq=3)])
    assert_same(again, whole)
    assert not list(tmp_path.iterdir())


class Counting(Callback):
    """Counts epochs, and remembers how many."""

    def __init__(self) -> None:
        super().__init__()
        self.epochs = 0

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.epochs += 1

    def get_state(self) -> dict[str, Any]:
        return {"epochs": self.epochs}

    def set_state(self, state: dict[str, Any]) -> None:
        self.epochs = state["epochs"]


def test_the_callback_resumes_beside_other_callbacks(tmp_path: Path) -> None:
    options: dict[str, Any] = {"epochs": 4, "batch_size": 14, "verbose": 0}
    with pytest.raises(Interruption):
        build().fit(X, Y, callbacks=[BackupAndRestore(tmp_path), Counting(), Die(10)], **options)
    ran: list[int] = []
    counting, second = Counting(), Counting()
    watch = LambdaCallback(on_epoch_begin=lambda epoch, logs: ran.append(epoch))
    callbacks = [watch, BackupAndRestore(tmp_path), counting, second]
    history = build().fit(X, Y, callbacks=callbacks, **options)
    assert ran == [2, 3]
    assert history.epoch == [0, 1, 2, 3]
    assert (counting.epochs, second.epochs) == (4, 2)  # the first takes the state, the second begins


def test_a_damaged_checkpoint_falls_back_to_the_one_before(tmp_path: Path) -> None:
    whole = run()
    assert run(9, checkpoint=tmp_path, checkpoint_freq=2) is None
    newest = max(tmp_path.glob("checkpoint-*.npz"))
    content = newest.read_bytes()
    for damage in (content[: len(content) // 2], content[:300] + b"\xff" * 40 + content[340:], b""):
        newest.write_bytes(damage)
        with pytest.raises(FileFormatError, match="a whole checkpoint"):
            read(newest)
    with pytest.warns(UserWarning, match="The checkpoint before it is used"):
        assert_same(run(checkpoint=tmp_path, resume=True), whole)


def test_another_program_is_told(tmp_path: Path) -> None:
    assert run(3, checkpoint=tmp_path, checkpoint_freq=1) is None
    with pytest.raises(StateError, match="batch_size=14"):
        build().fit(
            X, Y, batch_size=10, epochs=4, verbose=0, checkpoint=tmp_path, resume=True, callbacks=[Die()]
        )
    with pytest.raises(StateError, match="the callbacks of the interrupted fit, Die, History"):
        build().fit(X, Y, batch_size=14, epochs=4, verbose=0, checkpoint=tmp_path, resume=True)
    other = corne.Sequential([layers.Input((8,)), layers.Dense(5), layers.Dense(3)])
    other.compile("adam", "mse")
    with pytest.raises(StateError, match=r"model\.layers=5 items"):
        other.fit(
            X,
            X[:, :3],
            batch_size=14,
            epochs=4,
            verbose=0,
            checkpoint=tmp_path,
            resume=True,
            callbacks=[Die()],
        )


def test_bad_arguments(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match="the folder to resume from"):
        run(resume=True)
    with pytest.raises(ArgumentError, match="'epoch' or a number of batches"):
        run(checkpoint=tmp_path, checkpoint_freq=0)
    with pytest.raises(ArgumentError, match="one folder"):
        run(None, [BackupAndRestore(tmp_path)], checkpoint=tmp_path)
    with pytest.raises(ArgumentError, match="the path of a folder"):
        BackupAndRestore("")


@pytest.mark.usefixtures("handlers")
@pytest.mark.parametrize(
    ("number", "error"), [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, SystemExit)]
)
def test_signals_let_the_batch_end(number: int, error: type[BaseException], tmp_path: Path) -> None:
    class Kill(Die):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            if self.left is not None:
                self.left -= 1
                if self.left == 0:
                    os.kill(os.getpid(), number)

    def fit(left: int | None) -> Any:
        model = build()
        return model, model.fit(
            X, Y, batch_size=14, epochs=4, verbose=0, callbacks=[Kill(left)], checkpoint=tmp_path, resume=True
        )

    before = signal.getsignal(number)
    with pytest.raises(error) as caught:
        fit(8)
    assert signal.getsignal(number) is before
    if error is SystemExit:
        assert caught.value.code == 143
    else:
        assert "its state is in" in str(caught.value)
    assert_same(fit(None), run())


def test_a_fit_in_another_thread_leaves_signals_alone(tmp_path: Path) -> None:
    ended: list[Any] = []
    thread = threading.Thread(target=lambda: ended.append(run(checkpoint=tmp_path)))
    thread.start()
    thread.join()
    assert ended[0] is not None


def test_what_a_store_keeps(tmp_path: Path) -> None:
    import ml_dtypes

    store = Store(tmp_path / "new")
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / ".checkpoint-00000009.npz.x.tmp").write_bytes(b"half")
    state = {
        "numbers": [1, 2.5, None, True, float("inf")], "text": "ä", "array": np.arange(3),
        "short": np.ones(2, ml_dtypes.bfloat16),
    }  # fmt: skip
    for _ in range(5):
        store.write(state)
    store.sweep()
    assert sorted(path.name for path in store.folder.iterdir()) == [
        "checkpoint-00000004.npz", "checkpoint-00000005.npz"
    ]  # fmt: skip
    found = store.newest()
    np.testing.assert_array_equal(found.pop("array"), state.pop("array"))
    short = found.pop("short")
    assert short.dtype == state.pop("short").dtype
    assert found == state
