"""split_dataset: a data set as two."""

from __future__ import annotations

from typing import Any

import numpy as np
from corne import checks
from corne.errors import ArgumentError, DataError, DTypeError
from corne.random.seed_generator import make_default_seed

from corne_data.dataset import Dataset
from corne_data.nodes import Reindexed, generator
from corne_data.transforms import Batched

_NAME = "split_dataset"


def split_dataset(
    dataset: Any,
    left_size: float | None = None,
    right_size: float | None = None,
    shuffle: bool = False,
    seed: int | None = None,
    preferred_backend: str | None = None,
) -> tuple[Dataset, Dataset]:
    """Return two parts of a data set, for training and testing, say. No sample is read.

    Args:
        dataset: A :class:`Dataset`, an array, a list, tuple or dict of arrays, or anything with ``len`` and items by
            index. Batches are split by their samples and batched as before.
        left_size: Samples of the first part: a number, or a fraction as a float between 0 and 1. Default None:
            what the second leaves.
        right_size: Samples of the second part. Default None: what the first leaves.
        shuffle: Whether samples are drawn for the parts. Default False: the first and the last ones.
        seed: Decides the draw. Default None: drawn from Python's ``random``.
        preferred_backend: "tensorflow", "torch", "jax" or "numpy"; a :class:`Dataset` in any case. Default None.

    Raises:
        ArgumentError: No size, or sizes that don't fit.

    >>> left, right = split_dataset(np.arange(10), left_size=0.8)
    >>> len(left), [int(x) for x in right]
    (8, [8, 9])
    """
    if preferred_backend is not None:
        known = ("tensorflow", "torch", "jax", "numpy")
        checks.one_of(f"{_NAME}(preferred_backend=…)", preferred_backend, known)
    source = _as_dataset(dataset)
    batched = source.node if isinstance(source.node, Batched) else None
    node = source.node if batched is None else batched.sources[0]
    if node.size is None:
        raise DataError(f"{_NAME}(dataset)", "a data set with an end", "an endless one")
    left, right = _sizes(left_size, right_size, node.size)
    order = np.arange(node.size)
    if checks.boolean(f"{_NAME}(shuffle=…)", shuffle):
        seed = make_default_seed() if seed is None else checks.integer(f"{_NAME}(seed=…)", seed, 0)
        order = generator(seed, 0).permutation(node.size)
    parts = []
    for indices in (order[:left], order[node.size - right :]):
        part = Dataset(Reindexed(node, len(indices), indices.__getitem__), source.class_names)
        parts.append(part if batched is None else part.batch(batched.batch_size, batched.drop_remainder))
    return parts[0], parts[1]


def _as_dataset(data: Any) -> Dataset:
    if isinstance(data, Dataset):
        return data
    if isinstance(data, (np.ndarray, dict)):
        return Dataset.from_arrays(data)
    if isinstance(data, (list, tuple)):
        return Dataset.from_arrays(*data)
    if hasattr(data, "__len__") and hasattr(data, "__getitem__"):
        return Dataset.from_iterable(data)
    raise DTypeError(f"{_NAME}(dataset)", "a data set, or arrays", f"a {type(data).__name__}")


def _sizes(left: float | None, right: float | None, total: int) -> tuple[int, int]:
    if left is None and right is None:
        raise ArgumentError(f"{_NAME}(…)", "left_size or right_size", "neither")
    counts = [_count(name, size, total) for name, size in (("left_size", left), ("right_size", right))]
    first = total - counts[1] if counts[0] is None and counts[1] is not None else counts[0]
    second = total - first if counts[1] is None and first is not None else counts[1]
    assert first is not None
    assert second is not None
    if not (first and second) or first + second > total:
        raise ArgumentError(
            f"{_NAME}(…)", f"two parts of {total} samples, neither empty", f"{first} and {second} samples"
        )
    return first, second


def _count(name: str, size: float | None, total: int) -> int | None:
    if size is None:
        return None
    where = f"{_NAME}({name}=…)"
    if isinstance(size, float):
        return round(checks.number(where, size, above=0, below=1) * total)
    return checks.integer(where, size, 1, total - 1)
