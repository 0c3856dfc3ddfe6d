"""Dataset: samples by index, shuffled, changed and batched as they are read."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from corne import backend, checks, tree
from corne.errors import ArgumentError, DataError
from corne.layer import Layer
from corne.plugins import registry
from corne.random.seed_generator import SeedGenerator, make_default_seed

from corne_data.engine import default_workers, ordered
from corne_data.nodes import Arrays, Files, Items, Node, Reindexed, Shuffled, SkippedSample
from corne_data.transforms import Batched, Cached, Concatenated, Mapped, PaddedBatched, Repeated, Zipped

_MOST = 2**64 - 1


@dataclass(frozen=True)
class ElementSpec:
    """Shape and dtype of an array in a data set's elements; None for the size of a batch."""

    shape: tuple[int | None, ...]
    dtype: str


class Dataset:
    """Samples by index, read when they are asked for.

    Each method returns a new data set. Iterating yields the elements of one epoch after another: the first
    ``iter()`` gives epoch 0, the next one epoch 1. A sample depends on the seeds, the epoch and its index
    alone, so any number of threads gives the same numbers, and interrupted training resumes where it stopped.
    ``fit``, ``evaluate``, ``predict`` and ``adapt`` take data sets.

    >>> data = Dataset.from_arrays(np.arange(5)).map(lambda x: x * 10).batch(2)
    >>> [batch.tolist() for batch in data]
    [[0, 10], [20, 30], [40]]
    """

    def __init__(
        self,
        node: Node,
        class_names: Sequence[str] | None = None,
        workers: int | None = None,
        ahead: int = 2,
    ) -> None:
        self.node, self._workers, self._ahead = node, workers, ahead
        #: Names of the classes, where labels come from folders.
        self.class_names = None if class_names is None else list(class_names)
        self._epoch = 0

    @classmethod
    def from_arrays(cls, *arrays: Any) -> Dataset:
        """Return the rows of arrays: one array gives arrays, several give tuples.

        Args:
            *arrays: Arrays, or nested dicts and tuples of them, all with as many rows.

        Raises:
            DataError: No array, or arrays of different lengths.
        """
        structure = tree.map_structure(
            lambda a: a if isinstance(a, np.ndarray) else np.asarray(a),
            arrays[0] if len(arrays) == 1 else arrays,
        )
        lengths = {len(leaf) if leaf.ndim else -1 for leaf in tree.flatten(structure)}
        if len(lengths) != 1 or -1 in lengths:
            raise DataError(
                "Dataset.from_arrays(…)", "arrays with as many rows each", f"lengths {sorted(lengths)}"
            )
        return cls(Arrays(structure, lengths.pop()))

    @classmethod
    def from_files(
        cls,
        paths: Sequence[str | os.PathLike[str]],
        labels: Any = None,
        read: Callable[..., Any] | None = None,
        on_error: str = "raise",
        **options: Any,
    ) -> Dataset:
        """Return the contents of files, with labels if there are any.

        Args:
            paths: The files.
            labels: One label for each file. Default None: no labels.
            read: Returns the content of a path. Default None: what plugins register for its ending.
            on_error: "raise", or "skip" to leave out what can't be read; ``skipped`` lists it.
            **options: Passed to ``read``.

        Raises:
            DataError: No files, or labels of another length.
            UnknownNameError: An ending that no installed plugin reads.
        """
        checks.one_of("Dataset.from_files(on_error=…)", on_error, ("raise", "skip"))
        names = [os.fspath(path) for path in paths]
        if not names:
            raise DataError("Dataset.from_files(paths)", "at least one file", "none")
        if read is None:
            for ending in {os.path.splitext(name)[1].lower() for name in names}:
                registry.get("readers", ending)

        def content(path: str) -> Any:
            reader = read or registry.get("readers", os.path.splitext(path)[1].lower())
            return reader(path, **options)

        files = Files(names, content, on_error == "skip")
        if labels is None:
            return cls(files)
        labels = np.asarray(labels)
        if len(labels) != len(names):
            raise DataError(
                "Dataset.from_files(labels=…)", f"{len(names)} labels, one for each file", f"{len(labels)}"
            )
        return cls(Zipped(files, Arrays(labels, len(labels))))

    @classmethod
    def from_iterable(cls, items: Iterable[Any]) -> Dataset:
        """Return the items of a sequence. Another iterable is read into memory at once.

        Args:
            items: Samples. Anything with ``len`` and items by index, such as PyTorch's map-style data sets, is
                read sample by sample. Pass iterables larger than memory to ``fit`` itself.
        """
        if hasattr(items, "__len__") and hasattr(items, "__getitem__"):
            return cls(Items(items))
        return cls(Items(list(items)))

    @classmethod
    def zip(cls, *datasets: Dataset) -> Dataset:
        """Return tuples of the elements of several data sets, as many as the shortest has."""
        if not datasets:
            raise ArgumentError("Dataset.zip(…)", "at least one data set", "none")
        return cls(Zipped(*(dataset.node for dataset in datasets)), datasets[0].class_names)

    def shuffle(self, seed: int | None = None, reshuffle_each_iteration: bool = True) -> Dataset:
        """Return the elements in another order, drawn over all of them.

        Args:
            seed: Decides the orders. Default None: drawn from Python's ``random``.
            reshuffle_each_iteration: Whether each epoch has an order of its own. Default True.
        """
        seed = make_default_seed() if seed is None else checks.integer("shuffle(seed=…)", seed, 0, _MOST)
        self._sized("shuffle()")
        return self._with(
            Shuffled(
                self.node,
                seed,
                checks.boolean("shuffle(reshuffle_each_iteration=…)", reshuffle_each_iteration),
            )
        )

    def map(
        self, function: Callable[..., Any], num_parallel_calls: int | None = None, seed: int | None = None
    ) -> Dataset:
        """Return what a function makes of each element.

        Args:
            function: Called with the parts of a tuple, or with the element. A layer is applied to the first
                part, ``x``; the others stay.
            num_parallel_calls: Threads that make elements. Default None: what the files need, else none.
            seed: If given, the function also gets ``random=``, a NumPy generator that depends on the seed, the
                epoch and the element's index only. Default None.

        Raises:
            ArgumentError: A layer that draws random numbers of its own; it belongs into the model.
        """
        if isinstance(function, Layer):
            function = _applied(function)
        elif not callable(function):
            raise ArgumentError("map(function)", "a function or a layer", repr(function))
        if seed is not None:
            seed = checks.integer("map(seed=…)", seed, 0, _MOST)
        mapped = self._with(Mapped(self.node, function, seed))
        if num_parallel_calls is not None:
            calls = checks.integer("map(num_parallel_calls=…)", num_parallel_calls, -1)
            mapped._workers = None if calls == -1 else calls
        return mapped

    def map_inputs(self, function: Callable[[Any], Any]) -> Dataset:
        """Return batches with ``x`` changed by a function; samples are batched by 32 if they aren't yet."""
        batches = self if self.is_batched else self.batch(32)
        return batches.map(lambda x, *rest: (function(x), *rest) if rest else function(x))

    def batch(self, batch_size: int, drop_remainder: bool = False) -> Dataset:
        """Return batches: arrays of elements, one axis more.

        Args:
            batch_size: Elements in a batch.
            drop_remainder: Whether to leave out a last batch with fewer. Default False.
        """
        size = checks.integer("batch(batch_size=…)", batch_size, 1)
        return self._with(Batched(self.node, size, checks.boolean("batch(drop_remainder=…)", drop_remainder)))

    def padded_batch(self, batch_size: int, drop_remainder: bool = False) -> Dataset:
        """Return batches of arrays of different lengths, padded with zeros to the longest one.

        Args:
            batch_size: Elements in a batch.
            drop_remainder: Whether to leave out a last batch with fewer. Default False.

        >>> data = Dataset.from_iterable([np.array([1]), np.array([2, 3])])
        >>> next(iter(data.padded_batch(2))).tolist()
        [[1, 0], [2, 3]]
        """
        size = checks.integer("padded_batch(batch_size=…)", batch_size, 1)
        drop = checks.boolean("padded_batch(drop_remainder=…)", drop_remainder)
        return self._with(PaddedBatched(self.node, size, drop))

    def take(self, count: int) -> Dataset:
        """Return the first ``count`` elements; -1 for all."""
        count = checks.integer("take(count)", count, -1)
        size = self.node.size
        kept = size if count == -1 else count if size is None else min(count, size)
        return self._with(Reindexed(self.node, kept, lambda index: index))

    def skip(self, count: int) -> Dataset:
        """Return all but the first ``count`` elements; -1 leaves none."""
        count, size = checks.integer("skip(count)", count, -1), self._sized("skip()")
        count = size if count == -1 else min(count, size)
        return self._with(Reindexed(self.node, size - count, lambda index: index + count))

    def shard(self, num_shards: int, index: int) -> Dataset:
        """Return every ``num_shards``-th element, from number ``index`` on.

        >>> list(Dataset.from_arrays(np.arange(7)).shard(3, 1).as_numpy_iterator())
        [np.int64(1), np.int64(4)]
        """
        number = checks.integer("shard(num_shards)", num_shards, 1)
        first, size = checks.integer("shard(index)", index, 0, number - 1), self._sized("shard()")
        return self._with(Reindexed(self.node, len(range(first, size, number)), lambda i: first + i * number))

    def repeat(self, count: int | None = None) -> Dataset:
        """Return the elements ``count`` times; without end for None or -1."""
        count = None if count in (None, -1) else checks.integer("repeat(count=…)", count, 0)
        if not self._sized("repeat()"):
            raise DataError("repeat()", "a data set with elements", "an empty one")
        return self._with(Repeated(self.node, count))

    def concatenate(self, dataset: Dataset) -> Dataset:
        """Return these elements, then those of another data set."""
        self._sized("concatenate()")
        return self._with(Concatenated(self.node, dataset.node))

    def cache(self) -> Dataset:
        """Return elements that are made once and kept in memory; map what varies after this."""
        return self._with(Cached(self.node))

    def prefetch(self, buffer_size: int, workers: int | None = None) -> Dataset:
        """Return the same elements, made ahead by threads.

        Args:
            buffer_size: Elements that each thread makes ahead; -1 for the default, 2.
            workers: Number of threads; 0 for none. Default None: one for arrays, up to four for files.
        """
        ahead = checks.integer("prefetch(buffer_size)", buffer_size, -1)
        count = None if workers is None else checks.integer("prefetch(workers=…)", workers, 0)
        if count is None and self._workers is None and not self.node.is_slow:
            count = 1
        result = self._with(self.node)
        result._ahead = 2 if ahead == -1 else max(ahead, 1)
        result._workers = self._workers if count is None else count
        return result

    def iterate(self, epoch: int, start: int = 0) -> Iterator[Any]:
        """Yield the elements of an epoch.

        Args:
            epoch: Its number, from 0.
            start: Index of the first element; those before it aren't made. Default 0.
        """
        size = self.node.size
        indices = itertools.count(start) if size is None else range(start, size)
        workers = self._workers
        if workers is None:
            workers = default_workers() if self.node.is_slow else 0

        def make(index: int) -> Any:
            try:
                return self.node.located(index, epoch)
            except SkippedSample:
                return SkippedSample

        for element in ordered(make, indices, workers, self._ahead):
            if element is not SkippedSample:
                yield element

    def __iter__(self) -> Iterator[Any]:
        epoch, self._epoch = self._epoch, self._epoch + 1
        return self.iterate(epoch)

    def as_numpy_iterator(self) -> Iterator[Any]:
        """Return an iterator over the elements, which hold NumPy arrays anyway."""
        return iter(self)

    def __len__(self) -> int:
        return self._sized("len()")

    def __getitem__(self, index: int) -> Any:
        """Return an element of epoch 0."""
        size = len(self)
        if not -size <= index < size:
            raise IndexError(f"a data set of {size} elements has no element {index}")
        return self.node.located(int(index) % size, 0)

    @property
    def is_batched(self) -> bool:
        """Whether the elements are batches."""
        return any(isinstance(node, Batched) for node in self.node.walk())

    @property
    def element_spec(self) -> Any:
        """Shapes and dtypes of an element, nested as it is. It is learned from the first one."""
        first = next(self.take(1).iterate(0), None)
        if first is None:
            raise DataError("element_spec", "at least one element", "an empty data set")
        varies = self.is_batched

        def spec(leaf: Any) -> ElementSpec:
            array = leaf if hasattr(leaf, "shape") else np.asarray(leaf)
            shape = tuple(int(size) for size in array.shape)
            return ElementSpec((None, *shape[1:]) if varies else shape, str(array.dtype))

        return tree.map_structure(spec, first)

    @property
    def file_paths(self) -> list[str] | None:
        """Paths of the samples in the data set's own order, before ``shuffle``: entry i belongs to sample i.

        None where samples are no files, or where an epoch decides which ones are taken.
        """
        node = self.node
        while isinstance(node, (Batched, Shuffled, Mapped)):
            node = node.sources[0]
        if node.size is None or node.is_shuffled:
            return None
        paths = [node.path(index, None) for index in range(node.size)]
        found = [path for path in paths if path is not None]
        return found if found and len(found) == len(paths) else None

    @property
    def skipped(self) -> dict[str, str]:
        """Files that were left out with ``on_error="skip"`` so far, and why."""
        found: dict[str, str] = {}
        for node in self.node.walk():
            if isinstance(node, Files):
                found.update(node.skipped)
        return found

    def _sized(self, what: str) -> int:
        if self.node.size is None:
            raise DataError(what, "a data set with an end", "an endless one", "Call take(n) before it.")
        return self.node.size

    def _with(self, node: Node) -> Dataset:
        return Dataset(node, self.class_names, self._workers, self._ahead)


def _applied(layer: Layer) -> Callable[..., Any]:
    parts = [layer, *getattr(layer, "layers", [])]
    if any(isinstance(value, SeedGenerator) for part in parts for value in vars(part).values()):
        raise ArgumentError(
            "map(layer)", "a layer without random numbers", f"{layer.name}, which draws them",
            "Put it into the model, or map a function with seed=.",
        )  # fmt: skip

    def apply(x: Any, *rest: Any) -> Any:
        result = tree.map_structure(backend.active().to_numpy, layer(x))
        return (result, *rest) if rest else result

    return apply
