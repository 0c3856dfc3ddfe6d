"""Data that come one batch at a time: generators, PyDatasets, anything iterable."""

from __future__ import annotations

import inspect
import itertools
import warnings
from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from corne import backend as backends
from corne import tree
from corne.errors import ArgumentError, DataError
from corne.random.seed_generator import make_default_seed
from corne.training.adapters.adapter import DataAdapter
from corne.training.adapters.batch_recorder import BatchRecorder
from corne.training.adapters.prefetch import prefetched
from corne.training.adapters.prepare import as_batch
from corne.training.py_dataset import PyDataset

_ClassWeight = Mapping[int, float] | None


class Stream(DataAdapter):
    """Base of adapters for data that yield batches; a thread makes a few of them ahead.

    Args:
        source: What users passed, for messages.
        class_weight: Factor for each class number, multiplied into the sample weights.
    """

    def __init__(self, source: Any, class_weight: _ClassWeight = None) -> None:
        self._source, self._class_weight = source, class_weight
        self._first: Any = None
        self._opened: Iterator[Any] | None = None  # a pass that was begun to look at the first batch

    def attach(self, recorder: BatchRecorder, check_targets: Callable[[Any], None] | None = None) -> None:
        """Take what sees and checks the batches, and have the user's data watched."""
        super().attach(recorder, check_targets)
        recorder.watch(self._source)

    @abstractmethod
    def open(self, epoch: int) -> Iterable[Any]:
        """Begin a pass over the user's batches."""

    def ahead(self, batches: Iterator[Any]) -> Iterator[Any]:
        """Return batches made ahead."""
        return prefetched(batches)

    def converted(self, batches: Iterable[Any]) -> Iterator[Any]:
        """Yield the user's batches as tuples of backend arrays."""
        for batch in batches:
            yield as_batch(batch, self._class_weight, self.check_targets)

    def first(self) -> Any:
        """Return the first batch. :meth:`batches` continues the pass that this begins."""
        if self._first is None:
            self._opened = self._begun(0)
            try:
                self._first = next(self._opened)
                self.recorder.discard()
            except StopIteration:
                raise DataError(
                    f"the {type(self._source).__name__}", "at least one batch", "none", "Was it used up before?"
                ) from None  # fmt: skip
        return self._first

    def batches(self, epoch: int) -> Iterator[Any]:
        """Yield the batches of an epoch: of the pass that was begun, or of a new one."""
        if self._opened is None:
            return self._begun(epoch)
        opened, self._opened = self._opened, None
        return itertools.chain([self._first], opened)

    def end_first_pass(self) -> None:
        """End the pass that was begun for the first batch."""
        self.close()

    def describe(self) -> dict[str, Any]:
        """Return the class of the data, and of a batch that was looked at the dtypes and ranks."""
        looked_at = {} if self._first is None else {"a batch": _kind_of(self._first)}
        return {"kind": type(self._source).__name__, **looked_at}

    def _begun(self, epoch: int) -> Iterator[Any]:
        """Return a new pass."""
        return self.converted(self.recorder.batches(lambda: self.open(epoch)))

    def close(self) -> None:
        """End a pass that was begun and not continued."""
        opened, self._opened = self._opened, None
        if opened is not None:
            opened.close()  # type: ignore[attr-defined]  # a generator


class GeneratorAdapter(DataAdapter):
    """Batches of a Python generator; each epoch continues where the last one stopped.

    Args:
        generator: The generator, or another iterator.
        class_weight: Factor for each class number, multiplied into the sample weights.
        limit: How many batches to take at most. Default: all there are.
    """

    is_repeatable = False

    def __init__(
        self,
        generator: Iterator[Any],
        class_weight: _ClassWeight = None,
        limit: int | None = None,
    ) -> None:
        self._class_weight = class_weight
        self._was_used = (
            inspect.isgenerator(generator) and inspect.getgeneratorstate(generator) != "GEN_CREATED"
        )
        self._limited = itertools.islice(generator, limit)

    def attach(self, recorder: BatchRecorder, check_targets: Callable[[Any], None] | None = None) -> None:
        """Take what sees and checks the batches, and make the first one, so that its errors are raised here.

        Raises:
            DataError: There is no batch.
        """
        super().attach(recorder, check_targets)
        self._source = self._converted(recorder.batches(lambda: self._limited))
        self._waiting = list(itertools.islice(self._source, 1))
        if not self._waiting:
            raise DataError("the generator", "at least one batch", "none", "Was it used up before?")
        recorder.discard()

    def _converted(self, batches: Iterable[Any]) -> Iterator[Any]:
        for batch in batches:
            yield as_batch(batch, self._class_weight, self.check_targets)

    def first(self) -> Any:
        """Return the next batch without taking it."""
        if not self.has_more():
            raise DataError("the generator", "another batch", "none", "Was it used up before?")
        return self._waiting[0]

    def has_more(self) -> bool:
        """Return whether there is another batch."""
        if not self._waiting:
            self._waiting = list(itertools.islice(self._source, 1))
        return bool(self._waiting)

    def batches(self, epoch: int) -> Iterator[Any]:
        """Yield the rest of the generator."""
        while self.has_more():
            yield self._waiting.pop()

    def ahead(self, batches: Iterator[Any]) -> Iterator[Any]:
        """Return batches made ahead."""
        return prefetched(batches)

    def describe(self) -> dict[str, Any]:
        """Return dtype and rank of what a batch holds."""
        return {"kind": "generator", "a batch": _kind_of(self.first())}

    def why_inexact(self) -> str | None:
        """Return that a generator is not at its beginning, where it isn't."""
        if not self._was_used:
            return None
        return (
            "the generator was used before fit, by an unknown number of batches: pass one at its beginning, "
            "or take the same number of batches from it each time before fit"
        )


