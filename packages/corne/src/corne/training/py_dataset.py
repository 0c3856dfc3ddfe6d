"""PyDataset: batches by number, made by workers."""

from __future__ import annotations

import collections
import concurrent.futures
from collections.abc import Iterator
from typing import Any

import numpy as np

from corne.errors import ArgumentError

_worker_dataset: Any = None  # in a worker process: the data set it makes batches of


class PyDataset:
    """Base for data sets whose batches are made one by one, possibly by several workers.

    A subclass calls ``super().__init__(**kwargs)`` and writes ``__len__`` (the number of batches) and
    ``__getitem__(index)`` (one batch). Without ``__len__``, or with ``num_batches`` None, it is endless.

    Args:
        workers: Threads or processes that make batches. Default 1: a thread beside the training loop.
        use_multiprocessing: Whether the workers are processes, each with a copy of the data set. Default False.
        max_queue_size: How many batches are made ahead. Default 10.

    Raises:
        ArgumentError: A number of workers or a queue size that isn't positive.

    >>> class Squares(PyDataset):
    ...     def __len__(self):
    ...         return 3
    ...     def __getitem__(self, index):
    ...         return np.full((2, 1), index), np.full((2, 1), index**2)
    >>> Squares(workers=2).num_batches
    3
    """

    def __init__(self, workers: int = 1, use_multiprocessing: bool = False, max_queue_size: int = 10) -> None:
        for name, value in (("workers", workers), ("max_queue_size", max_queue_size)):
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise ArgumentError(
                    f"PyDataset({name}=…)", "a positive integer", repr(value), "Pass 1 or more."
                )
        self.workers, self.use_multiprocessing, self.max_queue_size = (
            workers,
            use_multiprocessing,
            max_queue_size,
        )

    def __getitem__(self, index: int) -> Any:
        """Return batch number ``index``: ``x``, ``(x, y)`` or ``(x, y, sample_weight)``."""
        raise NotImplementedError(
            f"{type(self).__name__} has no __getitem__(index); return one batch from it."
        )

    @property
    def num_batches(self) -> int | None:
        """The number of batches in an epoch; None for endless."""
        length = getattr(self, "__len__", None)
        return None if length is None else int(length())

    def on_epoch_begin(self) -> None:
        """Do what is due before the first epoch."""
        return None

    def on_epoch_end(self) -> None:
        """Do what is due after each epoch, such as drawing a new order."""
        return None

    def iterate(self, epoch: int, shuffle: bool) -> Iterator[Any]:
        """Yield the batches of an epoch in order (or a shuffled one), made ahead by the workers."""
        count = self.num_batches
        indices: Any = range(count) if count is not None else _naturals()
        if shuffle and count is not None:
            indices = np.random.Generator(np.random.Philox(key=[count, epoch])).permutation(count).tolist()
        pool: concurrent.futures.Executor
        if getattr(self, "use_multiprocessing", False):
            pool = concurrent.futures.ProcessPoolExecutor(self.workers, initializer=_adopt, initargs=(self,))
            make: Any = _make
        else:
            pool = concurrent.futures.ThreadPoolExecutor(
                getattr(self, "workers", 1), thread_name_prefix="corne-data"
            )
            make = self.__getitem__
        waiting: collections.deque[concurrent.futures.Future[Any]] = collections.deque()
        try:
            for index in indices:
                waiting.append(pool.submit(make, index))
                if len(waiting) > getattr(self, "max_queue_size", 10):
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _naturals() -> Iterator[int]:
    index = 0
    while True:
        yield index
        index += 1


def _adopt(dataset: Any) -> None:
    global _worker_dataset
    _worker_dataset = dataset


def _make(index: int) -> Any:
    return _worker_dataset[index]
