"""How long data takes: ``python benchmarks/data.py images`` prints a table of ratios.

Each measurement runs in a process of its own, so that its memory is its own; rounds alternate between the
frameworks, and the table shows ratios of medians.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

#: Image layers and what they are made with.
IMAGE_LAYERS: dict[str, dict[str, Any]] = {
    "RandomFlip": {"mode": "horizontal"},
    "RandomCrop": {"height": 200, "width": 200},
    "Resizing": {"height": 128, "width": 128},
    "RandomBrightness": {"factor": 0.2},
    "RandomContrast": {"factor": 0.2},
    "RandomHue": {"factor": 0.2},
    "RandomRotation": {"factor": 0.1},
    "RandomZoom": {"height_factor": 0.2},
    "RandomPerspective": {"scale": 0.3},
    "RandomErasing": {"fill_value": 0.0},
    "RandomSharpness": {"factor": 0.5},
    "Equalization": {},
}


def measure(framework: str, layer: str, size: int, batch: int, repeats: int) -> dict[str, float]:
    """Return the median seconds of a call on float32 images, and how many bytes more the process took."""
    import resource

    import numpy as np

    if framework == "keras":
        os.environ["KERAS_BACKEND"] = "torch"
        import keras
        import torch

        made = getattr(keras.layers, layer)(**IMAGE_LAYERS[layer])
        convert: Callable[[Any], Any] = torch.tensor
    else:
        import torch
        from corne import backend, layers

        engine = backend.use("cpu").__enter__()
        made = getattr(layers, layer)(**IMAGE_LAYERS[layer])
        convert = engine.asarray
    torch.set_num_threads(1)
    small = convert(np.zeros((2, 224, 224, 3), "float32"))
    with torch.no_grad():
        made(small, training=True)
        x = convert(np.random.default_rng(0).uniform(0, 255, (batch, size, size, 3)).astype("float32"))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        seconds = []
        for _ in range(repeats):
            start = time.perf_counter()
            made(x, training=True)
            seconds.append(time.perf_counter() - start)
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"seconds": statistics.median(seconds), "bytes": (after - before) * 1024.0}


def images(size: int, batch: int, repeats: int, rounds: int, names: list[str]) -> None:
    """Print what each layer takes beside Keras's on PyTorch, both on one thread."""
    unit = batch * size * size * 3 * 4
    print(f"{batch} float32 images of {size} x {size} on one thread, {unit / 2**20:.0f} MiB")
    print(f"{'layer':20} {'ms':>7} {'Keras ms':>9} {'ratio':>6} {'memory':>7} {'Keras':>7}  (in batches)")
    for name in names:
        found: dict[str, list[dict[str, float]]] = {"corne": [], "keras": []}
        for _ in range(rounds):
            for framework, results in found.items():
                command = [
                    sys.executable,
                    __file__,
                    "measure",
                    framework,
                    name,
                    str(size),
                    str(batch),
                    str(repeats),
                ]
                answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout
                results.append(json.loads(answer.splitlines()[-1]))
        (ours, memory), (theirs, their_memory) = (
            (
                statistics.median(result["seconds"] for result in results),
                statistics.median(result["bytes"] for result in results) / unit,
            )
            for results in found.values()
        )
        print(
            f"{name:20} {ours * 1e3:7.1f} {theirs * 1e3:9.1f} {ours / theirs:6.2f} {memory:7.1f} "
            f"{their_memory:7.1f}",
            flush=True,
        )


def main() -> None:
    """Run what the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    sections = parser.add_subparsers(dest="section", required=True)
    section = sections.add_parser("images", help="image layers in a model, beside Keras's")
    section.add_argument("layers", nargs="*", default=list(IMAGE_LAYERS))
    section.add_argument("--size", type=int, default=224)
    section.add_argument("--batch", type=int, default=64)
    section.add_argument("--repeats", type=int, default=3)
    section.add_argument("--rounds", type=int, default=1)
    one = sections.add_parser("measure")
    for argument, kind in (
        ("framework", str),
        ("layer", str),
        ("size", int),
        ("batch", int),
        ("repeats", int),
    ):
        one.add_argument(argument, type=kind)
    given = parser.parse_args()
    if given.section == "images":
        images(given.size, given.batch, given.repeats, given.rounds, given.layers)
    else:
        print(json.dumps(measure(given.framework, given.layer, given.size, given.batch, given.repeats)))


if __name__ == "__main__":
    main()
