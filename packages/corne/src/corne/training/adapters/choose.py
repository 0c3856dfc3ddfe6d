"""Which adapter a kind of data gets."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from corne.errors import DataError
from corne.plugins import hook
from corne.training.adapters.adapter import DataAdapter
from corne.training.adapters.arrays import ArrayAdapter, is_arrays, is_number_list
from corne.training.adapters.streams import (
    GeneratorAdapter,
    IterableAdapter,
    PyDatasetAdapter,
    TorchAdapter,
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
) -> DataAdapter:
    """Return what makes batches of ``x``. Plugins are asked first.

    Raises:
        DataError: A kind of data that nobody knows.
    """
    if isinstance(x, DataAdapter):
        return x
    options = {"batch_size": batch_size, "shuffle": shuffle, "class_weight": class_weight, "steps": steps}
    found: DataAdapter | None = hook.corne_data_adapter(
        x=x, y=y, sample_weight=sample_weight, options=options
    )
    if found is not None:
        return found
    if x is None:
        raise DataError("x", "data", "None", "Pass arrays, a generator, a PyDataset or a DataLoader.")
    if _is_torch_data(x):
        refuse("y", y, x)
        refuse("sample_weight", sample_weight, x)
        return TorchAdapter(x, batch_size, shuffle, class_weight)
    if isinstance(x, PyDataset):
        refuse("y", y, x)
        refuse("sample_weight", sample_weight, x)
        return PyDatasetAdapter(x, shuffle, class_weight)
    if is_arrays(x) or is_number_list(x):
        return ArrayAdapter(x, y, sample_weight, batch_size, shuffle, class_weight)
    if inspect.isgenerator(x) or (hasattr(x, "__next__") and hasattr(x, "__iter__")):
        refuse("y", y, x)
        refuse("sample_weight", sample_weight, x)
        return GeneratorAdapter(x, class_weight)
    if hasattr(x, "__iter__") and not isinstance(x, (list, tuple, dict, str, bytes)):
        refuse("y", y, x)
        return IterableAdapter(x, class_weight)
    raise DataError(
        "x", "arrays (or lists and dicts of them), a generator, a PyDataset, a torch DataLoader or Dataset",
        f"{type(x).__name__}" + (" of objects that aren't arrays" if isinstance(x, (list, tuple, dict)) else ""),
        "Convert it with numpy.asarray; pad lists of different lengths to one length.",
    )  # fmt: skip


def _is_torch_data(x: Any) -> bool:
    """Recognize PyTorch's loaders and data sets without importing PyTorch."""
    return any(cls.__module__.startswith("torch.utils.data") for cls in type(x).__mro__)
