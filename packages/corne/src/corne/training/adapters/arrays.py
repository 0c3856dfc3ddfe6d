"""Arrays in memory: converted once, batches taken by index."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from corne import backend as backends
from corne import config, ops, tree
from corne.errors import ArgumentError, DataError
from corne.random.seed_generator import make_default_seed
from corne.training.adapters.adapter import DataAdapter


def is_arrays(data: Any) -> bool:
    """Tell whether ``data`` is an array, a pandas object, or a nested structure of them."""
    leaves = tree.flatten(data)
    return bool(leaves) and all(hasattr(leaf, "shape") or leaf is None for leaf in leaves)


def is_number_list(data: Any) -> bool:
    """Tell whether ``data`` is a (nested) list of plain numbers, which Keras asks to be an array."""
    return isinstance(data, (list, tuple)) and all(
        isinstance(leaf, (int, float, bool)) for leaf in tree.flatten(data)
    )


class ArrayAdapter(DataAdapter):
    """Batches out of arrays.

    Args:
        x: Inputs: arrays (or a structure of them) with the samples along their first axis.
        y: Targets, likewise, or None.
        sample_weight: Weights, likewise, or None.
        batch_size: Samples in a batch. Default 32.
        shuffle: Whether each epoch has an order of its own; "batch" shuffles whole batches.
        class_weight: Factor for each class number, multiplied into the sample weights.
        seed: Decides the orders. Default: drawn from Python's ``random``.

    Raises:
        DataError: Lengths differ, there is no sample, or an array holds objects.
        ArgumentError: A batch size that isn't positive, or an unusable class_weight.
    """

    def __init__(
        self,
        x: Any,
        y: Any = None,
        sample_weight: Any = None,
        batch_size: int | None = None,
        shuffle: bool | str = False,
        class_weight: Mapping[int, float] | None = None,
        seed: int | None = None,
    ) -> None:
        self.batch_size: int = check_batch_size(batch_size)
        if not isinstance(shuffle, bool) and shuffle != "batch":
            raise ArgumentError(
                "fit(shuffle=…)", "True, False or 'batch'", repr(shuffle), "Choose one of them."
            )
        x, y, sample_weight = (
            prepared(name, v) for name, v in (("x", x), ("y", y), ("sample_weight", sample_weight))
        )
        self.size = check_lengths(x, y, sample_weight)
        if class_weight is not None:
            sample_weight = weighted_by_class(y, class_weight, sample_weight)
        backend = backends.active()
        parts = (x,) if y is None else (x, y) if sample_weight is None else (x, y, sample_weight)
        self._data = tree.map_structure(lambda a: None if a is None else backend.asarray(a), parts)
        self._shuffle, self._seed = shuffle, make_default_seed() if seed is None and shuffle else seed
        self.num_batches = -(-self.size // self.batch_size)

    def batches(self, epoch: int) -> Iterator[Any]:
        """Yield the epoch's batches; the last one may be smaller."""
        order = self._order(epoch)
        if order is not None:
            order = backends.active().asarray(order)
        for start in range(0, self.size, self.batch_size):
            stop = min(start + self.batch_size, self.size)
            if order is None:
                yield self._map(lambda a, i=start, j=stop: a[i:j])
            else:
                yield self._map(lambda a, index=order[start:stop]: ops.take(a, index, axis=0))

    def sample(self) -> Any:
        """Return all data: they are in memory."""
        return self._data

    def _map(self, pick: Any) -> Any:
        return tree.map_structure(lambda a: None if a is None else pick(a), self._data)

    def _order(self, epoch: int) -> np.ndarray[Any, Any] | None:
        if not self._shuffle:
            return None
        generator = np.random.Generator(np.random.Philox(key=[int(self._seed or 0), epoch]))
        if self._shuffle == "batch":
            starts = generator.permutation(self.num_batches or 0)
            size = self.batch_size
            return np.concatenate([np.arange(s * size, min((s + 1) * size, self.size)) for s in starts])
        return generator.permutation(self.size)


def check_batch_size(batch_size: Any) -> int:
    """Return a batch size, 32 for None.

    Raises:
        ArgumentError: Not a positive integer.
    """
    if batch_size is None:
        return 32
    if isinstance(batch_size, bool) or not isinstance(batch_size, (int, np.integer)) or batch_size <= 0:
        raise ArgumentError(
            "batch_size", "a positive integer", repr(batch_size), "Pass a number of samples such as 32."
        )
    return int(batch_size)


def prepared(name: str, data: Any) -> Any:
    """Return data with pandas objects as arrays and float64 as floatx.

    Raises:
        DataError: Objects, text or ragged lists.
    """
    if data is None:
        return None
    if is_number_list(data):
        data = np.asarray(data)
    return tree.map_structure(lambda leaf: _prepared_leaf(name, leaf), data)


