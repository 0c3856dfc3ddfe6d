"""784-512-512-10 with dropout, batches of 128."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.workloads._workload import Workload, adam, classes, cross_entropy


def data() -> tuple[np.ndarray, np.ndarray]:
    """Return a hundred batches."""
    return classes(12_800, (784,))


def build(K: Any, **options: Any) -> Any:
    """Return the model of Keras or Corne."""
    layers = K.layers
    model = K.Sequential(
        [
            layers.Input((784,)),
            layers.Dense(512, activation="relu"),
            layers.Dropout(0.2),
            layers.Dense(512, activation="relu"),
            layers.Dropout(0.2),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"], **options)
    return model


def network() -> Any:
    """Return the network in PyTorch."""
    from torch import nn

    return nn.Sequential(
        nn.Linear(784, 512), nn.ReLU(), nn.Dropout(0.2),
        nn.Linear(512, 512), nn.ReLU(), nn.Dropout(0.2),
        nn.Linear(512, 10),
    )  # fmt: skip


WORKLOAD = Workload("mlp", 128, 5, data, build, network, cross_entropy, adam)
