"""Read event files back, and a small model that is trained."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")


@pytest.fixture
def events():
    """Return a function that reads a folder's event files as TensorBoard does."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # tensorboard imports what is deprecated
        from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    def read(folder: Path):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return EventAccumulator(
                str(folder), size_guidance={"scalars": 0, "tensors": 0, "histograms": 0}
            ).Reload()

    return read


@pytest.fixture
def scalars(events):
    """Return a function that reads ``{tag: [(step, value), ...]}``."""

    def read(folder: Path):
        found = events(folder)
        return {
            tag: [(event.step, event.value) for event in found.Scalars(tag)]
            for tag in found.Tags()["scalars"]
        }

    return read


@pytest.fixture
def data():
    """32 samples of four features, and their sum."""
    x = np.random.default_rng(0).normal(size=(32, 4)).astype("float32")
    return x, x.sum(axis=1, keepdims=True)


@pytest.fixture
def model():
    """A compiled model of two layers."""
    import corne
    from corne.layers import Dense

    model = corne.Sequential(
        [corne.Input((4,)), Dense(3, activation="relu", name="hidden"), Dense(1, name="out")], name="net"
    )
    model.compile(optimizer=corne.optimizers.SGD(0.0625), loss="mse", metrics=["mae"])
    return model