def _prepared_leaf(name: str, leaf: Any) -> Any:
    if leaf is None:
        return None
    if type(leaf).__module__.startswith("pandas"):
        array = leaf.to_numpy()
        leaf = array[:, None] if array.ndim == 1 else array
    if backends.active().is_array(leaf) and not isinstance(leaf, np.ndarray):
        return leaf
    if not isinstance(leaf, np.ndarray):
        leaf = leaf if hasattr(leaf, "detach") else np.asarray(leaf)
    if isinstance(leaf, np.ndarray):
        if leaf.dtype == object or leaf.dtype.kind in "USMm":
            kind = (
                f"elements of {type(leaf.flat[0]).__name__}"
                if leaf.dtype == object and leaf.size
                else str(leaf.dtype)
            )
            raise DataError(
                name, "an array of numbers", f"dtype {leaf.dtype} ({kind})",
                "Convert it: columns of text to class numbers, lists of different lengths padded to one length.",
            )  # fmt: skip
        if config.check_finite() and leaf.dtype.kind == "f" and not np.isfinite(leaf).all():
            places = np.argwhere(~np.isfinite(leaf))
            raise DataError(
                name, "finite numbers, as check_finite is on",
                f"{len(places)} that are NaN or infinite, the first at index {tuple(map(int, places[0]))}",
                "Drop or fill them, or config.set_check_finite(False).",
            )  # fmt: skip
        if leaf.dtype == np.float64:
            leaf = leaf.astype(config.floatx())
    return leaf


def check_lengths(x: Any, y: Any = None, sample_weight: Any = None) -> int:
    """Return the number of samples that all arrays have.

    Raises:
        DataError: They differ, or there are none.
    """
    lengths = []
    for name, part in (("x", x), ("y", y), ("sample_weight", sample_weight)):
        for path, leaf in tree.flatten_with_path(part):
            if leaf is not None:
                if not len(leaf.shape):
                    raise DataError(
                        name, "an array with samples along its first axis", "a number", "Pass an array."
                    )
                lengths.append((name + "".join(f"[{p!r}]" for p in path), int(leaf.shape[0])))
    if len({length for _, length in lengths}) > 1:
        raise DataError(
            "the data", "the same number of samples in every array",
            ", ".join(f"{length} in {name}" for name, length in lengths),
            "Were some split or filtered and others not?",
        )  # fmt: skip
    if not lengths or lengths[0][1] == 0:
        raise DataError("the data", "at least one sample", "none", "Check how x was loaded or split.")
    return lengths[0][1]


def weighted_by_class(y: Any, class_weight: Mapping[int, float], sample_weight: Any = None) -> Any:
    """Return each sample's class weight, times its own weight if it has one.

    Raises:
        ArgumentError: The targets name no classes.
    """
    if y is None or tree.is_nested(y):
        raise ArgumentError(
            "fit(class_weight=…)", "one array of class labels", "no targets" if y is None else "several outputs",
            "Pass sample_weight for each output instead.",
        )  # fmt: skip
    labels = np.asarray(backends.active().to_numpy(y) if backends.active().is_array(y) else y)
    if labels.ndim > 1 and labels.shape[-1] > 1:
        labels = labels.argmax(-1)
    labels = labels.reshape(labels.shape[:-1]) if labels.ndim > 1 and labels.shape[-1] == 1 else labels
    weights = np.ones(labels.shape, config.floatx())
    for label, weight in class_weight.items():
        weights[np.round(labels).astype("int64") == int(label)] = weight
    if sample_weight is None:
        return weights
    given = np.asarray(
        backends.active().to_numpy(sample_weight)
        if backends.active().is_array(sample_weight)
        else sample_weight
    )
    return (weights * given.reshape(weights.shape)).astype(weights.dtype)


def split_validation(x: Any, y: Any, sample_weight: Any, fraction: float) -> tuple[Any, Any]:
    """Cut the last part of arrays off for validation; return both as ``(x, y, sample_weight)``.

    Raises:
        ArgumentError: A fraction outside 0 to 1, or one that leaves a part empty.
        DataError: The data are not arrays.
    """
    if isinstance(fraction, bool) or not isinstance(fraction, (int, float)) or not 0 < fraction < 1:
        raise ArgumentError(
            "fit(validation_split=…)", "a number between 0 and 1", repr(fraction), "Pass 0.2, say."
        )
    x, y, sample_weight = (
        prepared(name, v) for name, v in (("x", x), ("y", y), ("sample_weight", sample_weight))
    )
    size = check_lengths(x, y, sample_weight)
    cut = int(size * (1.0 - fraction))
    if cut in (0, size):
        raise ArgumentError(
            "fit(validation_split=…)", "a fraction that leaves samples on both sides",
            f"{fraction} of {size} samples", "Change the fraction.",
        )  # fmt: skip

    def part(first: int, last: int) -> tuple[Any, Any, Any]:
        pick = lambda leaf: None if leaf is None else leaf[first:last]  # noqa: E731
        return tuple(tree.map_structure(pick, v) for v in (x, y, sample_weight))

    return part(0, cut), part(cut, size)
