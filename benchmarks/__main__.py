"""Time Corne against hand-written PyTorch and Keras.

    python -m benchmarks                                       # everything, three rounds: about half an hour
    python -m benchmarks --workloads seed-mlp cnn --contestants raw corne-eager corne --rounds 5
    nox -s bench -- --workloads seed-mlp --json figures.json

Every contestant runs every workload in a process of its own, in turn, on the same machine; the ratio to
hand-written eager PyTorch ("raw") counts, times are the machine's.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import tempfile
from pathlib import Path
from typing import Any

from benchmarks import report, runner
from benchmarks.contestants import CONTESTANTS
from benchmarks.workloads import WORKLOADS


def main() -> None:
    """Run what the command line asks for, and print the tables."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--workloads", nargs="+", choices=WORKLOADS, default=list(WORKLOADS), metavar="NAME",
                        help=f"of {', '.join(WORKLOADS)}; default all")  # fmt: skip
    parser.add_argument("--contestants", nargs="+", choices=CONTESTANTS, default=list(CONTESTANTS), metavar="NAME",
                        help=f"of {', '.join(CONTESTANTS)}; default all")  # fmt: skip
    parser.add_argument("--rounds", type=int, default=3, help="processes of each pair; default 3")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1, help="default: as many as cores")
    parser.add_argument("--timeout", type=float, default=900.0, help="seconds for one process; default 900")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="corne-bench-") as caches:
        records = runner.run(
            arguments.workloads, arguments.contestants, rounds=arguments.rounds, threads=arguments.threads,
            timeout=arguments.timeout, caches=Path(caches),
        )  # fmt: skip
    machine = _machine(arguments.threads)
    if arguments.json:
        arguments.json.write_text(json.dumps({"machine": machine, "records": records}, indent=1))
    print(", ".join(f"{key} {value}" for key, value in machine.items()), end="\n\n")
    print(report.report(records))


def _machine(threads: int) -> dict[str, Any]:
    """Return what the figures depend on."""
    versions = {}
    for name in ("torch", "keras", "jax", "tensorflow-cpu", "numpy", "corne"):
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return {"processor": _processor(), "cores": os.cpu_count(), "threads": threads,
            "python": platform.python_version(), **versions}  # fmt: skip


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


if __name__ == "__main__":
    main()
