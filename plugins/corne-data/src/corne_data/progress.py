"""A bar for a download, on a terminal only."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator


@contextlib.contextmanager
def progress(name: str, size: int | None, start: int = 0) -> Iterator[Callable[[int], None]]:
    """Yield a function that is told how many bytes came.

    Args:
        name: What is fetched.
        size: Bytes in all, None if unknown.
        start: Bytes that are there already. Default 0.
    """
    if not sys.stderr.isatty():
        yield lambda count: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(name, total=size, completed=start)
        yield lambda count: bar.advance(task, count)
