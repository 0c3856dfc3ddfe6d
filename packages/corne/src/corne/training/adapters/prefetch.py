"""Items made ahead by a thread."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterable, Iterator
from typing import Any

from corne import backend as backends

_AHEAD = 2  # batches made while one is computed on


class _Failure:
    def __init__(self, error: BaseException) -> None:
        self.error = error


def prefetched(source: Iterable[Any], ahead: int = _AHEAD) -> Iterator[Any]:
    """Yield the items of ``source``, made by a thread that stays a few ahead, on the caller's backend.

    What the source raises is raised here. The thread ends with the iterator, also when it is left early.

    >>> list(prefetched(range(3)))
    [0, 1, 2]
    """
    items: queue.Queue[Any] = queue.Queue(maxsize=ahead)
    stopped = threading.Event()
    end = object()
    backend = backends.active()

    def put(item: Any) -> bool:
        while not stopped.is_set():
            try:
                items.put(item, timeout=0.1)
                return True
            except queue.Full:
                continue
        return False

    def work() -> None:
        try:
            with backends.use(backend):
                for item in source:
                    if not put(item):
                        break
            put(end)
        except BaseException as error:
            put(_Failure(error))
        finally:
            close = getattr(source, "close", None)
            if stopped.is_set() and close is not None:
                close()

    thread = threading.Thread(target=work, name="corne-prefetch", daemon=True)
    thread.start()
    try:
        while (item := items.get()) is not end:
            if isinstance(item, _Failure):
                raise item.error
            yield item
    finally:
        stopped.set()
        thread.join(timeout=5)
