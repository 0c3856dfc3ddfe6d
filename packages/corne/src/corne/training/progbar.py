"""A line that shows how far a loop has come."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from typing import Any, TextIO

from corne import config
from corne.errors import ArgumentError
from corne.utils.messages import message


class Progbar:
    """Shows steps done, time and values.

    On a terminal and in a notebook a line is redrawn as the loop runs; elsewhere only the finished line is
    written.

    Args:
        target: Number of steps, or None where it isn't known.
        width: Characters of the bar. Default 20.
        verbose: 0 shows nothing, 1 a bar, 2 one line at the end. Default 1.
        interval: Least seconds between two redrawings. Default 0.05.
        stateful_metrics: Names of values to show as they are given; the others are averaged over the steps.
        stateless_metrics: Instead: names of values to average; the others are shown as they are given.
        unit_name: What a step is called. Default "step".

    Raises:
        ArgumentError: Both kinds of names are given.

    >>> bar = Progbar(2, verbose=2)
    >>> bar.add(1, [("loss", 1.0)])
    >>> bar.values
    {'loss': 1.0}
    """

    def __init__(
        self,
        target: int | None,
        width: int = 20,
        verbose: int = 1,
        interval: float = 0.05,
        stateful_metrics: Iterable[str] | None = None,
        stateless_metrics: Iterable[str] | None = None,
        unit_name: str = "step",
    ) -> None:
        if stateful_metrics is not None and stateless_metrics is not None:
            raise ArgumentError(
                "Progbar(…)", "stateful_metrics or stateless_metrics", "both", "Pass one of them; the other is the rest."
            )  # fmt: skip
        self.target, self.width, self.verbose = target, width, verbose
        self.interval, self.unit_name = interval, unit_name
        self._shown_as_given = None if stateful_metrics is None else set(stateful_metrics)
        self._averaged = None if stateless_metrics is None else set(stateless_metrics)
        self._sums: dict[str, tuple[Any, float]] = {}  # name -> sum and how many steps it is of
        self._seen = 0
        self._started = time.perf_counter()
        self._drawn = 0.0
        self._display = _display(verbose, width)

    @property
    def values(self) -> dict[str, Any]:
        """The values as they are shown."""
        return {name: total / count if count != 1 else total for name, (total, count) in self._sums.items()}

    def is_due(self, finalize: bool = False) -> bool:
        """Return whether an update now would draw; if not, values need not be read."""
        if finalize or not self.verbose:
            return finalize and bool(self.verbose)
        return self._display.is_live and time.perf_counter() - self._drawn >= self.interval

    def update(
        self, current: int, values: Iterable[tuple[str, Any]] | None = None, finalize: bool | None = None
    ) -> None:
        """Show that ``current`` steps are done.

        Args:
            current: Steps done.
            values: Pairs of name and value.
            finalize: Whether the loop is over. Default: if ``current`` has reached the target.
        """
        if finalize is None:
            finalize = self.target is not None and current >= self.target
        new = max(current - self._seen, 1)
        for name, value in values or ():
            total, count = self._sums.get(name, (0.0, 0))
            self._sums[name] = (total + value * new, count + new) if self._averages(name) else (value, 1)
        self._seen = current
        if not self.is_due(finalize):
            return
        self._drawn = time.perf_counter()
        self._display.show(current, self.target, self._text(current, self._drawn - self._started, finalize))
        if finalize:
            self.close()

    def add(self, n: int, values: Iterable[tuple[str, Any]] | None = None) -> None:
        """Show that ``n`` more steps are done."""
        self.update(self._seen + n, values)

    def close(self) -> None:
        """Leave the line as it is and begin a new one."""
        self._display.close()

    def _averages(self, name: str) -> bool:
        if self._averaged is not None:
            return name in self._averaged
        return name not in (self._shown_as_given or ())

    def _text(self, current: int, seconds: float, finalize: bool) -> str:
        each = seconds / max(current, 1)
        if finalize or not self.target:
            parts = [f"{_seconds(seconds)} {_short(each)}/{self.unit_name}"]
        else:
            parts = [f"{_seconds(each * (self.target - current))} left {_short(each)}/{self.unit_name}"]
        parts += [f"{name}: {_number(value)}" for name, value in self.values.items()]
        return " - ".join(parts)


class _LastLine:
    """Writes the finished line only."""

    is_live = False

    def __init__(self, width: int, stream: TextIO) -> None:
        self._width, self._stream = width, stream
        self._line = ""

    def show(self, current: int, target: int | None, text: str) -> None:
        bar = ""
        if self._width and target:
            filled = min(self._width, self._width * current // target)
            bar = f" {'━' * filled}{'╌' * (self._width - filled)}"
        self._line = _writable(f"{_count(current, target)}{bar} - {text}", self._stream)

    def close(self) -> None:
        if self._line:
            self._stream.write(self._line + "\n")
            self._stream.flush()
        self._line = ""


class _Logged(_LastLine):
    """Hands the finished line to the logger, where interactive logging is disabled."""

    def close(self) -> None:
        if self._line:
            message(self._line)
        self._line = ""


class _OwnLine(_LastLine):
    """Rewrites one line, in notebooks."""

    is_live = True
    _length = 0

    def show(self, current: int, target: int | None, text: str) -> None:
        super().show(current, target, text)
        self._stream.write("\r" + self._line.ljust(self._length))
        self._stream.flush()
        self._length = len(self._line)

    def close(self) -> None:
        if self._line:
            self._stream.write("\n")
        self._line = ""


class _Terminal:
    """A bar by rich, which fits it to the terminal and prints what the program prints above it."""

    is_live = True

    def __init__(self, width: int, stream: TextIO) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn
        from rich.table import Column

        self._progress = Progress(
            TextColumn("{task.fields[count]}"), BarColumn(bar_width=width),
            TextColumn("{task.fields[text]}", markup=False, table_column=Column(overflow="fold")),
            console=Console(file=stream), auto_refresh=False,
        )  # fmt: skip
        self._task: Any = None

    def show(self, current: int, target: int | None, text: str) -> None:
        if self._task is None:
            self._progress.start()
            self._task = self._progress.add_task("", total=target, count="", text="")
        self._progress.update(
            self._task, completed=current, count=_count(current, target), text=text, refresh=True
        )

    def close(self) -> None:
        if self._task is not None:
            self._progress.stop()
        self._task = None


def _display(verbose: int, width: int) -> _LastLine | _Terminal:
    stream = sys.stdout
    if not config.is_interactive_logging_enabled():
        return _Logged(0, stream)
    if verbose != 1:
        return _LastLine(0, stream)
    if type(stream).__module__.startswith("rich."):  # inside another bar
        return _LastLine(width, stream)
    if stream.isatty():
        return _Terminal(width, stream)
    return _OwnLine(width, stream) if "ipykernel" in sys.modules else _LastLine(width, stream)


def _writable(text: str, stream: TextIO) -> str:
    """Return text in characters that the stream's encoding has."""
    encoding = stream.encoding or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        text = text.translate(str.maketrans("━╌µ", "=.u"))
    return text.encode(encoding, "replace").decode(encoding)


def _count(current: int, target: int | None) -> str:
    total = "?" if target is None else str(target)
    return f"{current:>{len(total)}}/{total}"


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
