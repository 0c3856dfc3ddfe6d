"""Looking into a file in a process of its own, with limits on memory and time.

A C library that reads a hostile file may crash, loop or allocate without end; here only that process does.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from pathlib import Path

from corne.saving.inspection.report import Level, Report, report_of, short

MOST_SECONDS = 120.0


def examine_apart(path: str | Path, seconds: float = MOST_SECONDS) -> Report:
    """Return what :func:`examine` finds, or that the file brought it down.

    Args:
        path: The file.
        seconds: The longest it may take. Default 120.
    """
    command = [sys.executable, "-P", "-m", "corne.saving.inspection", str(path)]
    try:
        run = subprocess.run(
            command, capture_output=True, stdin=subprocess.DEVNULL, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        return _gave_up(path, f"looking into it took more than {seconds:g} seconds")
    try:
        return report_of(json.loads(run.stdout))
    except (ValueError, KeyError, TypeError):
        reason = run.stderr.decode(errors="replace").strip().splitlines()
        how = f"signal {-run.returncode}" if run.returncode < 0 else f"exit code {run.returncode}"
        return _gave_up(path, f"reading it ended with {how}{': ' + reason[-1] if reason else ''}")


def _gave_up(path: str | Path, reason: str) -> Report:
    report = Report(short(path))
    with contextlib.suppress(OSError, ValueError):
        report.size = Path(path).stat().st_size
    report.add(Level.REFUSED, "", f"{reason}; don't load it")
    return report
