"""Which adapter a kind of data gets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from corne.errors import DataError
from corne.plugins import hook
from corne.training.adapters.adapter import DataAdapter
from corne.training.adapters.array_adapter import ArrayAdapter
from corne.training.adapters.arrays import Arrays
from corne.training.adapters.batch_recorder import BatchRecorder
from corne.training.adapters.streams import (
    GeneratorAdapter,
    IterableAdapter,
    PyDatasetAdapter,
    refuse,
)
from corne.training.py_dataset import PyDataset


def choose_adapter(
    x: Any,
    y: Any = None,
    sample_weight: Any = None,
    batch_size: int | None = None,
    shuffle: bool | str = False,
    class_weight: Mapping[int, float] | None = None,
    steps: int | None = None,
    limit: int | None = None,
    recorder: BatchRecorder | None = None,
    check_targets: Callable[[Any], None] | None = None,
) -> DataAdapter:
    """Return what makes batches of ``x``. Plugins are asked first.

    Args:
        x: The data, or Arrays, which hold targets and weights too.
        y: Targets, for arrays.
        sample_weight: Weights, for arrays.
        batch_size: Samples in a batch, for arrays; other data make their batches themselves.
        shuffle: Whether each epoch has an order of its own.
        class_weight: Factor for each class number.
        steps: Batches in an epoch, if given.
        limit: Batches to make in all, if known.
        recorder: Sees how batches are made and used. Default None: nothing does.
        check_targets: Called with the targets of each batch that are still NumPy arrays. Default None.

    Raises:
        DataError: A kind of data that no adapter knows.
    """
    adapter = _adapter_for(x, y, sample_weight, batch_size, shuffle, class_weight, steps, limit)
    adapter.attach(recorder or BatchRecorder(), check_targets)
    return adapter


def _adapter_for(
    x: Any,
    y: Any,
    sample_weight: Any,
    batch_size: int | None,
    shuffle: bool | str,
    class_weight: Mapping[int, float] | None,
    steps: int | None,
    limit: int | None,
) -> DataAdapter:
    if isinstance(x, DataAdapter):
        return x
    arrays = None
    if isinstance(x, Arrays):
        arrays, (x, y, sample_weight) = x, x.parts
    options = {"batch_size": batch_size, "shuffle": shuffle, "class_weight": class_weight, "steps": steps}
    found: DataAdapter | None = hook.corne_data_adapter(
        x=x, y=y, sample_weight=sample_weight, options=options
    )
    if found is not None:
        return found
    if x is None:
        raise DataError("x", "data", "None", "Pass arrays, a generator, a PyDataset or a DataLoader.")
    makes_batches = isinstance(x, PyDataset)
    if arrays is None and not makes_batches and Arrays.fit(x):
        arrays = Arrays.of(x, y, sample_weight)
    if arrays is not None:
        return ArrayAdapter(arrays, batch_size, shuffle, class_weight, steps)
    if not makes_batches and (isinstance(x, (str, bytes, list, tuple, dict)) or not hasattr(x, "__iter__")):
        raise DataError(
            "x", "arrays (or lists and dicts of them), a generator, a PyDataset, a torch DataLoader or Dataset",
            f"{type(x).__name__}" + (" of objects that aren't arrays" if isinstance(x, (list, tuple, dict)) else ""),
            "Convert it with numpy.asarray; pad lists of different lengths to one length.",
        )  # fmt: skip
    refuse("y", y, x)
    refuse("sample_weight", sample_weight, x)
    if isinstance(x, PyDataset):
        return PyDatasetAdapter(x, shuffle, class_weight, steps)
    if hasattr(x, "__next__"):
        return GeneratorAdapter(x, class_weight, limit)
    return IterableAdapter(x, class_weight)
