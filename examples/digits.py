"""The 30-second program: real handwritten digits, from data to a picture.

Trains a small convolutional network on scikit-learn's digits (1,797 scans of 8 by 8 pixels, from the
UCI repository), evaluates it on a quarter that it never saw, saves it, loads it in a new process and
checks that it predicts the same, and draws the training history and the model.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path

import corne
import numpy as np
from corne.layers import BatchNormalization, Conv2D, Dense, Dropout, Flatten, Input, MaxPooling2D
from corne.models import Sequential, load_model
from corne.optimizers import Adam
from corne.optimizers.schedules import CosineDecay
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split


def digits() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return training images, test images, training labels and test labels."""
    images, labels = load_digits(return_X_y=True)
    images = (images / 16.0).astype("float32").reshape(-1, 8, 8, 1)
    return tuple(train_test_split(images, labels, test_size=0.25, random_state=0, stratify=labels))


def train(output: Path) -> None:
    """Train, evaluate, save, reload elsewhere, draw."""
    from corne_visualization import plot_history, plot_model

    x_train, x_test, y_train, y_test = digits()
    corne.utils.set_random_seed(0)
    model = Sequential(
        [
            Input(shape=(8, 8, 1)),
            Conv2D(32, 3, padding="same", activation="relu"),
            BatchNormalization(),
            Conv2D(64, 3, padding="same", activation="relu"),
            BatchNormalization(),
            MaxPooling2D(2),
            Flatten(),
            Dropout(0.5),
            Dense(10, activation="softmax"),
        ]
    )
    model.summary()
    epochs, batch_size = 20, 32
    schedule = CosineDecay(2e-3, decay_steps=epochs * -(-len(x_train) // batch_size))
    model.compile(optimizer=Adam(schedule), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    started = time.perf_counter()
    history = model.fit(
        x_train, y_train, epochs=epochs, batch_size=batch_size, validation_data=(x_test, y_test)
    )
    seconds = time.perf_counter() - started
    _, accuracy = model.evaluate(x_test, y_test, verbose=0)

    output.mkdir(parents=True, exist_ok=True)
    file = output / "digits.keras"
    model.save(file)
    np.save(output / "predictions.npy", model.predict(x_test, verbose=0))
    again = [sys.executable, __file__, "--output", str(output), "--check"]
    subprocess.run(again, check=True)

    pictures = [
        plot_history(history, output / "history.png"),
        plot_model(model, output / "model.png", show_shapes=True, show_layer_names=True),
        plot_model(model, output / "model.svg", show_shapes=True, show_layer_names=True),
    ]
    print(f"\nBackend {corne.backend.name()}: trained for {seconds:.1f} s.")
    print(f"Validation accuracy {accuracy:.2%} on {len(y_test)} digits that it never saw.")
    print(f"Saved {file}")
    for picture in pictures:
        print(f"Drew  {picture}")
    if accuracy < 0.98:
        sys.exit("The accuracy should be at least 98%.")


def check(output: Path) -> None:
    """In a process of its own: load the file and compare its predictions with the saved ones."""
    _, x_test, _, _ = digits()
    model = load_model(output / "digits.keras")
    difference = np.abs(model.predict(x_test, verbose=0) - np.load(output / "predictions.npy")).max()
    print(f"Loaded in a new process: the predictions differ by at most {difference:.1e}.")
    if difference > 1e-6:
        sys.exit("They should be the same.")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--output", type=Path, default=Path("demo-output"), help="Folder for file and pictures."
    )
    parser.add_argument("--check", action="store_true", help="Only load the saved model and compare.")
    arguments = parser.parse_args()
    (check if arguments.check else train)(arguments.output)
