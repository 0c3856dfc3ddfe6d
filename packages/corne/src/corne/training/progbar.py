"""A line that shows how far a loop has come."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from typing import Any, TextIO

_WIDTH = 20  # characters of the bar
_INTERVAL = 0.1  # seconds between two redrawings: ten a second are as many as an eye follows


class Progbar:
    """Shows steps done, time and values.

    On a terminal one line is redrawn, at most ten times a second; elsewhere only the finished line is written.

    Args:
        target: Number of steps, or None where it isn't known.
        width: Characters of the bar. Default 20.
        verbose: 0 shows nothing, 1 a bar, 2 one line at the end. Default 1.
        interval: Seconds between two redrawings. Default 0.1.
        stateful_metrics: Accepted for Keras's signature: values are always shown as they are given.
        unit_name: What a step is called. Default "step".
    """

    def __init__(
        self,
        target: int | None,
        width: int = _WIDTH,
        verbose: int = 1,
        interval: float = _INTERVAL,
        stateful_metrics: Any = None,
        unit_name: str = "step",
    ) -> None:
        self.target, self.width, self.verbose, self.interval, self.unit_name = (
            target,
            width,
            verbose,
            interval,
            unit_name,
        )
        self._started = time.perf_counter()
        self._drawn = 0.0
        self._length = 0
        self._values: dict[str, Any] = {}
        self._stream: TextIO = sys.stdout

    def is_due(self, finalize: bool = False) -> bool:
        """Tell whether an update now would draw, so that values need not be read for nothing."""
        if not self.verbose:
            return False
        if finalize:
            return True
        return (
            self.verbose == 1 and self._stream.isatty() and time.perf_counter() - self._drawn >= self.interval
        )

    def update(
        self, current: int, values: Iterable[tuple[str, Any]] | None = None, finalize: bool | None = None
    ) -> None:
        """Show that ``current`` steps are done.

        Args:
            current: Steps done.
            values: Pairs of name and value.
            finalize: Whether the loop is over. Default: if ``current`` is the target.
        """
        self._values.update(values or ())
        finalize = current == self.target if finalize is None else finalize
        if not self.is_due(finalize):
            return
        now = time.perf_counter()
        self._drawn = now
        line = self._line(current, now - self._started, finalize)
        if self._stream.isatty() and self.verbose == 1:
            self._stream.write("\r" + line.ljust(self._length))
            self._length = len(line)
            if finalize:
                self._stream.write("\n")
        elif finalize:
            self._stream.write(line + "\n")
        self._stream.flush()

    def _line(self, current: int, seconds: float, finalize: bool) -> str:
        parts = []
        if self.verbose == 1:
            total = "?" if self.target is None else str(self.target)
            count = f"{current:>{len(total)}}/{total}"
            if self.target:
                filled = min(self.width, self.width * current // self.target)
                count += f" {'━' * filled}{'╌' * (self.width - filled)}"
            parts.append(count)
        else:
            parts.append(f"{current}/{current}")
        each = seconds / max(current, 1)
        if finalize or not self.target:
            parts.append(f"{_seconds(seconds)} {_short(each)}/{self.unit_name}")
        else:
            parts.append(f"{_seconds(each * (self.target - current))} left {_short(each)}/{self.unit_name}")
        parts += [f"{name}: {_number(value)}" for name, value in self._values.items()]
        return " - ".join(parts)


def _seconds(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return (
        f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}" if minutes else f"{rest}s"
    )


def _short(seconds: float) -> str:
    if seconds >= 1:
        return f"{seconds:.1f}s"
    return f"{seconds * 1e3:.0f}ms" if seconds >= 1e-3 else f"{seconds * 1e6:.0f}µs"


def _number(value: Any) -> str:
    if not isinstance(value, (int, float)):
        return str(value)
    return f"{value:.4f}" if abs(value) > 1e-3 or value == 0 else f"{value:.4e}"
