"""Users' arrays made fit for the backend, or refused with a reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from corne import backend as backends
from corne import config, tree
from corne.errors import ArgumentError, DataError
from corne.utils.batches import unpack_x_y_sample_weight

NAMES = ("x", "y", "sample_weight")


def is_arrays(data: Any) -> bool:
    """Return whether ``data`` is an array, a pandas object, or a nested structure of them."""
    leaves = tree.flatten(data)
    return any(leaf is not None for leaf in leaves) and all(
        leaf is None or hasattr(leaf, "shape") or hasattr(leaf, "__array__") or hasattr(leaf, "__dlpack__")
        for leaf in leaves
    )


def is_one_batch(data: Any, batch_size: Any) -> bool:
    """Return quickly whether ``data`` is a single NumPy array of no more rows than a batch has."""
    return type(data) is np.ndarray and data.ndim > 0 and 0 < data.shape[0] <= check_batch_size(batch_size)


def is_number_list(data: Any) -> bool:
    """Return whether ``data`` is a (nested) list of plain numbers, which Keras wants as an array."""
    if not isinstance(data, (list, tuple)):
        return False
    leaves = tree.flatten(data)
    return bool(leaves) and all(isinstance(leaf, (int, float, bool)) for leaf in leaves)


def prepared(name: str, data: Any) -> Any:
    """Return data with pandas objects and lists as arrays, and floats as floatx.

    Raises:
        DataError: Objects, text or ragged lists; NaN or infinity if ``config.check_finite()``.
    """
    if data is None:
        return None
    if is_number_list(data):
        try:
            data = np.asarray(data)
        except ValueError as error:
            raise DataError(
                name, "lists of one length, which make an array", "lists of different lengths",
                "Pad them to one length, or pass them to a layer that does.",
            ) from error  # fmt: skip
    return _prepared_leaf(name, data) if hasattr(data, "shape") else tree.map_structure(
        lambda leaf: _prepared_leaf(name, leaf), data
    )  # fmt: skip


def _prepared_leaf(name: str, leaf: Any) -> Any:
    if leaf is None:
        return None
    if type(leaf).__module__.startswith("pandas"):
        leaf = _from_pandas(name, leaf)
    if not isinstance(leaf, np.ndarray):
        if backends.active().is_array(leaf) or hasattr(leaf, "detach"):
            return leaf
        if not hasattr(leaf, "__array__") and hasattr(leaf, "__dlpack__"):
            return np.from_dlpack(leaf)
        leaf = np.asarray(leaf)
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
    if leaf.dtype.kind == "f" and leaf.dtype != config.floatx() and config.floatx() != "bfloat16":
        leaf = leaf.astype(config.floatx())
    return leaf


def _from_pandas(name: str, data: Any) -> np.ndarray[Any, Any]:
    """Return a frame, or a series as one column, as an array; truth values and numbers may be mixed."""
    columns = dict(data.dtypes) if hasattr(data, "columns") else {data.name: data.dtype}
    wrong = [column for column, dtype in columns.items() if getattr(dtype, "kind", "O") not in "biufc"]
    if wrong:
        raise DataError(
            name, "columns of numbers", f"{', '.join(f'{c!r} of {columns[c]}' for c in wrong)}",
            "Convert them (pandas.get_dummies, Series.cat.codes), or leave them out.",
        )  # fmt: skip
    array = np.asarray(data.to_numpy())
    if array.dtype == object:
        array = data.to_numpy(dtype=config.floatx(), na_value=np.nan)
    return array[:, None] if array.ndim == 1 else array


def check_lengths(x: Any, y: Any = None, sample_weight: Any = None) -> int:
    """Return the number of samples that all arrays have.

    Raises:
        DataError: They differ, or there are none.
    """
    size = -1
    for name, part in zip(NAMES, (x, y, sample_weight), strict=True):
        for leaf in [part] if hasattr(part, "shape") else tree.flatten(part):
            if leaf is None:
                continue
            if not len(leaf.shape):
                raise DataError(
                    name, "an array with samples along its first axis", "a number", "Pass an array."
                )
            if leaf.shape[0] != size and size >= 0:
                raise DataError(
                    "the data", "the same number of samples in every array", _lengths(x, y, sample_weight),
                    "Were some split or filtered and others not?",
                )  # fmt: skip
            size = int(leaf.shape[0])
    if size <= 0:
        raise DataError("the data", "at least one sample", "none", "Check how x was loaded or split.")
    return size


def _lengths(*parts: Any) -> str:
    return ", ".join(
        f"{int(leaf.shape[0])} in {name}{''.join(f'[{p!r}]' for p in path)}"
        for name, part in zip(NAMES, parts, strict=True)
        for path, leaf in tree.flatten_with_path(part)
        if leaf is not None and len(leaf.shape)
    )


def as_batch(
    batch: Any,
    class_weight: Mapping[int, float] | None = None,
    check_targets: Callable[[Any], None] | None = None,
) -> Any:
    """Return a user's batch as backend arrays: ``(x,)``, ``(x, y)``, ``(x, y, sample_weight)``, or x alone.

    It stays what it is, a tuple or a list; x alone is an array or a dict. With class weights it has three parts.
    """
    x, y, weight = unpack_x_y_sample_weight(batch)
    for name, part in (("x", x), ("y", y)):
        if isinstance(part, (int, float, complex, str, bytes)) or (
            name == "x" and part is None and y is None
        ):
            raise DataError(
                f"{name} in a batch of the data", "an array with samples along its first axis", repr(part),
                "Let the data yield (x, y), each with as many rows as the batch has samples.",
            )  # fmt: skip
    if class_weight is not None:
        weight = weighted_by_class(prepared("y", y), class_weight, weight)
    backend = backends.active()
    parts = [prepared("x", x)]
    if y is not None or weight is not None:
        parts.append(prepared("y", y))
        if check_targets is not None:
            check_targets(parts[1])
    if weight is not None:
        parts.append(prepared("sample_weight", weight))

    def convert(leaf: Any) -> Any:
        return None if leaf is None else backend.asarray(leaf)

    arrays = [convert(p) if hasattr(p, "shape") else tree.map_structure(convert, p) for p in parts]
    if isinstance(batch, list):
        return arrays
    return tuple(arrays) if isinstance(batch, tuple) or len(arrays) > 1 else arrays[0]


def class_numbers(y: Any) -> np.ndarray[Any, Any]:
    """Return the class of each sample: targets as integers, or the place of the largest where they are one-hot.

    Raises:
        ArgumentError: There are no targets, or targets of several outputs.
    """
    if y is None or tree.is_nested(y):
        raise ArgumentError(
            "fit(class_weight=…)", "one array of class labels", "no targets" if y is None else "several outputs",
            "Pass sample_weight for each output instead.",
        )  # fmt: skip
    labels = on_host(y)
    if labels.ndim > 1 and labels.shape[-1] > 1:
        return np.asarray(labels.argmax(-1))
    labels = labels.reshape(labels.shape[:-1]) if labels.ndim > 1 else labels
    return np.round(labels).astype("int64")


def weighted_by_class(y: Any, class_weight: Mapping[int, float], sample_weight: Any = None) -> Any:
    """Return each sample's class weight, times its own weight if it has one.

    Raises:
        ArgumentError: The targets name no classes.
    """
    labels = class_numbers(y)
    weights = np.ones(labels.shape, config.floatx())
    for label, weight in class_weight.items():
        weights[labels == int(label)] = weight
    if sample_weight is None:
        return weights
    return (weights * on_host(sample_weight).reshape(weights.shape)).astype(weights.dtype)


def on_host(array: Any) -> np.ndarray[Any, Any]:
    """Return an array as NumPy's."""
    backend = backends.active()
    return np.asarray(backend.to_numpy(array) if backend.is_array(array) else array)


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
