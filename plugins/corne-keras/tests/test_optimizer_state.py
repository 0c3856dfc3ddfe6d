"""Optimizers' state in legacy files: a loaded model trains on as the saved one does."""

from __future__ import annotations

import warnings

import corne
import numpy as np
import pytest
from corne import layers, optimizers
from corne.random import set_random_seed
from corne.saving import load_model

X = np.random.default_rng(0).random((16, 3)).astype("float32")
Y = X.sum(axis=1, keepdims=True)

MAKERS = {
    "adafactor": lambda: optimizers.Adafactor(0.05),
    "muon": lambda: optimizers.Muon(0.05),
    "averages": lambda: optimizers.Adam(0.05, use_ema=True, ema_momentum=0.9, ema_overwrite_frequency=3),
    "accumulation": lambda: optimizers.Adam(0.05, gradient_accumulation_steps=3),
    "loss scale": lambda: optimizers.LossScaleOptimizer(optimizers.Adam(0.05), initial_scale=4.0),
}


@pytest.fixture
def cpu():
    pytest.importorskip("corne_cpu")
    with corne.backend.use("cpu"):
        yield


@pytest.mark.parametrize("name", MAKERS)
def test_training_goes_on(cpu, name, tmp_path):
    set_random_seed(0)
    model = corne.Sequential([layers.Input((3,)), layers.Dense(4, activation="tanh"), layers.Dense(1)])
    model.compile(MAKERS[name](), "mse")
    model.fit(X, Y, batch_size=4, shuffle=False, verbose=0)
    model.save(tmp_path / "model.h5")
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)  # nothing is left out
        again = load_model(tmp_path / "model.h5")
    assert again.optimizer.get_config() == model.optimizer.get_config()
    for each in (model, again):
        each.fit(X, Y, batch_size=4, epochs=2, shuffle=False, verbose=0)
    for ours, theirs in zip(again.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
