"""One contestant's process: ``python -m benchmarks.measure WORKLOAD CONTESTANT`` prints its figures."""

from __future__ import annotations

import dataclasses
import importlib
import json
import sys

from benchmarks import keraslike, raw
from benchmarks.contestants import CONTESTANTS, Contestant
from benchmarks.figures import Figures, now
from benchmarks.workloads import WORKLOADS


def measure(workload_name: str, contestant: Contestant) -> Figures:
    """Run a workload in this process."""
    workload = WORKLOADS[workload_name]
    if workload.kind == "importing":
        return _import(contestant.library)
    if contestant.library == "torch":
        return raw.measure(workload, compiled=contestant.compiles)
    return keraslike.measure(workload, contestant)


def _import(library: str) -> Figures:
    """Import what a first program imports, and name what it names."""
    started = now()
    module = importlib.import_module(library)
    for name in () if library == "torch" else ("Dense", "Dropout", "Input"):
        getattr(module.layers, name)
    ended = now()
    taken = ended.wall - started.wall
    return Figures(
        step=taken, cpu=ended.cpu - started.cpu, samples=[taken], first=taken, extra=0.0, import_time=taken
    )


if __name__ == "__main__":
    print(json.dumps(dataclasses.asdict(measure(sys.argv[1], CONTESTANTS[sys.argv[2]]))))
