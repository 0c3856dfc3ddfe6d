"""PyDataset: batches by number, made by workers."""

from __future__ import annotations

import collections
import concurrent.futures
import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from corne.errors import ArgumentError

_worker_dataset: Any = None  # in a worker process: the data set it makes batches of


class PyDataset:
    """Base for data sets whose batches are made one by one, possibly by several workers.

    A subclass calls ``super().__init__(**kwargs)`` and writes ``__len__`` (the number of batches) and
    ``__getitem__(index)`` (one batch). Without ``__len__`` it has no end; it may also write a property ``num_batches``.

    Args:
        workers: Threads or processes that make batches. Default 1: a thread beside the training loop. 0:
            the training loop itself makes them.
        use_multiprocessing: Whether the workers are processes, each with a copy of the data set as it is
            at the beginning of an epoch. Default False.
        max_queue_size: How many batches are made ahead; 0: as few as the workers allow. Default 10.

    Raises:
        ArgumentError: A negative number of workers, or a negative queue size.

    >>> class Squares(PyDataset):
    ...     def __len__(self):
    ...         return 3
    ...     def __getitem__(self, index):
    ...         return np.full((2, 1), index), np.full((2, 1), index**2)
    >>> Squares(workers=2).num_batches
    3
    """

    workers: int = 1
    use_multiprocessing: bool = False
    max_queue_size: int = 10

    def __init__(self, workers: int = 1, use_multiprocessing: bool = False, max_queue_size: int = 10) -> None:
        for name, value, least in (("workers", workers, 0), ("max_queue_size", max_queue_size, 0)):
            if isinstance(value, bool) or not isinstance(value, int) or value < least:
                raise ArgumentError(
                    f"PyDataset({name}=…)", f"an integer, {least} or more", repr(value), "Pass 1, say."
                )
        self.workers, self.max_queue_size = workers, max_queue_size
        self.use_multiprocessing = use_multiprocessing

    def __getitem__(self, index: int) -> Any:
        """Return batch number ``index``: ``x``, ``(x, y)`` or ``(x, y, sample_weight)``."""
        raise NotImplementedError(
            f"{type(self).__name__} has no __getitem__(index); return one batch from it."
        )

    def __iter__(self) -> Iterator[Any]:
        """Yield the batches in order."""
        count = self.num_batches
        for index in itertools.count() if count is None else range(count):
            yield self[index]

    @property
    def num_batches(self) -> int | None:
        """The number of batches in an epoch; None for endless."""
        length = getattr(self, "__len__", None)
        return None if length is None else int(length())

    def on_epoch_begin(self) -> None:
        """Do nothing; override it to act before each epoch."""
        return None

    def on_epoch_end(self) -> None:
        """Do nothing; override it to act after each epoch, such as drawing a new order."""
        return None

    def iterate(self, epoch: int, seed: int | None = None) -> Iterator[Any]:
        """Yield the batches of an epoch, made ahead if there are several workers.

        Args:
            epoch: The epoch's number.
            seed: Decides on an order for each epoch. Default None: in order.
        """
        count = self.num_batches
        indices: Any = itertools.count() if count is None else range(count)
        if seed is not None and count is not None:
            indices = np.random.Generator(np.random.Philox(key=[seed, epoch])).permutation(count).tolist()
        if self.workers > 1 or (self.workers and self.use_multiprocessing):
            yield from self._by_workers(indices)
        else:
            for index in indices:
                yield self[index]

    def _by_workers(self, indices: Iterable[int]) -> Iterator[Any]:
        pool: concurrent.futures.Executor
        make: Callable[[int], Any]
        if self.use_multiprocessing:
            pool = concurrent.futures.ProcessPoolExecutor(self.workers, initializer=_adopt, initargs=(self,))
            make = _make
        else:
            pool = concurrent.futures.ThreadPoolExecutor(self.workers, thread_name_prefix="corne-data")
            make = self.__getitem__
        waiting: collections.deque[concurrent.futures.Future[Any]] = collections.deque()
        try:
            for index in indices:
                waiting.append(pool.submit(make, index))
                if len(waiting) > max(self.max_queue_size, self.workers - 1):
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _adopt(dataset: Any) -> None:
    global _worker_dataset
    _worker_dataset = dataset


def _make(index: int) -> Any:
    return _worker_dataset[index]
