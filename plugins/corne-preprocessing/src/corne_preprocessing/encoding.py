"""Class numbers as vectors, in NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
from corne import checks
from corne.backend import Shape

from corne_preprocessing.sources import HostArray


def output_mode(where: str, value: Any, *, tf_idf: bool = False) -> str:
    """Return an output mode by its one name; "binary" and "tf-idf" are older names.

    Raises:
        ArgumentError: Another one.
    """
    choices = ("int", "one_hot", "multi_hot", "count", *(("tf_idf",) if tf_idf else ()))
    older = {"binary": "multi_hot", "tf-idf": "tf_idf"}
    return str(checks.one_of(where, older.get(value, value) if isinstance(value, str) else value, choices))


def encoded_shape(shape: Shape, mode: str, depth: int | None) -> Shape:
    """Return the shape of :func:`encode`'s result."""
    if mode == "int":
        return tuple(shape)
    if mode == "one_hot" and not (len(shape) > 1 and shape[-1] == 1):
        return (*shape, depth)
    return (*shape[:-1], depth)


def encode(ids: HostArray, mode: str, depth: int) -> HostArray:
    """Return class numbers as they are, or as vectors of ``depth`` numbers.

    Numbers out of range leave no trace. The samples of "multi_hot" and "count" lie along the last axis.
    """
    if mode == "int":
        return ids
    shape = encoded_shape(ids.shape, mode, depth)
    flat = ids.reshape(-1, 1) if mode == "one_hot" else ids.reshape(-1, ids.shape[-1] if ids.ndim else 1)
    rows = np.repeat(np.arange(len(flat)), flat.shape[1])
    return count(rows, flat.reshape(-1), len(flat), depth, mode).reshape(tuple(size or 0 for size in shape))


def count(rows: HostArray, ids: HostArray, size: int, depth: int, mode: str) -> HostArray:
    """Return how often each class occurs in each row, as a matrix; whether it does, unless mode is "count"."""
    inside = (ids >= 0) & (ids < depth)
    counts = np.bincount(rows[inside] * depth + ids[inside], minlength=size * depth).reshape(size, depth)
    return counts if mode in ("count", "tf_idf") else np.minimum(counts, 1)
