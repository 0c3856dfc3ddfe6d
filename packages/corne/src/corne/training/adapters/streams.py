"""Data that come one batch at a time: generators, PyDatasets, PyTorch's loaders, anything iterable."""

from __future__ import annotations

import itertools
import sys
import warnings
from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from corne.errors import ArgumentError, DataError
from corne.random.seed_generator import make_default_seed
from corne.training.adapters.adapter import DataAdapter
from corne.training.adapters.prefetch import prefetched
from corne.training.adapters.prepare import as_batch, check_batch_size
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
        """Return the first batch. The pass it begins is gone on with by :meth:`batches`."""
        if self._first is None:
            self._opened = self.converted(self.open(0))
            try:
                self._first = next(self._opened)
            except StopIteration:
                raise DataError(
                    f"the {type(self._source).__name__}", "at least one batch", "none", "Was it used up before?"
                ) from None  # fmt: skip
        return self._first

    def batches(self, epoch: int) -> Iterator[Any]:
        """Yield the batches of an epoch."""
        if self._opened is not None:
            opened, self._opened = self._opened, None
            return itertools.chain([self._first], self.ahead(opened))
        return self.ahead(self.converted(self.open(epoch)))

    def close(self) -> None:
        """End a pass that was begun and not gone on with."""
        opened, self._opened = self._opened, None
        if opened is not None:
            opened.close()  # type: ignore[attr-defined]  # a generator


class GeneratorAdapter(DataAdapter):
    """Batches of a Python generator; each epoch goes on where the last one stopped.

    Args:
        generator: The generator, or another iterator.
        class_weight: Factor for each class number, multiplied into the sample weights.
        limit: How many batches will be asked for at most; no more are taken. Default: all there are.

    Raises:
        DataError: It has no batch.
    """

    is_repeatable = False

    def __init__(
        self, generator: Iterator[Any], class_weight: _ClassWeight = None, limit: int | None = None
    ) -> None:
        self._class_weight = class_weight
        first = self._converted(itertools.islice(generator, 1))  # here, so that its errors are told here
        self._waiting = list(first)
        if not self._waiting:
            raise DataError("the generator", "at least one batch", "none", "Was it used up before?")
        rest = itertools.islice(generator, None if limit is None else max(0, limit - 1))
        self._rest = prefetched(self._converted(rest))  # begins when the second batch is asked for

    def _converted(self, batches: Iterable[Any]) -> Iterator[Any]:
        for batch in batches:
            yield as_batch(batch, self._class_weight, self.check_targets)

    def first(self) -> Any:
        """Return the next batch without taking it."""
        if not self.has_more():
            raise DataError("the generator", "another batch", "none", "Was it used up before?")
        return self._waiting[0]

    def has_more(self) -> bool:
        """Tell whether there is another batch."""
        if not self._waiting:
            self._waiting = list(itertools.islice(self._rest, 1))
        return bool(self._waiting)

    def batches(self, epoch: int) -> Iterator[Any]:
        """Yield what is left of the generator."""
        while self.has_more():
            yield self._waiting.pop()

    def close(self) -> None:
        """End the thread that takes batches ahead."""
        self._rest.close()  # type: ignore[attr-defined]  # a generator


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
        self._dataset, self._seed = dataset, make_default_seed() if shuffle else None
        if "workers" not in vars(dataset):
            warnings.warn(
                f"{type(dataset).__name__}.__init__ should call super().__init__(**kwargs), so that workers, "
                "use_multiprocessing and max_queue_size can be set.",
                stacklevel=7,
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
            self._first = next(self.converted([self._dataset[0]]))
        return self._first

    def open(self, epoch: int) -> Iterable[Any]:
        """Begin an epoch: the batches in order, or in an order of the epoch's own."""
        return self._dataset.iterate(epoch, self._seed)

    def ahead(self, batches: Iterator[Any]) -> Iterator[Any]:
        """Return batches made ahead, if there is a worker to do it."""
        return prefetched(batches, self._dataset.max_queue_size) if self._dataset.workers else batches

    def on_epoch_begin(self) -> None:
        """Tell the data set, and ask it how many batches it has now."""
        self._dataset.on_epoch_begin()
        self._count()

    def on_epoch_end(self) -> None:
        """Tell the data set."""
        self._dataset.on_epoch_end()

    def get_state(self) -> dict[str, Any]:
        """Return what decides on the orders."""
        return {"seed": self._seed}

    def set_state(self, state: dict[str, Any]) -> None:
        """Take the orders of another one."""
        self._seed = state["seed"]


class TorchAdapter(Stream):
    """Batches of a PyTorch DataLoader, or of a Dataset through one."""

    def __init__(
        self, data: Any, batch_size: int | None, shuffle: bool | str, class_weight: _ClassWeight = None
    ) -> None:
        super().__init__(data, class_weight)
        self._loader = data
        self._begun, self._random = False, None
        if not hasattr(data, "batch_sampler"):
            torch_data = sys.modules["torch"].utils.data
            has_order = not isinstance(data, torch_data.IterableDataset)
            self._loader = torch_data.DataLoader(
                data, batch_size=check_batch_size(batch_size), shuffle=bool(shuffle) and has_order
            )
        self.batch_size = getattr(self._loader, "batch_size", None)
        self.num_batches = _length(self._loader)

    def open(self, epoch: int) -> Iterable[Any]:
        """Begin a pass over the loader."""
        self._random = sys.modules["torch"].get_rng_state().numpy()  # decides on the loader's order
        batches: Iterable[Any] = iter(self._loader)
        return batches

    def get_state(self) -> dict[str, Any]:
        """Return PyTorch's random state, now and when the pass began."""
        return {
            "pass": self._random,
            "now": sys.modules["torch"].get_rng_state().numpy(),
            "begun": self._begun,
        }

    def set_state(self, state: dict[str, Any]) -> None:
        """Set PyTorch's random state: a pass that was begun begins again with the same order."""
        self.close()
        torch = sys.modules["torch"]
        torch.set_rng_state(torch.from_numpy(state["pass" if state["begun"] else "now"]))

    def on_epoch_begin(self) -> None:
        """Note that a pass is under way."""
        self._begun = True

    def on_epoch_end(self) -> None:
        """Note that no pass is under way."""
        self._begun = False


class IterableAdapter(Stream):
    """Batches of any object that can be iterated anew for each epoch."""

    def __init__(self, data: Iterable[Any], class_weight: _ClassWeight = None) -> None:
        super().__init__(data, class_weight)
        self._data = data
        self.num_batches = _length(data)

    def open(self, epoch: int) -> Iterable[Any]:
        """Begin a pass over the data."""
        return iter(self._data)


def _length(data: Any) -> int | None:
    try:
        return len(data)
    except TypeError:  # no length, or one that isn't known
        return None


def refuse(argument: str, value: Any, data: Any) -> None:
    """Raise where an argument makes no sense for data that come in batches."""
    if value is not None:
        raise ArgumentError(
            f"fit({argument}=…)", f"{type(data).__name__} to yield everything itself", f"a value for {argument}",
            "Let it yield (x, y) or (x, y, sample_weight), and leave the argument out.",
        )  # fmt: skip
