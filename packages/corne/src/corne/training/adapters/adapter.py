"""What the training loop asks of data."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import Any

from corne.training.adapters.draws import Draws


class DataAdapter(ABC):
    """Batches ``(x,)``, ``(x, y)`` or ``(x, y, sample_weight)`` of arrays, epoch by epoch.

    A plugin that knows another kind of data returns one from ``corne_data_adapter``.
    """

    #: Number of batches in an epoch; None where only the end tells.
    num_batches: int | None = None
    #: Number of samples in a batch; None where it isn't known.
    batch_size: int | None = None
    #: Number of samples in all; None where it isn't known.
    size: int | None = None
    #: Whether the data can be read from the beginning again.
    is_repeatable: bool = True
    #: Set by the loop: called with the targets of each batch that are still NumPy arrays, to refuse wrong ones.
    check_targets: Callable[[Any], None] | None = None
    #: What watches the making of batches where training is to go on exactly; None where nobody does.
    draws: Draws | None = None

    @abstractmethod
    def batches(self, epoch: int) -> Iterator[Any]:
        """Yield the batches of an epoch; the same ones for the same epoch where the data allow it."""

    def ahead(self, batches: Iterator[Any]) -> Iterator[Any]:
        """Return the same batches, made ahead of their use where that helps."""
        return batches

    def begin_anew(self) -> None:
        """Hear that the pass that was begun for :meth:`first` is over."""
        return None

    def describe(self) -> dict[str, Any]:
        """Return what tells these data from others, where that costs little: texts and numbers by name."""
        return {"kind": type(self).__name__}

    def why_inexact(self) -> str | None:
        """Return why interrupted training can't go on to the same bits with these data and what to do; or None."""
        return None

    def first(self) -> Any:
        """Return a batch to learn the shapes from; it will be among the batches all the same."""
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
        """Tell whether another epoch would have a batch at all."""
        return True

    def on_epoch_begin(self) -> None:
        """Do what the data want done before each epoch."""
        return None

    def on_epoch_end(self) -> None:
        """Do what the data want done after each epoch."""
        return None

    def get_state(self) -> dict[str, Any]:
        """Return what decides on the order of the batches, as JSON and NumPy can hold it."""
        return {}

    def set_state(self, state: dict[str, Any]) -> None:
        """Take what :meth:`get_state` returned. It is followed by :meth:`batches` of the epoch under way."""
        return None

    def close(self) -> None:
        """Release threads and files."""
        return None
