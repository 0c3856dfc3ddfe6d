"""Start the processes, one at a time, interleaved over rounds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.contestants import CONTESTANTS, Contestant
from benchmarks.workloads import WORKLOADS

ROOT = Path(__file__).parents[1]


def pairs(workloads: Sequence[str], contestants: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield who runs what. Nobody runs the same twice: importing has no compiled form."""
    for workload in workloads:
        for contestant in contestants:
            kind = WORKLOADS[workload].kind
            if (kind == "importing" and contestant in ("raw-compile", "corne-eager", "corne-recorded")) or (
                kind != "train" and CONTESTANTS[contestant].announced is not None
            ):
                continue
            yield workload, contestant


def run(
    workloads: Sequence[str],
    contestants: Sequence[str],
    *,
    rounds: int,
    threads: int,
    timeout: float,
    caches: Path,
) -> list[dict[str, Any]]:
    """Return a record of every process.

    Every contestant has its own folder for compiled code in ``caches``, empty at first: its first round is
    a cold start, later ones are warm. Every other round goes through the contestants backwards, so that a
    machine that gets slower or faster meanwhile treats them alike.
    """
    records = []
    for turn in range(rounds):
        order = list(pairs(workloads, contestants if turn % 2 == 0 else contestants[::-1]))
        for number, (workload, contestant) in enumerate(order, 1):
            result = _process(workload, CONTESTANTS[contestant], threads, timeout, caches)
            records.append({"workload": workload, "contestant": contestant, "round": turn, **result})
            said = result.get("error") or f"{result['step'] * 1e3:.3f} ms, first {result['first']:.2f} s"
            print(
                f"round {turn + 1}/{rounds} {number}/{len(order)} {workload} {contestant}: {said}",
                file=sys.stderr,
                flush=True,
            )
    return records


def _process(
    workload: str, contestant: Contestant, threads: int, timeout: float, caches: Path
) -> dict[str, Any]:
    """Return the figures of one process, or why there are none."""
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks.measure", workload, contestant.name]
    own = caches / contestant.name / workload
    environment = {
        **os.environ,
        **_limits(threads),
        "PYTHONPATH": str(ROOT),
        "CORNE_HOME": str(own / "corne"),
        "KERAS_HOME": str(own / "keras"),
        "XDG_CACHE_HOME": str(own / "cache"),
        "TORCHINDUCTOR_CACHE_DIR": str(own / "inductor"),
        "JAX_COMPILATION_CACHE_DIR": str(own / "jax"),
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
        **contestant.environment,
    }
    allowed = None if threads >= (os.cpu_count() or 1) else sorted(os.sched_getaffinity(0))[:threads]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, env=environment, timeout=timeout, cwd=ROOT,
            preexec_fn=(lambda: os.sched_setaffinity(0, allowed)) if allowed else None,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return {"error": f"took more than {timeout:.0f} s"}
    if done.returncode:
        return {"error": (done.stderr.strip().splitlines() or [f"ended with {done.returncode}"])[-1]}
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def _limits(threads: int) -> dict[str, str]:
    """Return the variables that keep engines to a number of threads."""
    return {name: str(threads) for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")}
