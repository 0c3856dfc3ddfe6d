"""Data whose inputs pass through a function before a step sees them, whatever kind of data it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from corne.training.adapters.adapter import DataAdapter
from corne.training.adapters.prepare import is_arrays
from corne.training.py_dataset import PyDataset

Stage = Callable[[Any], Any]


def staged(data: Any, stage: Stage) -> Any:
    """Return data of the same kind with ``stage`` applied to the inputs: at once to arrays, else to each batch."""
    if data is None or isinstance(data, DataAdapter):
        return data
    if hasattr(data, "map_inputs"):  # data of a plugin that keep their position
        return data.map_inputs(stage)
    if isinstance(data, PyDataset):
        return _StagedDataset(data, stage)
    if isinstance(data, (str, bytes, list, tuple, dict)) or hasattr(data, "columns") or is_arrays(data):
        return stage(data)
    if isinstance(data, Iterator):
        return (_staged_batch(batch, stage) for batch in data)
    return _StagedIterable(data, stage) if hasattr(data, "__iter__") else data


def _staged_batch(batch: Any, stage: Stage) -> Any:
    if isinstance(batch, (tuple, list)) and batch and not isinstance(batch[0], (str, bytes)):
        return (stage(batch[0]), *batch[1:])
    return stage(batch)


class _StagedIterable:
    """Another iterable's batches."""

    def __init__(self, data: Iterable[Any], stage: Stage) -> None:
        self._data, self._stage = data, stage

    def __iter__(self) -> Iterator[Any]:
        return (_staged_batch(batch, self._stage) for batch in self._data)

    def __len__(self) -> int:
        return len(self._data)  # type: ignore[arg-type]


class _StagedDataset(PyDataset):
    """Another PyDataset's batches, made by as many workers."""

    def __init__(self, data: PyDataset, stage: Stage) -> None:
        super().__init__(
            workers=data.workers,
            use_multiprocessing=data.use_multiprocessing,
            max_queue_size=data.max_queue_size,
        )
        self._data, self._stage = data, stage

    @property
    def num_batches(self) -> int | None:
        return self._data.num_batches

    def __getitem__(self, index: int) -> Any:
        return _staged_batch(self._data[index], self._stage)

    def on_epoch_begin(self) -> None:
        self._data.on_epoch_begin()

    def on_epoch_end(self) -> None:
        self._data.on_epoch_end()
