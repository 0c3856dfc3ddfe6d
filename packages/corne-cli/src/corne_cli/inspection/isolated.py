"""Inspect a file in a separate process with limits on memory and time.

A C library that reads a hostile file may crash, loop or exhaust memory; then only that process ends.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from pathlib import Path

from corne_cli.inspection.report import Level, Report, report_of, short

MOST_SECONDS = 120.0


def examine_in_subprocess(path: str | Path, seconds: float = MOST_SECONDS) -> Report:
    """Return what :func:`examine` finds, or report that reading the file failed.

    Args:
        path: The file.
        seconds: Time limit in seconds. Default 120.
    """
    command = [sys.executable, "-P", "-m", "corne_cli.inspection", str(path)]
    try:
        run = subprocess.run(
            command, capture_output=True, stdin=subprocess.DEVNULL, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        return _gave_up(path, f"inspecting it took more than {seconds:g} seconds")
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
