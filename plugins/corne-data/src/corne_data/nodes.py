"""What data sets are made of: each node returns a sample by its index and the epoch."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from corne import tree
from corne.errors import CorneError, ShapeError
from numpy.typing import NDArray

Indices = NDArray[np.intp]


class SkippedSample(Exception):
    """A sample that can't be read and is left out."""


class Node(ABC):
    """Samples by index. The same index and epoch give the same sample, whichever thread asks."""

    #: Number of samples; None for endless ones.
    size: int | None
    #: The nodes whose samples this one uses.
    sources: tuple[Node, ...] = ()

    @abstractmethod
    def get(self, index: int, epoch: int) -> Any:
        """Return sample ``index`` in the order of ``epoch``."""

    def gather(self, indices: Indices, epoch: int) -> Any:
        """Return samples stacked to one batch; those that can't be read are left out."""
        samples = self.collect(indices, epoch)
        try:
            return tree.map_structure(lambda *leaves: _stack(leaves), *samples)
        except ValueError as error:
            shapes = sorted({str(tree.map_structure(np.shape, sample)) for sample in samples})
            raise ShapeError(
                f"samples {indices[0]} to {indices[-1]} of epoch {epoch}", "samples of one shape in a batch",
                " and ".join(shapes[:3]), "Map them to one shape before batch().",
            ) from error  # fmt: skip

    def collect(self, indices: Indices, epoch: int) -> list[Any]:
        """Return a list of samples; those that can't be read are left out."""
        samples = []
        for index in indices.tolist():
            try:
                samples.append(self.located(index, epoch))
            except SkippedSample:
                continue
        if not samples:
            raise SkippedSample
        return samples

    def located(self, index: int, epoch: int) -> Any:
        """Return a sample; an error carries a note with the sample's index and path."""
        try:
            return self.get(index, epoch)
        except Exception as error:
            if not isinstance(error, SkippedSample) and not getattr(error, "__notes__", None):
                path = self.path(index, epoch)
                error.add_note(f"in sample {index} of epoch {epoch}" + (f", {path}" if path else ""))
            raise

    def walk(self) -> Iterator[Node]:
        """Yield this node and those it is made of."""
        yield self
        for source in self.sources:
            yield from source.walk()

    def path(self, index: int, epoch: int | None) -> str | None:
        """Return the file of a sample, where it has one; ``epoch=None`` asks for the order before shuffling."""
        return None

    @property
    def is_pure(self) -> bool:
        """Whether index and epoch alone decide a sample, so that reading can start anywhere."""
        return all(source.is_pure for source in self.sources)

    @property
    def is_shuffled(self) -> bool:
        """Whether the order differs from epoch to epoch."""
        return any(source.is_shuffled for source in self.sources)

    @property
    def is_slow(self) -> bool:
        """Whether a sample takes work that threads can share."""
        return any(source.is_slow for source in self.sources)


def _stack(leaves: Sequence[Any]) -> NDArray[Any]:
    if isinstance(leaves[0], str):
        return np.array(leaves, dtype=np.dtypes.StringDType())
    return np.stack(leaves)


class Arrays(Node):
    """Rows of arrays.

    Args:
        structure: Arrays of one length, nested in tuples and dicts.
        size: That length.
    """

    def __init__(self, structure: Any, size: int) -> None:
        self._structure, self.size = structure, size

    def get(self, index: int, epoch: int) -> Any:
        return tree.map_structure(lambda leaf: leaf[index], self._structure)

    def gather(self, indices: Indices, epoch: int) -> Any:
        first, last = int(indices[0]), int(indices[-1])
        rows: Any = indices
        if last - first + 1 == len(indices) and np.array_equal(indices, np.arange(first, last + 1)):
            rows = slice(first, last + 1)  # a view, no copy
        return tree.map_structure(lambda leaf: leaf[rows], self._structure)


class Items(Node):
    """Items of a sequence, such as a list or PyTorch's map-style data set."""

    def __init__(self, items: Any) -> None:
        self._items, self.size = items, len(items)

    def get(self, index: int, epoch: int) -> Any:
        return self._items[index]

    @property
    def is_pure(self) -> bool:
        return isinstance(self._items, (list, tuple, np.ndarray))


class Files(Node):
    """Files, read when they are asked for.

    Args:
        paths: The files.
        read: Returns the content of one.
        skip: Whether files that can't be read are left out; they are noted in ``skipped``.
    """

    def __init__(self, paths: Sequence[str], read: Callable[[str], Any], skip: bool = False) -> None:
        self.paths, self._read, self._skip = list(paths), read, skip
        self.size = len(self.paths)
        self.skipped: dict[str, str] = {}

    def get(self, index: int, epoch: int) -> Any:
        path = self.paths[index]
        try:
            return self._read(path)
        except (CorneError, OSError, ValueError) as error:
            if not self._skip:
                raise
            self.skipped[path] = str(error)
            raise SkippedSample from error

    def path(self, index: int, epoch: int | None) -> str | None:
        return self.paths[index]

    @property
    def is_pure(self) -> bool:
        return not self._skip  # else how many batches come before one isn't known

    @property
    def is_slow(self) -> bool:
        return True


class Reindexed(Node):
    """Some samples of another node, in the same or another order.

    Args:
        source: The other node.
        size: How many; None for endless ones.
        places: Returns the other node's indices for indices of this one.
    """

    def __init__(self, source: Node, size: int | None, places: Callable[[Any], Any]) -> None:
        self.sources, self.size, self._places = (source,), size, places

    def get(self, index: int, epoch: int) -> Any:
        return self.sources[0].get(int(self._places(index)), epoch)

    def gather(self, indices: Indices, epoch: int) -> Any:
        return self.sources[0].gather(self._places(indices), epoch)

    def path(self, index: int, epoch: int | None) -> str | None:
        return self.sources[0].path(int(self._places(index)), epoch)


class Shuffled(Node):
    """Another node's samples, in an order that the seed and the epoch decide.

    Source: permutations drawn from Philox, Salmon et al. 2011, https://doi.org/10.1145/2063384.2063405
    """

    def __init__(self, source: Node, seed: int, reshuffle: bool) -> None:
        assert source.size is not None
        self.sources, self.size, self.seed = (source,), source.size, seed
        self._length, self._reshuffle = source.size, reshuffle
        self._drawn = lru_cache(maxsize=2)(self._draw)

    def _draw(self, seed: int, epoch: int) -> Indices:
        return generator(seed, epoch).permutation(self._length)

    def _order(self, epoch: int) -> Indices:
        return self._drawn(self.seed, epoch if self._reshuffle else 0)

    def get(self, index: int, epoch: int) -> Any:
        return self.sources[0].get(int(self._order(epoch)[index]), epoch)

    def gather(self, indices: Indices, epoch: int) -> Any:
        return self.sources[0].gather(self._order(epoch)[indices], epoch)

    def path(self, index: int, epoch: int | None) -> str | None:
        return self.sources[0].path(index if epoch is None else int(self._order(epoch)[index]), epoch)

    @property
    def is_shuffled(self) -> bool:
        return True


def generator(seed: int, epoch: int, index: int = 0) -> np.random.Generator:
    """Return random numbers that depend on a seed, an epoch and a sample's index only."""
    key = np.array([seed, epoch], dtype="uint64")
    counter = np.array([0, 0, 0, index], dtype="uint64")
    return np.random.Generator(np.random.Philox(key=key, counter=counter))
