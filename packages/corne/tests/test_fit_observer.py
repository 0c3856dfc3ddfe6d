"""Observers of a fit: what they see, and that they may stop it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import corne
import numpy as np
import pytest
from corne import layers
from corne.errors import MissingPluginError, StateError
from corne.training import BatchRecorder, FitObserver, FitOptions, FitRun, Position, fit_observer

X, Y = np.ones((10, 3), "float32"), np.ones((10, 2), "float32")


@pytest.fixture
def gradients() -> None:
    if "gradients" not in corne.backend.active().capabilities:
        pytest.skip("needs a backend with gradients")


class Watching(FitObserver):
    """Writes down every call."""

    def __init__(self, batches: int = 100) -> None:
        self.calls: list[Any] = []
        self.left = batches

    def begin(self, options: FitOptions) -> None:
        self.calls.append(("begin", options.epochs))

    def attach(self, run: FitRun) -> None:
        self.run = run

    @contextlib.contextmanager
    def during(self) -> Iterator[None]:
        self.calls.append("in")
        yield
        self.calls.append("out")

    def start(self, epoch: int) -> None:
        self.calls.append(("start", epoch))

    def after_batches(self, epoch: int, batch: int, count: int, returned: Any) -> None:
        self.calls.append(("batches", epoch, batch, count))
        self.left -= count
        if not self.left:
            self.run.model.stop_training = True

    def before_validation(self, epoch: int, logs: Any) -> None:
        self.calls.append(("validation", epoch, sorted(logs)))

    def after_validation_batch(self, epoch: int) -> None:
        self.calls.append("validation batch")

    def after_epoch(self, epoch: int) -> None:
        self.calls.append(("epoch", epoch))

    def finish(self, epochs: int) -> None:
        self.calls.append(("finish", epochs))


def fit(monkeypatch: pytest.MonkeyPatch, *observers: FitObserver, **options: Any) -> Any:
    answers = [list(observers)]
    hook = SimpleNamespace(corne_fit_observers=lambda model, options: answers)
    monkeypatch.setattr(fit_observer, "hook", hook)
    model = corne.Sequential([layers.Input((3,)), layers.Dense(2)])
    model.compile("sgd", "mse")
    return model.fit(X, Y, batch_size=4, verbose=0, **options)


@pytest.mark.usefixtures("gradients")
def test_it_sees_the_position(monkeypatch: pytest.MonkeyPatch) -> None:
    watching = Watching()
    fit(monkeypatch, watching, epochs=1, validation_data=(X[:4], Y[:4]))
    assert watching.calls == [  # 10 samples make 3 batches of at most 4
        ("begin", 1), "in", ("start", 0), ("batches", 0, 1, 1), ("batches", 0, 2, 1), ("batches", 0, 3, 1),
        ("validation", 0, ["loss"]), "validation batch", ("epoch", 0), ("finish", 1), "out",
    ]  # fmt: skip


@pytest.mark.usefixtures("gradients")
def test_it_stops_training(monkeypatch: pytest.MonkeyPatch) -> None:
    watching = Watching(batches=4)
    history = fit(monkeypatch, watching, epochs=5)
    assert watching.calls[-4:] == [("batches", 1, 1, 1), ("epoch", 1), ("finish", 5), "out"]
    assert history.epoch == [0, 1]


@pytest.mark.usefixtures("gradients")
def test_without_a_package_for_checkpoints_fit_says_which(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    for options in ({"checkpoint": tmp_path}, {"resume": True}):
        with pytest.raises(MissingPluginError, match="pip install corne-checkpoints"):
            fit(monkeypatch, Watching(), **options)


@pytest.mark.usefixtures("gradients")
@pytest.mark.parametrize("method", ["recorder", "resume_from"])
def test_two_that_want_the_same_are_an_error(monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    answer = {"recorder": BatchRecorder(), "resume_from": Position(0)}[method]
    both = [Watching(), Watching()]
    for each in both:
        monkeypatch.setattr(each, method, lambda: answer)
    with pytest.raises(StateError, match=f"{method}.*Watching, Watching"):
        fit(monkeypatch, *both)