def _kind_of(batch: Any) -> str:
    """Return dtypes and ranks of the arrays in a batch; sizes may differ from batch to batch."""
    backend = backends.active()
    return ", ".join(
        f"{backend.dtype_name(leaf)} of rank {len(leaf.shape)}"
        for leaf in tree.flatten(batch)
        if leaf is not None
    )


class PyDatasetAdapter(Stream):
    """Batches of a :class:`corne.utils.PyDataset`, made by its workers."""

    def __init__(
        self,
        dataset: PyDataset,
        shuffle: bool | str = False,
        class_weight: _ClassWeight = None,
        steps: int | None = None,
    ) -> None:
        super().__init__(dataset, class_weight)
        self._drew: list[str] = []
        self._begun_early = False  # whether the coming epoch was begun to look at its first batch
        self._dataset, self._seed = dataset, make_default_seed() if shuffle else None
        if "workers" not in vars(dataset):
            warnings.warn(
                f"{type(dataset).__name__}.__init__ should call super().__init__(**kwargs), so that workers, "
                "use_multiprocessing and max_queue_size can be set.",
                stacklevel=8,
            )
        self._count()
        if self.num_batches is None and steps is None:
            raise ArgumentError(
                "steps_per_epoch", "a number of batches, as the PyDataset is endless", "None",
                "Pass steps_per_epoch (validation_steps, steps), or return a number from num_batches.",
            )  # fmt: skip
        if self.num_batches == 0:
            raise DataError("the PyDataset", "at least one batch", "none", "Its __len__ returned 0.")

    def _count(self) -> None:
        count = self._dataset.num_batches
        self.num_batches = None if count is None else int(count)

    def first(self) -> Any:
        """Return batch number 0."""
        if self._first is None:
            made, self._drew = self.recorder.drawn_by(self._make_first)
            self._first = next(self.converted([made]))
        return self._first

    def _make_first(self) -> Any:
        if not self._begun_early:
            self._dataset.on_epoch_begin()  # it may make the data
            self._count()
            self._begun_early = True
        return self._dataset[0]

    def open(self, epoch: int) -> Iterable[Any]:
        """Begin an epoch: the batches in order, or in an order of the epoch's own."""
        return self._dataset.iterate(epoch, self._seed)

    def ahead(self, batches: Iterator[Any]) -> Iterator[Any]:
        """Return batches made ahead, if there is a worker to do it."""
        return prefetched(batches, max(1, self._dataset.max_queue_size)) if self._dataset.workers else batches

    @property
    def _several(self) -> bool:
        """Whether workers make batches at once, or processes with copies of the data set."""
        workers = self._dataset.workers
        return workers > 1 or bool(workers and self._dataset.use_multiprocessing)

    def _begun(self, epoch: int) -> Iterator[Any]:
        # What workers draw, and when, is unknown here.
        return self.converted(self.open(epoch)) if self._several else super()._begun(epoch)

    def why_inexact(self) -> str | None:
        """Return that workers draw from one generator at once, or from copies that are lost, where they do."""
        if not self._several or not self._drew:
            return None
        return (
            f"{type(self._dataset).__name__}.__getitem__ draws from a random generator ({', '.join(self._drew)}) in "
            f"{self._dataset.workers} worker{'s' * (self._dataset.workers > 1)}, and which one makes which batch is "
            "chance: draw from numpy.random.default_rng((seed, epoch, index)) there, or use workers=1 without "
            "use_multiprocessing"
        )

    def on_epoch_begin(self) -> None:
        """Notify the data set, unless it was for its first batch, and ask it how many batches it has now."""
        begun, self._begun_early = self._begun_early, False
        if not begun:
            self._dataset.on_epoch_begin()
            self._count()

    def on_epoch_end(self) -> None:
        """Notify the data set."""
        self._dataset.on_epoch_end()

    def get_state(self) -> dict[str, Any]:
        """Return what decides on the orders."""
        return {"seed": self._seed}

    def set_state(self, state: dict[str, Any]) -> None:
        """Take the orders of another one."""
        self._seed = state["seed"]


class IterableAdapter(Stream):
    """Batches of any object that can be iterated again for each epoch."""

    def __init__(self, data: Iterable[Any], class_weight: _ClassWeight = None) -> None:
        super().__init__(data, class_weight)
        self._data = data
        self.num_batches = length_of(data)

    def open(self, epoch: int) -> Iterable[Any]:
        """Begin a pass over the data."""
        return iter(self._data)


def length_of(data: Any) -> int | None:
    """Return the number of batches, or None where it isn't known."""
    try:
        return len(data)
    except TypeError:  # no length, or one that isn't known
        return None


def refuse(argument: str, value: Any, data: Any) -> None:
    """Raise ArgumentError if an argument is given that data in batches must yield themselves."""
    if value is not None:
        raise ArgumentError(
            f"fit({argument}=…)", f"{type(data).__name__} to yield everything itself", f"a value for {argument}",
            "Let it yield (x, y) or (x, y, sample_weight), and leave the argument out.",
        )  # fmt: skip
