"""Published networks: Corne against PyTorch's own and against Keras, side by side in one run.

    python -m benchmarks.applications --networks MobileNetV2 ResNet50 --batch 4 --repeats 5

For each network: seconds to build it, to load its weights from a file, to predict a batch, and for a step of
training. Every number is the median of several; contestants take turns, so that a busy machine slows all of them.
torchvision's network of the same name stands for hand-written PyTorch; where it isn't installed, its column is empty.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

os.environ.setdefault("KERAS_BACKEND", "torch")

#: Name in Corne and Keras, and in torchvision.
NETWORKS = {
    "ResNet50": "resnet50",
    "MobileNetV2": "mobilenet_v2",
    "EfficientNetB0": "efficientnet_b0",
    "ConvNeXtTiny": "convnext_tiny",
}


class Corne:
    """The contestant that the ratios are of."""

    def __init__(self, title: str, size: int) -> None:
        import corne

        self.library = corne
        self.make = lambda: getattr(corne.applications, title)(weights=None)

    def build(self) -> None:
        """Build the network, compiled for training."""
        self.model = self.make()
        self.model.compile(optimizer="sgd", loss="sparse_categorical_crossentropy", jit_compile=False)

    def save(self, path: Path) -> None:
        """Write the weights."""
        self.file = path.with_suffix(".weights.h5")
        self.model.save_weights(self.file)

    def load(self) -> None:
        """Read the weights."""
        self.model.load_weights(self.file)

    def predict(self, x: Any, y: Any) -> None:
        """Predict one batch."""
        self.model.predict(x, batch_size=len(x), verbose=0)

    def step(self, x: Any, y: Any) -> None:
        """Train on one batch."""
        self.model.train_on_batch(x, y)


class Keras(Corne):
    """Keras on PyTorch."""

    def __init__(self, title: str, size: int) -> None:
        import keras

        self.library = keras
        self.make = lambda: getattr(keras.applications, title)(weights=None)


class Torch:
    """torchvision's network in a hand-written loop."""

    def __init__(self, title: str, size: int) -> None:
        import torch
        import torchvision

        self.torch = torch
        self.make = lambda: getattr(torchvision.models, NETWORKS[title])(weights=None)

    def build(self) -> None:
        """Build the network and its optimizer."""
        self.model = self.make()
        self.optimizer = self.torch.optim.SGD(self.model.parameters(), 0.01)

    def save(self, path: Path) -> None:
        """Write the weights."""
        self.file = path.with_suffix(".pth")
        self.torch.save(self.model.state_dict(), self.file)

    def load(self) -> None:
        """Read the weights."""
        self.model.load_state_dict(self.torch.load(self.file, weights_only=True))

    def predict(self, x: Any, y: Any) -> None:
        """Predict one batch."""
        self.model.eval()
        with self.torch.inference_mode():
            self.model(self.torch.from_numpy(x).permute(0, 3, 1, 2)).softmax(-1).numpy()

    def step(self, x: Any, y: Any) -> None:
        """Train on one batch."""
        self.model.train()
        self.optimizer.zero_grad(set_to_none=True)
        scores = self.model(self.torch.from_numpy(x).permute(0, 3, 1, 2))
        self.torch.nn.functional.cross_entropy(scores, self.torch.from_numpy(y)).backward()
        self.optimizer.step()


def measure(title: str, batch: int, repeats: int, folder: Path) -> dict[str, dict[str, float]]:
    """Return the median seconds of every kind of work, by contestant."""
    size = 224
    contestants: dict[str, Any] = {}
    for name, kind in (("Corne", Corne), ("torchvision", Torch), ("Keras", Keras)):
        try:
            contestants[name] = kind(title, size)
        except (ImportError, RuntimeError) as error:
            print(f"without {name}: {error}")
    generator = np.random.default_rng(0)
    x = generator.uniform(0, 1, (batch, size, size, 3)).astype("float32")
    y = generator.integers(0, 1000, batch)
    found: dict[str, dict[str, list[float]]] = {name: {} for name in contestants}
    for name, contestant in contestants.items():
        contestant.build()
        contestant.save(folder / f"{name}-{title}")
    works: list[tuple[str, Callable[[Any], None], int]] = [
        ("build", lambda c: c.build(), 2),
        ("load", lambda c: c.load(), 3),
        ("predict", lambda c: c.predict(x, y), repeats),
        ("step", lambda c: c.step(x, y), repeats),
    ]
    for work, act, times in works:
        for repeat in range(times + 2):
            for name, contestant in contestants.items():
                start = time.perf_counter()
                act(contestant)
                if repeat > 1:  # the first two record, compile and fill caches
                    found[name].setdefault(work, []).append(time.perf_counter() - start)
    return {
        name: {work: statistics.median(times) for work, times in row.items()} for name, row in found.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--networks", nargs="+", choices=NETWORKS, default=list(NETWORKS))
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for title in arguments.networks:
            results = measure(title, arguments.batch, arguments.repeats, Path(folder))
            print(f"{title}, batch of {arguments.batch}")
            for work, seconds in results["Corne"].items():
                ratios = ", ".join(
                    f"{seconds / row[work]:.2f} of {name}" for name, row in results.items() if name != "Corne"
                )
                print(f"  {work:8} {seconds * 1000:8.1f} ms: {ratios}", flush=True)


if __name__ == "__main__":
    main()
