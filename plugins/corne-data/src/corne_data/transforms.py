"""Nodes that change samples or put several together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from corne import tree

from corne_data.nodes import Indices, Node, generator


class Mapped(Node):
    """What a function returns for another node's samples.

    Args:
        source: The other node.
        function: Called with the parts of a sample.
        seed: If given, the function also gets ``random=``, a NumPy generator of the sample's own.
    """

    def __init__(self, source: Node, function: Callable[..., Any], seed: int | None = None) -> None:
        self.sources, self.size = (source,), source.size
        self._function, self._seed = function, seed

    def get(self, index: int, epoch: int) -> Any:
        sample = self.sources[0].get(index, epoch)
        parts = sample if isinstance(sample, tuple) else (sample,)
        if self._seed is None:
            return self._function(*parts)
        return self._function(*parts, random=generator(self._seed, epoch, index))

    def path(self, index: int, epoch: int | None) -> str | None:
        return self.sources[0].path(index, epoch)

    @property
    def is_pure(self) -> bool:
        return self._seed is not None and super().is_pure  # else it may draw from anywhere


class Batched(Node):
    """Another node's samples, stacked."""

    def __init__(self, source: Node, batch_size: int, drop_remainder: bool) -> None:
        self.sources, self.batch_size, self.drop_remainder = (source,), batch_size, drop_remainder
        size = source.size
        self.size = None if size is None else size // batch_size if drop_remainder else -(-size // batch_size)

    def get(self, index: int, epoch: int) -> Any:
        return self.sources[0].gather(self._places(index), epoch)

    def _places(self, index: int) -> Indices:
        size, first = self.sources[0].size, index * self.batch_size
        last = first + self.batch_size if size is None else min(first + self.batch_size, size)
        return np.arange(first, last)


class PaddedBatched(Batched):
    """Another node's samples, padded with zeros to the longest of a batch and stacked."""

    def get(self, index: int, epoch: int) -> Any:
        samples = self.sources[0].collect(self._places(index), epoch)
        return tree.map_structure(lambda *leaves: np.stack(_padded(leaves)), *samples)


def _padded(leaves: Sequence[Any]) -> list[Any]:
    arrays = [np.asarray(leaf) for leaf in leaves]
    longest = np.max([array.shape for array in arrays], axis=0)
    return [
        np.pad(array, [(0, int(n) - m) for n, m in zip(longest, array.shape, strict=True)])
        if array.ndim
        else array
        for array in arrays
    ]


class Repeated(Node):
    """Another node's samples several times over, each time those of another epoch."""

    def __init__(self, source: Node, count: int | None) -> None:
        assert source.size is not None
        self.sources, self._count, self._of_one = (source,), count, source.size
        self.size = None if count is None else source.size * count

    def get(self, index: int, epoch: int) -> Any:
        passed, place = divmod(index, self._of_one)
        return self.sources[0].get(place, epoch * (self._count or 1) + passed)

    def path(self, index: int, epoch: int | None) -> str | None:
        passed, place = divmod(index, self._of_one)
        return self.sources[0].path(place, None if epoch is None else epoch * (self._count or 1) + passed)


class Zipped(Node):
    """Samples of several nodes side by side, as many as the shortest has."""

    def __init__(self, *sources: Node) -> None:
        self.sources = sources
        self.size = min((source.size for source in sources if source.size is not None), default=None)

    def get(self, index: int, epoch: int) -> Any:
        return tuple(source.get(index, epoch) for source in self.sources)

    def gather(self, indices: Indices, epoch: int) -> Any:
        if not self.is_pure:  # a sample may be left out, of all sources alike
            return super().gather(indices, epoch)
        return tuple(source.gather(indices, epoch) for source in self.sources)

    def path(self, index: int, epoch: int | None) -> str | None:
        paths = (source.path(index, epoch) for source in self.sources)
        return next((path for path in paths if path is not None), None)


class Concatenated(Node):
    """One node's samples, then another's."""

    def __init__(self, first: Node, second: Node) -> None:
        assert first.size is not None
        self.sources, self._limit = (first, second), first.size
        self.size = None if second.size is None else first.size + second.size

    def get(self, index: int, epoch: int) -> Any:
        if index < self._limit:
            return self.sources[0].get(index, epoch)
        return self.sources[1].get(index - self._limit, epoch)

    def path(self, index: int, epoch: int | None) -> str | None:
        if index < self._limit:
            return self.sources[0].path(index, epoch)
        return self.sources[1].path(index - self._limit, epoch)


class Cached(Node):
    """Another node's samples, kept in memory once they were made: those of epoch 0, for every epoch."""

    def __init__(self, source: Node) -> None:
        self.sources, self.size = (source,), source.size
        self._kept: dict[int, Any] = {}

    def get(self, index: int, epoch: int) -> Any:
        if index not in self._kept:
            self._kept[index] = self.sources[0].get(index, 0)
        return self._kept[index]

    def path(self, index: int, epoch: int | None) -> str | None:
        return self.sources[0].path(index, None if epoch is None else 0)

    @property
    def is_shuffled(self) -> bool:
        return False
