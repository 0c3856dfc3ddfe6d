"""The cores that this process may use: affinity, and the quota of its control groups."""

from __future__ import annotations

import os
from pathlib import Path


def available_cores(root: Path = Path("/")) -> float:
    """Return the number of cores that this process may use; a container's quota may be a fraction.

    Args:
        root: The folder with ``proc`` and ``sys``. Default ``/``.

    Source: https://docs.kernel.org/admin-guide/cgroup-v2.html (cpu.max),
    https://docs.kernel.org/scheduler/sched-bwc.html (version 1)
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min([float(cores), *_quotas(root)])


def _quotas(root: Path) -> list[float]:
    """Return the quotas, in cores, of this process's groups and those above them."""
    found = []
    for line in _text(root / "proc/self/cgroup").splitlines():
        _, _, rest = line.partition(":")
        controllers, _, group = rest.partition(":")
        base = root / "sys/fs/cgroup"
        if controllers:
            if "cpu" not in controllers.split(","):
                continue
            base = base / "cpu" if (base / "cpu").is_dir() else base / controllers
        parts = [part for part in group.split("/") if part not in ("", "..")]
        for depth in range(len(parts) + 1):
            folder = base.joinpath(*parts[:depth])
            if controllers:
                quota, period = _text(folder / "cpu.cfs_quota_us"), _text(folder / "cpu.cfs_period_us")
            else:
                quota, _, period = _text(folder / "cpu.max").partition(" ")
            if quota.strip().isdigit() and period.strip().isdigit() and int(period):
                found.append(int(quota) / int(period))
    return found


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except (OSError, ValueError):
        return ""
