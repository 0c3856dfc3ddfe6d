"""Time a training step of Corne against hand-written PyTorch and Keras, side by side.

    python benchmarks/run.py [--rounds 3] [--only seed-mlp]

Each framework runs each workload in a process of its own, interleaved over several rounds on the same
machine, and the medians are compared: the ratio to raw PyTorch counts, absolute times are the machine's.
Raw PyTorch is what a good engineer writes eagerly: fused Adam, metrics kept on the device.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time

WORKLOADS = ("seed-mlp", "mlp", "cnn", "predict-one")
FRAMEWORKS = ("raw", "corne", "keras")
THREADS = str(os.cpu_count() or 1)


def data(workload):
    """Return inputs, labels and the batch size."""
    import numpy as np

    rng = np.random.default_rng(0)
    samples, shape, batch = {"seed-mlp": (1792, (100,), 32), "mlp": (4096, (784,), 128),
                             "cnn": (1280, (28, 28, 1), 128), "predict-one": (64, (100,), 32)}[workload]  # fmt: skip
    return rng.normal(size=(samples, *shape)).astype("float32"), rng.integers(0, 10, samples), batch


def build(k, workload):
    """Return the model, written once for Corne and Keras."""
    layers = k.layers
    if workload in ("seed-mlp", "predict-one"):
        inside = [
            layers.Input((100,)),
            layers.Dense(64, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    elif workload == "mlp":
        inside = [layers.Input((784,))]
        for _ in range(2):
            inside += [layers.Dense(512, activation="relu"), layers.Dropout(0.2)]
        inside += [layers.Dense(10, activation="softmax")]
    else:
        inside = [
            layers.Input((28, 28, 1)), layers.Conv2D(32, 3, activation="relu"), layers.MaxPooling2D(2),
            layers.Conv2D(64, 3, activation="relu"), layers.MaxPooling2D(2), layers.Flatten(),
            layers.Dropout(0.5), layers.Dense(10, activation="softmax"),
        ]  # fmt: skip
    model = k.Sequential(inside)
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def run_keras_like(k, workload):
    """Return seconds per step (or per call) and to the end of the first epoch."""
    x, y, batch = data(workload)
    started = time.perf_counter()
    model = build(k, workload)
    if workload == "predict-one":
        model.predict(x[:1], verbose=0)
        started = time.perf_counter()
        for _ in range(200):
            model.predict(x[:1], verbose=0)
        return (time.perf_counter() - started) / 200, None
    model.fit(x, y, batch_size=batch, epochs=1, verbose=0)
    first = time.perf_counter() - started
    started = time.perf_counter()
    epochs = 5
    model.fit(x, y, batch_size=batch, epochs=epochs, verbose=0)
    return (time.perf_counter() - started) / (epochs * -(-len(x) // batch)), first


def run_raw(workload):
    """The same in PyTorch alone."""
    import torch
    from torch import nn

    x, y, batch = data(workload)
    started = time.perf_counter()
    x, y = torch.from_numpy(x), torch.from_numpy(y)
    if workload in ("seed-mlp", "predict-one"):
        model = nn.Sequential(nn.Linear(100, 64), nn.ReLU(), nn.Linear(64, 10))
    elif workload == "mlp":
        model = nn.Sequential(nn.Linear(784, 512), nn.ReLU(), nn.Dropout(0.2), nn.Linear(512, 512), nn.ReLU(),
                              nn.Dropout(0.2), nn.Linear(512, 10))  # fmt: skip
    else:
        x = x.permute(0, 3, 1, 2).contiguous()
        model = nn.Sequential(nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(32, 64, 3), nn.ReLU(),
                              nn.MaxPool2d(2), nn.Flatten(), nn.Dropout(0.5), nn.Linear(1600, 10))  # fmt: skip
    if workload == "predict-one":
        model.eval()
        with torch.no_grad():
            model(x[:1])
            started = time.perf_counter()
            for _ in range(200):
                model(x[:1]).softmax(-1).numpy()
        return (time.perf_counter() - started) / 200, None
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)
    loss_of = nn.CrossEntropyLoss()

    def epoch():
        correct, total = torch.zeros(()), torch.zeros(())
        order = torch.randperm(len(x))
        for start in range(0, len(x), batch):
            index = order[start : start + batch]
            target = y[index]
            output = model(x[index])
            loss = loss_of(output, target)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            with torch.no_grad():
                correct += (output.argmax(-1) == target).sum()
                total += loss.detach() * len(index)
        return float(correct), float(total)

    epoch()
    first = time.perf_counter() - started
    started = time.perf_counter()
    epochs = 5
    for _ in range(epochs):
        epoch()
    return (time.perf_counter() - started) / (epochs * -(-len(x) // batch)), first


def child(framework, workload):
    """Run one workload in this process and print the figures."""
    if framework == "raw":
        figures = run_raw(workload)
    elif framework == "keras":
        os.environ["KERAS_BACKEND"] = "torch"
        import keras

        figures = run_keras_like(keras, workload)
    else:
        import corne

        figures = run_keras_like(corne, workload)
    print(json.dumps(figures))


def main():
    """Interleave the processes, and print medians and ratios."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=WORKLOADS)
    parser.add_argument("--child", nargs=2, metavar=("FRAMEWORK", "WORKLOAD"))
    arguments = parser.parse_args()
    if arguments.child:
        child(*arguments.child)
        return
    print(
        f"{'workload':<12} {'raw ms/step':>11}  "
        + "  ".join(f"{f:>7}" for f in FRAMEWORKS[1:])
        + "   first epoch, s"
    )
    for workload in [arguments.only] if arguments.only else WORKLOADS:
        times: dict[str, list] = {f: [] for f in FRAMEWORKS}
        for _ in range(arguments.rounds):
            for framework in FRAMEWORKS:
                command = [sys.executable, "-W", "ignore", __file__, "--child", framework, workload]
                environment = {**os.environ, "OMP_NUM_THREADS": THREADS}
                done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
                times[framework].append(json.loads(done.stdout.splitlines()[-1]))
        step = {f: statistics.median(t[0] for t in times[f]) for f in FRAMEWORKS}
        ratios = "  ".join(f"{step[f] / step['raw']:>7.2f}" for f in FRAMEWORKS[1:])
        firsts = [statistics.median(t[1] for t in times[f]) for f in FRAMEWORKS if times[f][0][1] is not None]
        print(
            f"{workload:<12} {step['raw'] * 1e3:>11.3f}  {ratios}   " + "  ".join(f"{s:.2f}" for s in firsts)
        )


if __name__ == "__main__":
    main()
