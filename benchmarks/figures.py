"""What one process measures of itself."""

from __future__ import annotations

import dataclasses
import itertools
import resource
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple


class Moment(NamedTuple):
    """A point in time: that of the world, and that this process spent on processors, in seconds."""

    wall: float
    cpu: float


def now() -> Moment:
    """Return this moment."""
    return Moment(time.perf_counter(), time.process_time())


@dataclasses.dataclass
class Figures:
    """The result of one contestant's process on one workload. Times are in seconds.

    Attributes:
        step: A training step, a batch or a call, or the import: the median over ``samples``.
        cpu: Time on processors that a step takes, of all threads: it says more than ``step`` on a machine
            that others use too.
        samples: What ``step`` is the median of: the mean step of each epoch, for instance.
        first: From before the engine is imported to the end of the first epoch, or to the first answer.
        extra: What the epochs before those measured, or the first answer, took longer than later ones: compiling.
        import_time: Importing the engine.
        memory: The largest resident memory of the process, in bytes.
        loss: The training loss of the last epoch; nothing learned is nothing measured.
    """

    step: float
    cpu: float
    samples: list[float]
    first: float
    extra: float
    import_time: float
    memory: int = dataclasses.field(default_factory=lambda: peak_memory())
    loss: float | None = None


def of_epochs(
    started: Moment,
    imported: Moment,
    ends: Sequence[Moment],
    steps: int,
    loss: float | None = None,
    settling: int = 1,
) -> Figures:
    """Return the figures of a run from the moments at which its epochs ended; ``settling`` of them aren't measured."""
    pairs = list(itertools.pairwise(ends[settling - 1 :]))
    epoch = statistics.median(after.wall - before.wall for before, after in pairs)
    return Figures(
        step=epoch / steps,
        cpu=statistics.median(after.cpu - before.cpu for before, after in pairs) / steps,
        samples=[(after.wall - before.wall) / steps for before, after in pairs],
        first=ends[0].wall - started.wall,
        extra=ends[settling - 1].wall - imported.wall - settling * epoch,
        import_time=imported.wall - started.wall,
        loss=loss,
    )


def of_calls(started: Moment, imported: Moment, call: Callable[[], object], per_call: int = 1) -> Figures:
    """Call for about two seconds, in chunks of 50 ms or one call; a call does ``per_call`` things."""
    call()
    first = now()
    for _ in range(3):  # whoever decides after a few calls what to do with the rest has decided
        call()
    before = now()
    call()
    chunk = max(1, int(0.05 / (now().wall - before.wall)))
    samples, cpu = [], []
    end = now().wall + 2.0
    while now().wall < end:
        before = now()
        for _ in range(chunk):
            call()
        after = now()
        samples.append((after.wall - before.wall) / chunk / per_call)
        cpu.append((after.cpu - before.cpu) / chunk / per_call)
    step = statistics.median(samples)
    return Figures(
        step=step,
        cpu=statistics.median(cpu),
        samples=samples,
        first=first.wall - started.wall,
        extra=first.wall - imported.wall - step * per_call,
        import_time=imported.wall - started.wall,
    )


def peak_memory() -> int:
    """Return the largest resident memory of this process so far, in bytes."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
