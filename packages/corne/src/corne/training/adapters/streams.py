"""Data that come one batch at a time: generators, PyDatasets, PyTorch's loaders."""

from __future__ import annotations

import itertools
import queue
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from corne import backend as backends
from corne import tree
from corne.errors import ArgumentError, DataError
from corne.training.adapters.adapter import DataAdapter
from corne.training.adapters.arrays import prepared, weighted_by_class
from corne.utils.batches import unpack_x_y_sample_weight

_AHEAD = 2  # batches prepared while one is computed on


class _Failure:
    def __init__(self, error: BaseException) -> None:
        self.error = error


def prefetched(source: Iterable[Any], ahead: int = _AHEAD) -> Iterator[Any]:
    """Yield the items of ``source``, made by a thread that stays a few ahead.

    What the source raises is raised here. The thread ends with the iterator, also when it is left early.
    """
    items: queue.Queue[Any] = queue.Queue(maxsize=ahead)
    stopped = threading.Event()
    end = object()

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
            for item in source:
                if not put(item):
                    return
            put(end)
        except BaseException as error:
            put(_Failure(error))

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


def as_batch(batch: Any, class_weight: Mapping[int, float] | None = None) -> Any:
    """Return a user's batch as ``(x,)``, ``(x, y)`` or ``(x, y, sample_weight)`` of backend arrays."""
    x, y, weight = unpack_x_y_sample_weight(tuple(batch) if isinstance(batch, list) else batch)
    if class_weight is not None:
        weight = weighted_by_class(prepared("y", y), class_weight, weight)
    parts = (x,) if y is None else (x, y) if weight is None else (x, y, weight)
    names = ("x", "y", "sample_weight")
    backend = backends.active()
    ready = tuple(prepared(name, part) for name, part in zip(names, parts, strict=False))
    return tree.map_structure(lambda a: None if a is None else backend.asarray(a), ready)


class GeneratorAdapter(DataAdapter):
    """Batches of a Python generator; each epoch goes on where the last one stopped."""

    def __init__(self, generator: Iterator[Any], class_weight: Mapping[int, float] | None = None) -> None:
        self._generator, self._class_weight = iter(generator), class_weight
        try:
            first = next(self._generator)
        except StopIteration:
            raise DataError("the generator", "at least one batch", "none", "Was it used up before?") from None
        self._first = as_batch(first, class_weight)
        self._generator = itertools.chain([first], self._generator)

    def first(self) -> Any:
        """Return the first batch without taking it."""
        return self._first

    def batches(self, epoch: int) -> Iterator[Any]:
        """Yield what is left of the generator. Nothing is taken ahead: another epoch may go on with it."""
        for batch in self._generator:
            yield as_batch(batch, self._class_weight)


class PyDatasetAdapter(DataAdapter):
    """Batches of a :class:`corne.utils.PyDataset`, made by its workers."""

    def __init__(
        self, dataset: Any, shuffle: bool | str = False, class_weight: Mapping[int, float] | None = None
    ) -> None:
        self._dataset, self._shuffle, self._class_weight = dataset, bool(shuffle), class_weight
        count = dataset.num_batches
        self.num_batches = None if count is None else int(count)
        if self.num_batches == 0:
            raise DataError("the PyDataset", "at least one batch", "none", "Its __len__ returned 0.")
        dataset.on_epoch_begin()

    def batches(self, epoch: int) -> Iterator[Any]:
        """Yield the batches of an epoch in order, or in an order of the epoch's own."""
        for batch in self._dataset.iterate(epoch, self._shuffle):
            yield as_batch(batch, self._class_weight)

    def on_epoch_end(self) -> None:
        """Tell the data set."""
        self._dataset.on_epoch_end()


class TorchAdapter(DataAdapter):
    """Batches of a PyTorch DataLoader, or of a Dataset through one."""

    def __init__(
        self,
        data: Any,
        batch_size: int | None,
        shuffle: bool | str,
        class_weight: Mapping[int, float] | None = None,
    ) -> None:
        self._class_weight = class_weight
        self._loader = (
            data if hasattr(data, "batch_sampler") else _loader(data, batch_size or 32, bool(shuffle))
        )
        self.batch_size = getattr(self._loader, "batch_size", None)
        try:
            self.num_batches = len(self._loader)
        except TypeError:  # an iterable data set has no length
            self.num_batches = None

    def batches(self, epoch: int) -> Iterator[Any]:
        """Yield the loader's batches, one prepared while another is computed on."""
        for batch in prefetched(self._loader):
            yield as_batch(batch, self._class_weight)


def _loader(dataset: Any, batch_size: int, shuffle: bool) -> Any:
    import sys

    return sys.modules["torch"].utils.data.DataLoader(dataset, batch_size=batch_size, shuffle=shuffle)


class IterableAdapter(DataAdapter):
    """Batches of any object that can be iterated anew for each epoch."""

    def __init__(self, data: Iterable[Any], class_weight: Mapping[int, float] | None = None) -> None:
        self._data, self._class_weight = data, class_weight
        length: Callable[[], int] | None = getattr(data, "__len__", None)
        self.num_batches = length() if length is not None else None

    def batches(self, epoch: int) -> Iterator[Any]:
        """Yield the batches of one pass."""
        for batch in prefetched(self._data):
            yield as_batch(batch, self._class_weight)


def refuse(argument: str, value: Any, data: Any) -> None:
    """Raise where an argument makes no sense for data that come in batches."""
    if value is not None:
        raise ArgumentError(
            f"fit({argument}=…)", f"{type(data).__name__} to yield everything itself", f"a value for {argument}",
            "Let it yield (x, y) or (x, y, sample_weight), and leave the argument out.",
        )  # fmt: skip
