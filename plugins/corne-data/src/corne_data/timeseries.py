"""timeseries_dataset_from_array: sliding windows over a series."""

from __future__ import annotations

from typing import Any

import numpy as np
from corne import checks
from corne.errors import ArgumentError

from corne_data.dataset import Dataset

#: Accepted values of ``format``: the libraries whose data sets Keras would return.
FORMATS = ("tf", "grain")


def timeseries_dataset_from_array(
    data: Any,
    targets: Any,
    sequence_length: int,
    sequence_stride: int = 1,
    sampling_rate: int = 1,
    batch_size: int | None = 128,
    shuffle: bool = False,
    seed: int | None = None,
    start_index: int | None = None,
    end_index: int | None = None,
    format: str = "tf",
) -> Dataset:
    """Return sliding windows over a series. The windows are views: nothing is copied before a batch is made.

    Args:
        data: The series, one row for each time.
        targets: ``targets[i]`` belongs to the window that starts at row i. None for windows alone.
        sequence_length: Rows in a window.
        sequence_stride: Rows between the starts of two windows. Default 1.
        sampling_rate: Rows between two rows of a window. Default 1.
        batch_size: Windows in a batch; None for single windows. Default 128.
        shuffle: Whether each epoch has an order of its own. Default False.
        seed: Decides the orders. Default None: drawn from Python's ``random``.
        start_index: First row to use. Default None: 0.
        end_index: Row after the last one to use. Default None: all.
        format: "tf" or "grain"; a :class:`Dataset` either way. Default "tf".

    Raises:
        ArgumentError: A length, stride, rate or index that doesn't fit the series.

    >>> for x, y in timeseries_dataset_from_array(np.arange(5), np.arange(5) * 10, 3):
    ...     print(x.tolist(), y.tolist())
    [[0, 1, 2], [1, 2, 3], [2, 3, 4]] [0, 10, 20]
    """
    name = "timeseries_dataset_from_array"
    series = np.asarray(data)
    size = len(series)
    checks.one_of(f"{name}(format=…)", format, FORMATS)
    length = checks.integer(f"{name}(sequence_length=…)", sequence_length, 1)
    stride = checks.integer(f"{name}(sequence_stride=…)", sequence_stride, 1, max(size - 1, 1))
    rate = checks.integer(f"{name}(sampling_rate=…)", sampling_rate, 1, max(size - 1, 1))
    start = 0 if start_index is None else checks.integer(f"{name}(start_index=…)", start_index, 0, size - 1)
    end = size if end_index is None else checks.integer(f"{name}(end_index=…)", end_index, start + 1, size)
    span = (length - 1) * rate + 1
    if span > end - start:
        raise ArgumentError(
            f"{name}(sequence_length=…)",
            f"windows of at most {end - start} rows",
            f"windows over {span} rows",
        )
    windows = np.lib.stride_tricks.sliding_window_view(series[start:end], span, axis=0)
    windows = np.moveaxis(windows, -1, 1)[:, ::rate]
    if targets is None:
        dataset = Dataset.from_arrays(windows[::stride])
    else:
        labels = np.asarray(targets)[start:]
        count = min(len(windows), len(labels))
        dataset = Dataset.from_arrays(windows[:count:stride], labels[:count:stride])
    if checks.boolean(f"{name}(shuffle=…)", shuffle):
        dataset = dataset.shuffle(seed)
    return dataset if batch_size is None else dataset.batch(batch_size)
