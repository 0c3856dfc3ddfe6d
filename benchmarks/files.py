"""Time saving and loading a model of 100 MB against Keras, in one process.

    python -m benchmarks.files
    python -m benchmarks.files --rounds 9 --folder /mnt/disk

Corne makes every file durable (fsync) and checks its sums, which Keras doesn't; the column "no fsync" is the
same save with ``os.fsync`` made to do nothing, to show what durability costs.
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
from unittest import mock

os.environ.setdefault("KERAS_BACKEND", "torch")


def main() -> None:
    """Run the rounds in turn, and print each one's median in seconds."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.files")
    parser.add_argument("--rounds", type=int, default=5, help="default 5")
    parser.add_argument("--folder", type=Path, help="where the files are written; default a temporary folder")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="corne-files-", dir=arguments.folder) as folder:
        figures = measure(Path(folder), arguments.rounds)
    print(f"{'':24}{'Corne':>10}{'no fsync':>10}{'Keras':>10}")
    for what in ("save .keras", "load .keras", "save .weights.h5", "load .weights.h5"):
        row = [
            statistics.median(figures[who, what]) if (who, what) in figures else None
            for who in ("corne", "no fsync", "keras")
        ]
        print(f"{what:24}" + "".join(f"{'' if v is None else f'{v:.3f}':>10}" for v in row))


def measure(folder: Path, rounds: int) -> dict[tuple[str, str], list[float]]:
    """Return the seconds of every round, by who and what."""
    import corne
    import keras

    models, loads = {}, {"corne": corne.models.load_model, "keras": keras.saving.load_model}
    for name, library in (("corne", corne), ("keras", keras)):
        models[name] = _model(library)
    figures: dict[tuple[str, str], list[float]] = {}

    def time_it(who: str, what: str, run: Callable[[], Any]) -> None:
        started = time.perf_counter()
        run()
        figures.setdefault((who, what), []).append(time.perf_counter() - started)

    for _ in range(rounds):
        for who, model in models.items():
            whole, weights = folder / f"{who}.keras", folder / f"{who}.weights.h5"
            os.sync()
            time_it(who, "save .keras", lambda m=model, p=whole: m.save(p))
            time_it(who, "load .keras", lambda n=who, p=whole: loads[n](p))
            os.sync()
            time_it(who, "save .weights.h5", lambda m=model, p=weights: m.save_weights(p))
            time_it(who, "load .weights.h5", lambda m=model, p=weights: m.load_weights(p))
        with mock.patch("os.fsync"):
            model = models["corne"]
            time_it("no fsync", "save .keras", lambda m=model: m.save(folder / "plain.keras"))
            time_it(
                "no fsync", "save .weights.h5", lambda m=model: m.save_weights(folder / "plain.weights.h5")
            )
    return figures


def _model(library: Any) -> Any:
    """Return a model with 25 million weights of four bytes in six layers."""
    layers = [library.layers.Input((2048,)), *(library.layers.Dense(2048) for _ in range(6))]
    return library.Sequential(layers)


if __name__ == "__main__":
    main()
