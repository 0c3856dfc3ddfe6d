"""Two convolutions on images of 28 by 28, batches of 128."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.workloads._workload import Workload, adam, classes, cross_entropy


def data() -> tuple[np.ndarray, np.ndarray]:
    """Return forty batches."""
    return classes(5_120, (28, 28, 1))


def build(K: Any, **options: Any) -> Any:
    """Return the model of Keras or Corne."""
    layers = K.layers
    model = K.Sequential(
        [
            layers.Input((28, 28, 1)),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"], **options)
    return model


def network() -> Any:
    """Return the network in PyTorch."""
    import torch
    from torch import nn

    module = nn.Sequential(
        nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Dropout(0.5), nn.Linear(1600, 10),
    )  # fmt: skip
    return module.to(memory_format=torch.channels_last)


def prepare(x: Any) -> Any:
    """Return images with their channels first in shape, last in memory."""
    return x.permute(0, 3, 1, 2)


WORKLOAD = Workload("cnn", 128, 3, data, build, network, cross_entropy, adam, prepare)
