"""A GRU of 64 units with dropout and recurrent dropout over 100 steps of 64 features, batches of 64.

PyTorch's own GRU has no dropout of the state, so its program is a loop over steps, with the product of
inputs and kernel taken out of it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.workloads._workload import Workload, adam, classes, cross_entropy

LENGTH, FEATURES, UNITS, RATE = 100, 64, 64, 0.2


def data() -> tuple[np.ndarray, np.ndarray]:
    """Return twenty batches."""
    return classes(1_280, (LENGTH, FEATURES))


def build(K: Any, **options: Any) -> Any:
    """Return the model of Keras or Corne."""
    layers = K.layers
    model = K.Sequential(
        [
            layers.Input((LENGTH, FEATURES)),
            layers.GRU(UNITS, dropout=RATE, recurrent_dropout=RATE),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"], **options)
    return model


def network() -> Any:
    """Return the network in PyTorch."""
    import torch
    from torch import nn
    from torch.nn.functional import dropout

    class Network(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.kernel = nn.Linear(FEATURES, 3 * UNITS)
            self.recurrent_kernel = nn.Linear(UNITS, 3 * UNITS)
            self.dense = nn.Linear(UNITS, 10)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            ones = x.new_ones(len(x), 1, FEATURES)
            inputs = self.kernel(x * dropout(ones, RATE, self.training))
            h = x.new_zeros(len(x), UNITS)
            mask = dropout(torch.ones_like(h), RATE, self.training)
            for z in inputs.unbind(1):
                of_gates, of_candidate = self.recurrent_kernel(h * mask).split((2 * UNITS, UNITS), 1)
                gates, candidate = z.split((2 * UNITS, UNITS), 1)
                update, reset = torch.sigmoid(gates + of_gates).chunk(2, 1)
                h = torch.lerp(torch.tanh(torch.addcmul(candidate, reset, of_candidate)), h, update)
            return self.dense(h)

    return Network()


WORKLOAD = Workload("gru-dropout", 64, 5, data, build, network, cross_entropy, adam)
