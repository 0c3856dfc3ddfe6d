"""What callbacks ask of a model, and a loop that feeds them values written by hand."""

from __future__ import annotations

import numpy as np
import pytest


class FakeModel:
    """What callbacks ask of a model: weights, a flag, files."""

    def __init__(self):
        self.weights = [np.zeros(1)]
        self.stop_training = False
        self.saved = []
        self.history = None
        self.optimizer = Rate()

    def get_weights(self):
        return [w.copy() for w in self.weights]

    def set_weights(self, weights):
        self.weights = weights

    def save(self, path):
        self.saved.append(path.name)

    save_weights = save


def _run(callback, values, name="val_loss"):
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


class Rate:
    """An optimizer that has a learning rate and nothing else."""

    def __init__(self):
        self.learning_rate = 1.0


@pytest.fixture
def run():
    """A function that feeds a callback one value an epoch."""
    return _run


@pytest.fixture
def fake_model():
    """The class of a model for callbacks."""
    return FakeModel
