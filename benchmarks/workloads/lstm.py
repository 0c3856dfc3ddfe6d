"""Two LSTM of 64 units over 100 embedded tokens, batches of 64."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.workloads._workload import Workload, adam, tokens

VOCABULARY, LENGTH = 20_000, 100


def data() -> tuple[np.ndarray, np.ndarray]:
    """Return twenty batches."""
    return tokens(1_280, LENGTH, VOCABULARY)


def build(K: Any, **options: Any) -> Any:
    """Return the model of Keras or Corne."""
    layers = K.layers
    model = K.Sequential(
        [
            layers.Input((LENGTH,), dtype="int32"),
            layers.Embedding(VOCABULARY, 128),
            layers.LSTM(64, return_sequences=True),
            layers.LSTM(64),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"], **options)
    return model


def network() -> Any:
    """Return the network in PyTorch."""
    import torch
    from torch import nn

    class Network(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embedding = nn.Embedding(VOCABULARY, 128)
            self.lstm = nn.LSTM(128, 64, num_layers=2, batch_first=True)
            self.dense = nn.Linear(64, 1)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            hidden, _ = self.lstm(self.embedding(x))
            return self.dense(hidden[:, -1]).squeeze(1)

    return Network()


def binary_cross_entropy() -> Callable[[Any, Any], Any]:
    """Return PyTorch's cross-entropy of logits and labels 0 and 1."""
    from torch.nn.functional import binary_cross_entropy_with_logits

    return lambda logits, labels: binary_cross_entropy_with_logits(logits, labels.float())


WORKLOAD = Workload("lstm", 64, 3, data, build, network, binary_cross_entropy, adam)
