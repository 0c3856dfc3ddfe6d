"""Write one file of each format, as this version of Corne writes them, for all later versions to open.

    python tests/golden_files/write.py

makes the folder ``tests/golden_files/MAJOR.MINOR`` once and for good: a folder that is there is never written
again, and neither are the files in it. ``tests/test_golden_files.py`` opens every file of every version.

In each folder, ``numbers.npz`` holds, under ``FILE/x``, ``FILE/y``, ``FILE/outputs`` and ``FILE/step/0``, ...,
inputs, targets, what the model predicts, and its weights after one more step of training on that batch. Only
NumPy is needed to read it. ``checkpoint`` is the folder of a fit of one epoch; its numbers are those after a
second epoch.
"""

from __future__ import annotations

import runpy
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import corne.backend
import numpy as np
from corne import Input, Model, Sequential, layers, optimizers
from corne.random import set_random_seed
from corne.saving import register_keras_serializable

HERE = Path(__file__).parent
VERSION = runpy.run_path(str(HERE.parents[1] / "VERSION.py"))["__version__"]
#: Files of weights of the model in ``weights.json``.
WEIGHTS = ("weights.weights.h5", "weights.safetensors", "weights.npz")


@register_keras_serializable(package="golden")
class Gated(Model):
    """A model of somebody's own. Its code stays as it is: the files of all versions name it."""

    def __init__(self, units: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.units = units
        self.values = layers.Dense(units, activation="tanh")
        self.gates = layers.Dense(units, activation="sigmoid")
        self.heads = [layers.Dense(2), layers.Dense(1)]

    def build(self, input_shape: Any) -> None:
        for layer in (self.values, self.gates):
            layer.build(input_shape)
        for head in self.heads:
            head.build((*input_shape[:-1], self.units))

    def call(self, inputs: Any) -> Any:
        hidden = self.values(inputs) * self.gates(inputs)
        return self.heads[0](hidden) * self.heads[1](hidden)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "units": self.units}


def branches() -> Any:
    """Return a graph with branches that meet, a layer used twice, a model inside and normalization."""
    x = Input((6,), name="x")
    shared = layers.Dense(5, activation="relu", kernel_regularizer="l2", name="shared")
    inner = Sequential(
        [Input((5,)), layers.Dense(5, activation="gelu"), layers.LayerNormalization()], name="inner"
    )
    left = shared(x)
    right = inner(shared(layers.Dense(6, name="first")(x)))
    normal = layers.BatchNormalization(name="normal")(layers.Dense(5, use_bias=False, name="free")(x))
    y = layers.Concatenate(name="joined")([layers.Add(name="sum")([left, right]), normal])
    model = Model(x, layers.Dense(2, name="last")(y), name="branches")
    model.compile(optimizers.Adam(0.001), "mse", metrics=["mae"])
    return model


def images() -> Any:
    """Return a stack of convolutions with statistics."""
    model = Sequential(
        [
            Input((8, 8, 2)),
            layers.Conv2D(4, 3, padding="same", use_bias=False),
            layers.BatchNormalization(),
            layers.Activation("relu"),
            layers.MaxPooling2D(),
            layers.DepthwiseConv2D(3),
            layers.Flatten(),
            layers.Dropout(0.25, seed=1),
            layers.Dense(3, activation="softmax"),
        ],
        name="images",
    )
    model.compile(optimizers.SGD(0.01, momentum=0.9, nesterov=True), "categorical_crossentropy")
    return model


def words() -> Any:
    """Return a recurrent model with masks, in both directions."""
    model = Sequential(
        [
            Input((7,), dtype="int32"),
            layers.Embedding(11, 4, mask_zero=True),
            layers.Bidirectional(layers.LSTM(3, return_sequences=True)),
            layers.GRU(3),
            layers.Dense(1, activation="sigmoid"),
        ],
        name="words",
    )
    model.compile(optimizers.RMSprop(0.001, momentum=0.5), "binary_crossentropy")
    return model


def own() -> Any:
    """Return the model of somebody's own, trained by an optimizer with decay and an average of weights."""
    model = Gated(4, name="own")
    model.compile(optimizers.AdamW(0.001, weight_decay=0.01, use_ema=True), "huber")
    return model


def numbers(name: str) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return a batch of inputs and targets for the model of that name."""
    generator = np.random.default_rng(len(name))
    if name == "words":
        return generator.integers(0, 11, (6, 7)).astype("int32"), generator.integers(0, 2, (6, 1)).astype(
            "float32"
        )
    if name == "images":
        images = generator.normal(size=(4, 8, 8, 2)).astype("float32")
        return images, np.eye(3, dtype="float32")[generator.integers(0, 3, 4)]
    return generator.normal(size=(8, 6)).astype("float32"), generator.normal(size=(8, 2)).astype("float32")


MODELS = {"branches": branches, "images": images, "words": words, "own": own}
#: Random numbers may be drawn in another way by another version.
WITHOUT_STEP = ("images",)


def go_on(model: Any, folder: Path, epochs: int) -> None:
    """Train with a checkpoint in a folder, from the one that is there."""
    x, y = numbers("branches")
    model.fit(x, y, batch_size=4, epochs=epochs, shuffle=False, verbose=0, checkpoint=folder, resume=True)


def write(folder: Path) -> None:
    """Write all files to a folder.

    Raises:
        FileExistsError: It is there.
    """
    folder.mkdir()
    found: dict[str, Any] = {}

    def note(name: str, model: Any, x: Any, y: Any) -> None:
        found[f"{name}/x"], found[f"{name}/y"], found[f"{name}/outputs"] = x, y, model.predict(x, verbose=0)

    for name, make in MODELS.items():
        set_random_seed(len(name))
        model, (x, y) = make(), numbers(name)
        model.fit(x, y, epochs=3, verbose=0)
        file = f"{name}.keras"
        model.save(folder / file)
        note(file, model, x, y)
        if name not in WITHOUT_STEP:
            model.train_on_batch(x, y)
            found.update({f"{file}/step/{i}": w for i, w in enumerate(model.get_weights())})
    set_random_seed(0)
    model, (x, y) = branches(), numbers("branches")
    model.fit(x, y, epochs=3, verbose=0)
    (folder / "weights.json").write_text(model.to_json())
    for file in WEIGHTS:
        model.save_weights(folder / file)
        note(file, model, x, y)
    model.train_on_batch(x, y)
    found.update({f"{file}/step/{i}": w for file in WEIGHTS for i, w in enumerate(model.get_weights())})
    set_random_seed(1)
    model = branches()
    go_on(model, folder / "checkpoint", epochs=1)
    with tempfile.TemporaryDirectory() as copy:
        shutil.copytree(folder / "checkpoint", copy, dirs_exist_ok=True)
        go_on(model, Path(copy), epochs=2)
    note("checkpoint", model, x, y)
    found.update({f"checkpoint/step/{i}": w for i, w in enumerate(model.get_weights())})
    np.savez_compressed(folder / "numbers.npz", **found)


if __name__ == "__main__":
    target = HERE / ".".join(VERSION.split(".")[:2])
    if target.exists():
        sys.exit(f"{target} is there, and golden files are never written again.")
    with corne.backend.use("cpu"):
        write(target)
    for path in sorted(target.rglob("*.*")):
        print(f"{path.stat().st_size:8,} {path.relative_to(HERE)}")
