"""AdaptiveLayer: a layer that learns from data before training."""

from __future__ import annotations

from typing import Any

from corne.errors import DataError
from corne.layer import Layer

from corne_preprocessing.sources import HostArray, host_batches


class AdaptiveLayer(Layer):
    """Base of layers with :meth:`adapt`: they read data once, batch by batch, and remember a summary.

    A subclass says what it remembers of one batch (:meth:`summarize`), how two such summaries become one
    (:meth:`merge`), and what the last one means (:meth:`finish`). Merging is associative, so parts of the
    data may be summarized in different places. A summary is plain Python and NumPy: it can be pickled.
    """

    _summary: Any = None

    def adapt(self, data: Any, batch_size: int | None = None, steps: int | None = None) -> None:
        """Learn from data. What an earlier ``adapt`` learned is forgotten.

        Args:
            data: An array, a list, a column or frame of pandas or polars, a :class:`~corne.utils.PyDataset`,
                a PyTorch DataLoader or Dataset, a ``tf.data.Dataset``, a generator or another iterable of
                batches. Of batches ``(x, y)`` or ``(x, y, sample_weight)`` only ``x`` is used.
            batch_size: Number of samples that are read at a time where ``data`` is an array, a list or a
                frame. Default: all at once.
            steps: Largest number of batches to read. Default: all of them.

        Raises:
            DataError: There are no data, or the layer cannot use them.
        """
        self.reset_state()
        for batch in host_batches(f"{self.name}.adapt(…)", data, batch_size, steps):
            self.update_state(batch)
        if self._summary is None:
            raise DataError(
                f"{self.name}.adapt(data=…)", "at least one sample", "no samples",
                "A generator that was read before is empty: make a new one.",
            )  # fmt: skip
        self.finalize_state()

    def update_state(self, data: Any) -> None:
        """Add one batch to what :meth:`finalize_state` will learn from."""
        added = self.summarize(data)
        if added is not None:
            self._summary = added if self._summary is None else self.merge(self._summary, added)

    def finalize_state(self) -> None:
        """Learn from the batches given to :meth:`update_state` since the last :meth:`reset_state`."""
        if self._summary is not None:
            self.finish(self._summary)
        self._summary = None

    def reset_state(self) -> None:
        """Forget the batches given to :meth:`update_state`."""
        self._summary = None

    def summarize(self, batch: HostArray) -> Any:
        """Return the summary of one batch, or None for an empty one."""
        raise NotImplementedError

    def merge(self, first: Any, second: Any) -> Any:
        """Return the summary of two parts of the data, in their order."""
        raise NotImplementedError

    def finish(self, summary: Any) -> None:
        """Take what was learned into the layer's state."""
        raise NotImplementedError
