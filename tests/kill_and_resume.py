"""Kill training at random instants, start it again until it ends, and compare with training that nobody killed.

    python tests/kill_and_resume.py [--trials 60] [--seed 0]

Each trial runs a program (``--program NAME FOLDER``) in processes of its own, kills them with SIGKILL after random
times, and compares a digest of all weights, of the optimizer's state and of the history.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

PROGRAMS = ("mlp", "convnet", "lstm")


def train(name: str, folder: str) -> str:
    """Train a small model and return the digest of what came out."""
    import corne
    import numpy as np
    from corne import layers, optimizers
    from corne.callbacks import EarlyStopping, ReduceLROnPlateau
    from corne.random import set_random_seed

    set_random_seed(3)
    rng = np.random.default_rng(0)
    y = rng.integers(0, 3, 330)
    callbacks: list[Any] = [EarlyStopping("loss", patience=50, restore_best_weights=True)]
    if name == "mlp":
        x = rng.normal(size=(330, 20)).astype("float32")
        inside = [layers.Input((20,)), layers.Dense(32, activation="relu"), layers.Dropout(0.3)]
        optimizer: Any = optimizers.Adam(0.01)
        callbacks.append(ReduceLROnPlateau("loss", patience=1, min_delta=0.05, factor=0.7))
    elif name == "convnet":
        x = rng.normal(size=(330, 10, 10, 1)).astype("float32")
        inside = [
            layers.Input((10, 10, 1)), layers.Conv2D(6, 3), layers.BatchNormalization(), layers.Activation("relu"),
            layers.MaxPooling2D(2), layers.Flatten(),
        ]  # fmt: skip
        optimizer = optimizers.SGD(optimizers.schedules.ExponentialDecay(0.1, 20, 0.8), momentum=0.9)
    else:
        x = rng.normal(size=(330, 8, 5)).astype("float32")
        inside = [layers.Input((8, 5)), layers.LSTM(12, dropout=0.2)]
        optimizer = optimizers.RMSprop(0.01)
    model = corne.Sequential([*inside, layers.Dense(3, activation="softmax")])
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(
        x, y, batch_size=16, epochs=6, verbose=0, validation_split=0.2, callbacks=callbacks, checkpoint=folder,
        checkpoint_freq=4, resume=True,
    )  # fmt: skip
    digest = hashlib.sha256(json.dumps(history.history, sort_keys=True).encode())
    for variable in model.variables + model.optimizer.variables:
        digest.update(variable.numpy().tobytes())
    return digest.hexdigest()


def run(name: str, folder: Path, kill_after: float | None = None) -> str | None:
    """Run a program in another process; return what it printed, or None if it was killed before."""
    command = [sys.executable, __file__, "--program", name, str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        out, errors = process.communicate(timeout=kill_after)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return None
    if process.returncode:
        raise RuntimeError(f"{name} failed:\n{errors}")
    return out.strip()


def trials(count: int, seed: int = 0, programs: tuple[str, ...] = PROGRAMS) -> dict[str, dict[str, int]]:
    """Return for each program how many trials there were, kills in them, and ends that were not identical.

    Of the kills, ``early`` came before there was any checkpoint: they prove little.
    """
    chance = random.Random(seed)
    table = {}
    with tempfile.TemporaryDirectory() as root:
        for name in programs:
            begun = time.monotonic()
            expected = run(name, Path(root) / f"{name}-whole")
            length = time.monotonic() - begun
            row = table[name] = {"trials": 0, "kills": 0, "early": 0, "different": 0}
            for trial in range(-(-count // len(programs))):
                folder = Path(root) / f"{name}-{trial}"
                found = None
                while found is None:
                    # Importing takes most of a short program's time, so instants lie in its second half; once the
                    # process was killed four times it may end.
                    enough = row["kills"] >= 4 * (row["trials"] + 1)
                    found = run(name, folder, None if enough else chance.uniform(0.5, 1.05) * length)
                    row["kills"] += found is None
                    row["early"] += found is None and not any(folder.glob("checkpoint-*.npz"))
                row["trials"] += 1
                row["different"] += found != expected
    return table


def main() -> None:
    """Run one program, or the trials."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--trials", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--program", nargs=2, metavar=("NAME", "FOLDER"))
    arguments = parser.parse_args()
    if arguments.program:
        print(train(*arguments.program))
        return
    table = trials(arguments.trials, arguments.seed)
    for name, row in table.items():
        print(name, *(f"{value} {key}" for key, value in row.items()), sep=", ")
    sys.exit(any(row["different"] for row in table.values()))


if __name__ == "__main__":
    main()
