"""Kill training at random instants, start it again until it ends, and compare with training that nobody killed.

    python tests/kill_and_resume.py [--trials 60] [--seed 0] [--programs mlp convnet lstm augmented]

Each trial runs a program (``--program NAME FOLDER``) in processes of its own, kills up to three of them with SIGKILL at
random instants, most of them while they train, and compares a digest of all weights, of the optimizer's state and of the history.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

Process: TypeAlias = "subprocess.Popen[str]"
PROGRAMS = ("mlp", "convnet", "lstm", "augmented")


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
    if name in ("mlp", "augmented"):
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
    data: dict[str, Any] = {"x": x, "y": y, "batch_size": 16, "validation_split": 0.2}
    if name == "augmented":
        data = augmented(x, y)
    history = model.fit(
        **data, epochs=6, verbose=0, callbacks=callbacks, checkpoint=folder, checkpoint_freq=4, resume=True
    )
    digest = hashlib.sha256(json.dumps(history.history, sort_keys=True).encode())
    for variable in model.variables + model.optimizer.variables:
        digest.update(variable.numpy().tobytes())
    return digest.hexdigest()


def augmented(x: Any, y: Any) -> dict[str, Any]:
    """Return data that draw from the generators of NumPy and PyTorch while batches are made."""
    import numpy as np
    import torch
    from corne.utils import PyDataset

    class Noisy(PyDataset):
        def __init__(self) -> None:
            super().__init__()
            self.rows = np.arange(264)

        def __len__(self) -> int:
            return 17

        def __getitem__(self, index: int) -> Any:
            rows = self.rows[index * 16 : index * 16 + 16]
            return x[rows] + np.random.normal(size=(len(rows), 20)).astype("float32"), y[rows]

        def on_epoch_end(self) -> None:
            np.random.shuffle(self.rows)

    torch.manual_seed(3)
    held_out = torch.utils.data.TensorDataset(torch.from_numpy(x[264:]), torch.from_numpy(y[264:]))
    loader = torch.utils.data.DataLoader(held_out, batch_size=11, shuffle=True)
    return {"x": Noisy(), "validation_data": loader}


def run(name: str, folder: Path, kill: Callable[[Process, Path], None] | None = None) -> str | None:
    """Run a program in another process; return what it printed, or None if it was killed before."""
    command = [sys.executable, __file__, "--program", name, str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if kill is not None:
        kill(process, folder)
    out, errors = process.communicate()
    if process.returncode == -signal.SIGKILL:
        return None
    if process.returncode:
        raise RuntimeError(f"{name} failed:\n{errors}")
    return out.strip()


def newest(folder: Path) -> int:
    """Return the number of the newest checkpoint; 1 is written before the first batch, 0 says that there is none."""
    return max((int(path.stem.split("-")[1]) for path in folder.glob("checkpoint-*.npz")), default=0)


def sleep(process: Process, seconds: float) -> None:
    """Wait, but not longer than a process lives."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(seconds)


class Killer:
    """Kills a process at a random instant, most often while it trains.

    Args:
        chance: Decides on the instants.
        starting: Seconds that the program takes before its first batch.
        training: Seconds from there to its end.
    """

    def __init__(self, chance: random.Random, starting: float, training: float) -> None:
        self.chance, self.starting, self.training = chance, starting, training

    def __call__(self, process: Process, folder: Path) -> None:
        if self.chance.random() < 0.15:  # anywhere: the imports, the reading of a checkpoint
            sleep(process, self.chance.uniform(0, self.starting))
        else:
            known = max(1, newest(folder))
            while process.poll() is None and newest(folder) <= known:
                time.sleep(0.001)
            sleep(process, self.chance.uniform(0, 0.7 * self.training))
        process.kill()


def measured(name: str, folder: Path) -> tuple[str | None, float, float]:
    """Run a program to its end; return what it printed, and how long it took to start and to train, in seconds."""
    times = [time.monotonic()]

    def watch(process: Process, folder: Path) -> None:
        while process.poll() is None and newest(folder) < 2:
            time.sleep(0.001)
        times.append(time.monotonic())

    out = run(name, folder, watch)
    return out, times[1] - times[0], time.monotonic() - times[1]


def trials(count: int, seed: int = 0, programs: tuple[str, ...] = PROGRAMS) -> dict[str, dict[str, int]]:
    """Return what came of it, for each program.

    ``effective`` kills came when a checkpoint with some batches done was there. ``early`` ones came before, during
    the imports for instance; there the program begins again, which proves little. ``different`` ends are those that
    aren't identical to the end of a program that nobody killed.
    """
    chance = random.Random(seed)
    table = {}
    with tempfile.TemporaryDirectory() as root:
        for name in programs:
            expected, starting, training = measured(name, Path(root) / f"{name}-whole")
            killer = Killer(chance, starting, training)
            row = table[name] = {"trials": 0, "effective": 0, "early": 0, "different": 0}
            for trial in range(-(-count // len(programs))):
                folder = Path(root) / f"{name}-{trial}"
                found, kills = None, 0
                while found is None:
                    found = run(name, folder, killer if kills < 3 else None)
                    if found is None:
                        kills += 1
                        row["effective" if newest(folder) > 1 else "early"] += 1
                row["trials"] += 1
                row["different"] += found != expected
    return table


def main() -> None:
    """Run one program, or the trials."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--programs", nargs="+", choices=PROGRAMS, default=PROGRAMS)
    parser.add_argument("--trials", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--program", nargs=2, metavar=("NAME", "FOLDER"))
    arguments = parser.parse_args()
    if arguments.program:
        print(train(*arguments.program))
        return
    table = trials(arguments.trials, arguments.seed, tuple(arguments.programs))
    for name, row in table.items():
        print(name, *(f"{value} {key}" for key, value in row.items()), sep=", ")
    sys.exit(any(row["different"] for row in table.values()))


if __name__ == "__main__":
    main()
