"""What a workload is."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np


@dataclasses.dataclass(frozen=True)
class Workload:
    """One program, written once for Keras and Corne and once for PyTorch.

    Attributes:
        name: What it is called on the command line and in tables.
        batch_size: Samples a step.
        epochs: Epochs timed after the first one; their median counts.
        data: Returns inputs and labels. The same in every process.
        build: ``build(K, **options)`` returns a model of ``K``, which is ``keras`` or ``corne``, compiled
            with ``options`` besides its own.
        network: Returns the same network as a ``torch.nn.Module`` that gives logits.
        loss: Returns the function of logits and labels that PyTorch minimizes.
        optimizer: Returns PyTorch's optimizer for the parameters, as fast as there is one.
        prepare: Turns inputs, as a tensor, into the layout the network wants. Not timed.
        kind: What is timed: "train", "predict", "predict_one", "call_one" or "importing".
    """

    name: str
    batch_size: int
    epochs: int
    data: Callable[[], tuple[np.ndarray, np.ndarray]]
    build: Callable[..., Any]
    network: Callable[[], Any]
    loss: Callable[[], Callable[[Any, Any], Any]]
    optimizer: Callable[[Any], Any]
    prepare: Callable[[Any], Any] = lambda x: x
    kind: str = "train"

    def measured(self, name: str, kind: str) -> Workload:
        """Return the same program under another name, with something else timed."""
        return dataclasses.replace(self, name=name, kind=kind)


def classes(samples: int, shape: tuple[int, ...], count: int = 10) -> tuple[np.ndarray, np.ndarray]:
    """Return normally distributed inputs and labels of ``count`` classes that can be learned."""
    random = np.random.default_rng(0)
    x = random.normal(size=(samples, *shape)).astype("float32")
    scores = x.reshape(samples, -1) @ random.normal(size=(x[0].size, count)).astype("float32")
    return x, scores.argmax(1)


def tokens(samples: int, length: int, vocabulary: int) -> tuple[np.ndarray, np.ndarray]:
    """Return sequences of token numbers and labels 0 and 1: whether most tokens are large numbers."""
    random = np.random.default_rng(0)
    x = random.integers(0, vocabulary, size=(samples, length))
    return x, (x.mean(1) > vocabulary / 2).astype("int64")


def cross_entropy() -> Callable[[Any, Any], Any]:
    """Return PyTorch's cross-entropy of logits and class numbers."""
    from torch.nn.functional import cross_entropy

    return cross_entropy


def adam(parameters: Any) -> Any:
    """Return Adam with its fused update."""
    import torch

    return torch.optim.Adam(parameters, lr=1e-3, fused=True)
