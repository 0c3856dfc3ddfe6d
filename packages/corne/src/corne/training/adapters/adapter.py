"""What the training loop asks of data."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import Any

from corne.training.adapters.batch_recorder import BatchRecorder


class DataAdapter(ABC):
    """Batches ``(x,)``, ``(x, y)`` or ``(x, y, sample_weight)`` of arrays, epoch by epoch.

    A plugin that knows another kind of data returns one from ``corne_data_adapter``.
    """

    #: Number of batches in an epoch; None where only the end shows it.
    num_batches: int | None = None
    #: Number of samples in a batch; None where it isn't known.
    batch_size: int | None = None
    #: Number of samples in all; None where it isn't known.
    size: int | None = None
    #: Whether the data can be read from the beginning again.
    is_repeatable: bool = True
    #: Called with the targets of each batch that are still NumPy arrays, to refuse wrong ones.
    check_targets: Callable[[Any], None] | None = None
    #: Sees how batches are made and used.
    recorder: BatchRecorder = BatchRecorder()

    def attach(self, recorder: BatchRecorder, check_targets: Callable[[Any], None] | None = None) -> None:
        """Take what sees and checks the batches. The loop calls it once, before anything of the data is read.

        Args:
            recorder: Sees how batches are made and used.
            check_targets: Called with the targets of each batch that are still NumPy arrays. Default None.
        """
        self.recorder, self.check_targets = recorder, check_targets

    @abstractmethod
    def batches(self, epoch: int) -> Iterator[Any]:
        """Yield the batches of an epoch; the same ones for the same epoch where the data allow it."""

    def batches_from(self, epoch: int, start: int) -> Iterator[Any] | None:
        """Yield the batches of an epoch from number ``start`` on, without making those before; None if that can't be done."""
        return None

    def host_batches(self, epoch: int) -> Iterator[Any]:
        """Yield the batches of an epoch before they go to a device, with text as text where the data have it."""
        return self.batches(epoch)

    def ahead(self, batches: Iterator[Any]) -> Iterator[Any]:
        """Return the same batches, made ahead of their use where that helps."""
        return batches

    def end_first_pass(self) -> None:
        """End the pass that was begun for :meth:`first`: it is over in the run that resumes."""
        return None

    def describe(self) -> dict[str, Any]:
        """Return what identifies these data, where that costs little: texts and numbers by name."""
        return {"kind": type(self).__name__}

    def why_inexact(self) -> str | None:
        """Return why interrupted training can't resume to the same bits with these data and what to do; or None."""
        return None

    def first(self) -> Any:
        """Return a batch to learn the shapes from; it stays among the batches."""
        batches = self.batches(0)
        batch = next(batches)
        close = getattr(batches, "close", None)
        if close is not None:
            close()
        return batch

    def sample(self) -> Any:
        """Return what labels are checked on: a batch, or all data where that costs nothing."""
        return self.first()

    def has_more(self) -> bool:
        """Return whether another epoch would have any batch."""
        return True

    def on_epoch_begin(self) -> None:
        """Run what the data do before each epoch."""
        return None

    def on_epoch_end(self) -> None:
        """Run what the data do after each epoch."""
        return None

    def get_state(self) -> dict[str, Any]:
        """Return what decides the order of the batches, as JSON and NumPy can hold it."""
        return {}

    def set_state(self, state: dict[str, Any]) -> None:
        """Set what :meth:`get_state` returned. A call of :meth:`batches` for the current epoch follows."""
        return None

    def close(self) -> None:
        """Release threads and files."""
        return None
