"""How a program written for Keras and Corne is run and timed."""

from __future__ import annotations

import importlib
from typing import Any

from benchmarks import figures
from benchmarks.contestants import Contestant
from benchmarks.figures import Figures
from benchmarks.workloads import Workload


def measure(workload: Workload, contestant: Contestant) -> Figures:
    """Run the workload as the contestant does."""
    x, y = workload.data()
    started = figures.now()
    K = load(contestant.library)
    K.utils.set_random_seed(0)
    imported = figures.now()
    model = workload.build(K, **contestant.options)
    steps = -(-len(x) // workload.batch_size)

    if workload.kind == "train":
        ends: list[figures.Moment] = []
        # The first epoch of a long training isn't compiled, the second is.
        settling = 1 if contestant.announced is None else 2
        epochs = settling + workload.epochs

        class Clock(K.callbacks.Callback):
            def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
                ends.append(figures.now())
                if len(ends) == epochs:
                    self.model.stop_training = True

        history = model.fit(
            x, y, batch_size=workload.batch_size, epochs=contestant.announced or epochs, verbose=0,
            callbacks=[Clock()],
        )  # fmt: skip
        return figures.of_epochs(
            started, imported, ends, steps, float(history.history["loss"][-1]), settling=settling
        )

    one = x[:1]
    if workload.kind == "call_one":
        return figures.of_calls(started, imported, lambda: model(one))
    if workload.kind == "predict_one":
        return figures.of_calls(started, imported, lambda: model.predict(one, verbose=0))

    def predict() -> Any:
        return model.predict(x, batch_size=workload.batch_size, verbose=0)

    return figures.of_calls(started, imported, predict, steps)


def load(library: str) -> Any:
    """Import the module and the engine it runs on."""
    K = importlib.import_module(library)
    K.ops.zeros(1)  # Corne imports its engine when it first needs it
    return K
