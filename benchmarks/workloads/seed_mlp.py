"""The program of the README: 1,437 handwritten digits, batches of 32, a last batch of 29."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.workloads._workload import Workload, adam, cross_entropy


def data() -> tuple[np.ndarray, np.ndarray]:
    """Return the first four fifths of scikit-learn's digits, which the README trains on."""
    from sklearn.datasets import load_digits

    x, y = load_digits(return_X_y=True)
    return (x / 16).astype("float32")[:1437], y[:1437]


def build(K: Any, **options: Any) -> Any:
    """Return the model of Keras or Corne."""
    layers = K.layers
    model = K.Sequential(
        [
            layers.Input(shape=(64,)),
            layers.Dense(64, activation="relu"),
            layers.Dropout(0.2),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"], **options)
    return model


def network() -> Any:
    """Return the network in PyTorch."""
    from torch import nn

    return nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Dropout(0.2), nn.Linear(64, 10))


WORKLOAD = Workload("seed-mlp", 32, 40, data, build, network, cross_entropy, adam)
