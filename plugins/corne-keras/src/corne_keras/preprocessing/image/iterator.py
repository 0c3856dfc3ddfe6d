"""Iterator: batches of images, endlessly or by number."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numpy as np
from corne import checks
from corne.utils import PyDataset
from numpy.typing import NDArray

Indices = NDArray[np.int64]


class Iterator(PyDataset):
    """Base of the iterators over images: a subclass writes ``_get_batches_of_transformed_samples``.

    ``next(iterator)`` yields batches endlessly, ``iterator[i]`` is batch number i, and ``fit``, ``evaluate``
    and ``predict`` take it as data. Orders and transformations come from NumPy's global generator. With a
    seed it is seeded before each batch with ``seed`` plus the number of batches made so far.

    Args:
        n: Number of images.
        batch_size: Images in a batch; the last may have fewer.
        shuffle: Whether each epoch has an order of its own.
        seed: Default None: NumPy's generator isn't seeded.
        **kwargs: ``workers``, ``use_multiprocessing`` and ``max_queue_size`` of ``PyDataset``.

    Raises:
        ArgumentError: An argument is out of range.
    """

    white_list_formats = ("png", "jpg", "jpeg", "bmp", "ppm", "tif", "tiff")

    def __init__(self, n: int, batch_size: int, shuffle: bool, seed: int | None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        where = type(self).__name__
        self.n = checks.integer(f"{where}(n)", n, least=0)
        self.batch_size = checks.integer(f"{where}(batch_size=…)", batch_size, least=1)
        self.seed = None if seed is None else checks.integer(f"{where}(seed=…)", seed, least=0)
        self.shuffle = shuffle
        self.batch_index = 0
        self.total_batches_seen = 0
        self.index_array: Indices | None = None
        self.lock = threading.RLock()

    def __len__(self) -> int:
        """Return the number of batches in an epoch."""
        return -(-self.n // self.batch_size)

    def __getitem__(self, idx: int) -> Any:
        """Return batch number ``idx``, with images transformed at random."""
        if not 0 <= idx < len(self):
            raise IndexError(f"batch {idx} of {len(self)}")
        return self._make(lambda: self._numbered(idx))

    def __iter__(self) -> Iterator:
        return self

    def __next__(self) -> Any:
        return self._make(self._following)

    def next(self) -> Any:
        """Return the next batch, as ``next(iterator)`` does."""
        return next(self)

    def reset(self) -> None:
        """Begin again with the first batch at the next ``next(iterator)``."""
        self.batch_index = 0

    def on_epoch_end(self) -> None:
        """Draw the next epoch's order."""
        self._set_index_array()

    def _make(self, choose: Callable[[], Indices]) -> Any:
        with self.lock:
            if self.seed is not None:
                np.random.seed(self.seed + self.total_batches_seen)
            chosen = choose()
            self.total_batches_seen += 1
            # What one worker seeds, another must not draw.
            if self.seed is not None:
                return self._get_batches_of_transformed_samples(chosen)
        return self._get_batches_of_transformed_samples(chosen)

    def _numbered(self, idx: int) -> Indices:
        if self.index_array is None:
            self._set_index_array()
        assert self.index_array is not None
        return self.index_array[self.batch_size * idx : self.batch_size * (idx + 1)]

    def _following(self) -> Indices:
        if self.batch_index == 0 or self.index_array is None:
            self._set_index_array()
        assert self.index_array is not None
        start = self.batch_index * self.batch_size
        self.batch_index = self.batch_index + 1 if start + self.batch_size < self.n else 0
        return self.index_array[start : start + self.batch_size]

    def _set_index_array(self) -> None:
        self.index_array = np.random.permutation(self.n) if self.shuffle else np.arange(self.n)

    def _get_batches_of_transformed_samples(self, index_array: Indices) -> Any:
        """Return the batch of the images with these numbers."""
        raise NotImplementedError(
            f"{type(self).__name__} has no _get_batches_of_transformed_samples(index_array); return a batch."
        )

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "lock"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state, lock=threading.RLock())
