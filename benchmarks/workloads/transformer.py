"""Two encoder blocks of width 128 over 64 tokens, batches of 64.

Vaswani et al. 2017, section 3, https://arxiv.org/abs/1706.03762, with learned positions.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.workloads._workload import Workload, adam, cross_entropy, tokens

VOCABULARY, LENGTH, WIDTH, HEADS, INNER, BLOCKS, RATE = 10_000, 64, 128, 4, 512, 2, 0.1


def data() -> tuple[np.ndarray, np.ndarray]:
    """Return twenty batches."""
    return tokens(1_280, LENGTH, VOCABULARY)


def build(K: Any, **options: Any) -> Any:
    """Return the model of Keras or Corne."""
    layers = K.layers

    class Positions(layers.Layer):
        def build(self, input_shape: Any) -> None:
            self.table = self.add_weight(shape=(LENGTH, WIDTH), initializer="uniform", name="table")

        def call(self, x: Any) -> Any:
            return x + self.table

    inputs = layers.Input((LENGTH,), dtype="int32")
    x = Positions()(layers.Embedding(VOCABULARY, WIDTH)(inputs))
    for _ in range(BLOCKS):
        attended = layers.MultiHeadAttention(HEADS, WIDTH // HEADS)(x, x)
        x = layers.LayerNormalization(epsilon=1e-5)(x + layers.Dropout(RATE)(attended))
        inner = layers.Dense(INNER, activation="relu")(x)
        inner = layers.Dropout(RATE)(layers.Dense(WIDTH)(inner))
        x = layers.LayerNormalization(epsilon=1e-5)(x + inner)
    outputs = layers.Dense(2, activation="softmax")(layers.GlobalAveragePooling1D()(x))
    model = K.Model(inputs, outputs)
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"], **options)
    return model


def network() -> Any:
    """Return the network in PyTorch."""
    import torch
    from torch import nn
    from torch.nn.functional import relu, scaled_dot_product_attention

    class Block(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.project = nn.Linear(WIDTH, 3 * WIDTH)
            self.combine = nn.Linear(WIDTH, WIDTH)
            self.first, self.second = nn.Linear(WIDTH, INNER), nn.Linear(INNER, WIDTH)
            self.norms = nn.ModuleList([nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)])
            self.dropout = nn.Dropout(RATE)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            parts = self.project(x).unflatten(2, (3, HEADS, WIDTH // HEADS))
            query, key, value = parts.permute(2, 0, 3, 1, 4).unbind(0)
            heads = scaled_dot_product_attention(query, key, value)
            x = self.norms[0](x + self.dropout(self.combine(heads.transpose(1, 2).flatten(2))))
            return self.norms[1](x + self.dropout(self.second(relu(self.first(x)))))

    class Network(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embedding = nn.Embedding(VOCABULARY, WIDTH)
            self.positions = nn.Parameter(torch.empty(LENGTH, WIDTH).uniform_(-0.05, 0.05))
            self.blocks = nn.Sequential(*(Block() for _ in range(BLOCKS)))
            self.dense = nn.Linear(WIDTH, 2)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.dense(self.blocks(self.embedding(x) + self.positions).mean(1))

    return Network()


WORKLOAD = Workload("transformer", 64, 3, data, build, network, cross_entropy, adam)
