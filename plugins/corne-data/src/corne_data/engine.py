"""Elements made by threads, in order."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from corne import backend as backends


def ordered(
    make: Callable[[int], Any], indices: Iterable[int], workers: int, ahead: int = 2
) -> Iterator[Any]:
    """Yield ``make(index)`` for each index, in order; threads make several at once.

    Args:
        make: Returns an element.
        indices: Which ones.
        workers: Number of threads; 0 makes each element when it is asked for.
        ahead: Elements that are made ahead for each thread. Default 2.

    >>> list(ordered(lambda i: i * i, range(4), workers=2))
    [0, 1, 4, 9]
    """
    if not workers:
        for index in indices:
            yield make(index)
        return
    backend = backends.active()

    def work(index: int) -> Any:
        with backends.use(backend):
            return make(index)

    waiting: deque[Future[Any]] = deque()
    pool = ThreadPoolExecutor(workers, "corne-data")
    try:
        for index in indices:
            waiting.append(pool.submit(work, index))
            if len(waiting) > workers * ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def default_workers() -> int:
    """Return how many threads decode files: one less than there are processors, at most 4."""
    return max(1, min(4, (os.cpu_count() or 2) - 1))
