"""DatasetAdapter: a Dataset for fit, evaluate and predict."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from corne.training.adapters import DataAdapter
from corne.training.adapters.batch_recorder import BatchRecorder
from corne.training.adapters.streams import Stream, refuse

from corne_data.dataset import Dataset
from corne_data.nodes import Shuffled


class DatasetAdapter(Stream):
    """The batches of a :class:`Dataset`. Samples that aren't batched are, by 32 or as ``batch_size`` says."""

    def __init__(
        self, dataset: Dataset, batch_size: int | None = None, class_weight: Mapping[int, float] | None = None
    ) -> None:
        self._dataset = dataset if dataset.is_batched else dataset.batch(batch_size or 32)
        super().__init__(self._dataset, class_weight)
        self.num_batches = self._dataset.node.size

    def attach(self, recorder: BatchRecorder, check_targets: Callable[[Any], None] | None = None) -> None:
        """Take what sees the batches, unless they depend on nothing outside the data set."""
        pure = self._dataset.node.is_pure
        super().attach(BatchRecorder() if pure else recorder, check_targets)

    def get_state(self) -> dict[str, Any]:
        """Return the seeds of the orders."""
        return {"seeds": [node.seed for node in self._shuffled()]}

    def set_state(self, state: dict[str, Any]) -> None:
        """Take the orders of another data set like this one."""
        self.close()
        for node, seed in zip(self._shuffled(), state["seeds"], strict=True):
            node.seed = seed

    def _shuffled(self) -> list[Shuffled]:
        return [node for node in self._dataset.node.walk() if isinstance(node, Shuffled)]

    def open(self, epoch: int) -> Iterable[Any]:
        """Begin an epoch."""
        return self._dataset.iterate(epoch)

    def batches(self, epoch: int) -> Iterator[Any]:
        """Yield an epoch's batches; the pass that was begun for the first batch is epoch 0's."""
        if epoch != 0:
            self.end_first_pass()
        return super().batches(epoch)

    def host_batches(self, epoch: int) -> Iterator[Any]:
        """Yield an epoch's batches of NumPy arrays."""
        return self._dataset.iterate(epoch)

    def batches_from(self, epoch: int, start: int) -> Iterator[Any] | None:
        """Yield an epoch's batches from ``start`` on, where nothing outside the data set decides them."""
        if not self._dataset.node.is_pure:
            return None
        return self.converted(self._dataset.iterate(epoch, start))


def dataset_adapter(x: Any, y: Any, sample_weight: Any, options: Mapping[str, Any]) -> DataAdapter | None:
    """Return the adapter of a Dataset; None for other data."""
    if not isinstance(x, Dataset):
        return None
    refuse("y", y, x)
    refuse("sample_weight", sample_weight, x)
    return DatasetAdapter(x, options["batch_size"], options["class_weight"])
