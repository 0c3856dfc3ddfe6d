"""ArrayAdapter: arrays in memory, converted once, batches taken by index."""

from __future__ import annotations

import itertools
import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from corne import backend as backends
from corne import ops, tree
from corne.errors import ArgumentError
from corne.random.seed_generator import make_default_seed
from corne.training.adapters.adapter import DataAdapter
from corne.training.adapters.arrays import Arrays
from corne.training.adapters.batch_recorder import BatchRecorder
from corne.training.adapters.prepare import NAMES, check_batch_size, class_numbers, weighted_by_class
from corne.training.fingerprints import fingerprint

#: Bytes that shuffling gathers at once. One gather for many batches costs what one for a single batch does
#: while the rows are few; a few MiB stay in the processor's cache.
_GATHERED = 1 << 21


class ArrayAdapter(DataAdapter):
    """Batches out of arrays.

    Args:
        arrays: Inputs, targets and weights.
        batch_size: Samples in a batch. Default 32, or what makes ``steps`` batches.
        shuffle: Whether each epoch has an order of its own; "batch" shuffles whole batches.
        class_weight: Factor for each class number, multiplied into the sample weights.
        steps: Batches wanted in an epoch, where no batch size is given.
        seed: Decides the orders. Default: drawn from Python's ``random``.

    Raises:
        ArgumentError: A batch size that isn't positive, or an unusable class_weight.
    """

    size: int

    def __init__(
        self,
        arrays: Arrays,
        batch_size: int | None = None,
        shuffle: bool | str = False,
        class_weight: Mapping[int, float] | None = None,
        steps: int | None = None,
        seed: int | None = None,
    ) -> None:
        if not isinstance(shuffle, bool) and shuffle != "batch":
            raise ArgumentError("fit(shuffle=…)", "True, False or 'batch'", repr(shuffle), "")
        x, y, sample_weight = arrays.parts
        self.size = arrays.size
        if batch_size is None and steps:
            batch_size = -(-self.size // steps)
        self.batch_size: int = check_batch_size(batch_size)
        if class_weight is not None:
            _warn_of_absent(class_weight, class_numbers(y))
            sample_weight = weighted_by_class(y, class_weight, sample_weight)
        backend = backends.active()
        alone = y is None and sample_weight is None
        parts = (x,) if alone else (x, y) if sample_weight is None else (x, y, sample_weight)
        self._leaves = [None if a is None else backend.asarray(a) for a in tree.flatten(parts)]
        self._structure = None if all(hasattr(part, "shape") for part in parts) else parts
        self._is_bare = alone and not isinstance(x, (tuple, list))  # a batch is an array or a dict, no tuple
        self._shuffle, self._seed = shuffle, make_default_seed() if seed is None and shuffle else seed
        self.num_batches = -(-self.size // self.batch_size)

    def attach(self, recorder: BatchRecorder, check_targets: Callable[[Any], None] | None = None) -> None:
        """Take nothing: arrays draw no random numbers, and the loop checks their targets all at once."""

    def batches(self, epoch: int) -> Iterator[Any]:
        """Yield the epoch's batches; the last one may be smaller."""
        size, last = self.batch_size, self.size
        if not self._shuffle:
            for start in range(0, last, size):
                yield self._cut(self._leaves, start)
            return
        order = backends.active().asarray(self._order(epoch))
        step = self._rows_at_once()
        for begin in range(0, last, step):
            index = order[begin : begin + step]
            rows = [None if a is None else ops.take(a, index, axis=0) for a in self._leaves]
            cuts = range(size, min(step, last - begin), size)
            parts = [itertools.repeat(None) if a is None else ops.split(a, cuts) for a in rows]
            for leaves in zip(*parts, strict=False):
                yield self._pack(list(leaves))

    def sample(self) -> Any:
        """Return all data: they are in memory."""
        return self._pack(self._leaves)

    def describe(self) -> dict[str, Any]:
        """Return dtype, shape and a fingerprint of x, y and the sample weights."""
        backend, texts = backends.active(), {}
        parts = (self.sample(),) if self._is_bare else self.sample()
        for name, part in zip(NAMES, parts, strict=False):
            leaves = [part] if hasattr(part, "shape") else [a for a in tree.flatten(part) if a is not None]
            kinds = ", ".join(f"{backend.dtype_name(a)} {tuple(a.shape)}" for a in leaves)
            texts[name] = f"{kinds}, values {fingerprint(leaves)}" if leaves else None
        return {"kind": "arrays", "shuffle": self._shuffle, **texts}

    def get_state(self) -> dict[str, Any]:
        """Return what decides on the orders."""
        return {"seed": self._seed}

    def set_state(self, state: dict[str, Any]) -> None:
        """Take the orders of another one."""
        self._seed = state["seed"]

    def _cut(self, leaves: list[Any], start: int) -> Any:
        stop = start + self.batch_size
        return self._pack([None if a is None else a[start:stop] for a in leaves])

    def _pack(self, leaves: list[Any]) -> Any:
        if self._structure is None:
            return leaves[0] if self._is_bare else tuple(leaves)
        parts = tree.pack_sequence_as(self._structure, leaves)
        return parts[0] if self._is_bare else parts

    def _rows_at_once(self) -> int:
        """Return how many samples are gathered together: a number of whole batches."""
        backend = backends.active()
        row = sum(
            int(np.prod(a.shape[1:])) * _bytes(backend.dtype_name(a)) for a in self._leaves if a is not None
        )
        return self.batch_size * max(1, _GATHERED // max(1, row * self.batch_size))

    def _order(self, epoch: int) -> np.ndarray[Any, Any]:
        generator = np.random.Generator(np.random.Philox(key=[int(self._seed or 0), epoch]))
        if self._shuffle == "batch":
            starts = generator.permutation(self.num_batches or 0)
            size = self.batch_size
            return np.concatenate([np.arange(s * size, min((s + 1) * size, self.size)) for s in starts])
        return generator.permutation(self.size)


def _warn_of_absent(class_weight: Mapping[int, float], labels: np.ndarray[Any, Any]) -> None:
    absent = sorted(set(map(int, class_weight)) - set(np.unique(labels).tolist()))
    if absent:
        warnings.warn(
            f"fit(class_weight=…) has factors for the classes {absent}, which never occur in y. Are they counted from 0?",
            stacklevel=8,
        )


def _bytes(dtype: str) -> int:
    """Return how many bytes a number of a dtype takes.

    >>> _bytes("bfloat16"), _bytes("bool"), _bytes("float32")
    (2, 1, 4)
    """
    bits = re.search(r"\d+", dtype)
    return 1 if bits is None else max(1, int(bits.group()) // 8)
