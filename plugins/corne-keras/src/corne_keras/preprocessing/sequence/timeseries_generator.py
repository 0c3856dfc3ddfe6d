"""TimeseriesGenerator: windows of a series and what follows them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from corne import checks
from corne.errors import ArgumentError, DataError, DTypeError
from corne.utils import PyDataset
from numpy.typing import NDArray

_WORKERS = {"workers": 1, "use_multiprocessing": False, "max_queue_size": 10}


class TimeseriesGenerator(PyDataset):
    """Batches of windows of a series; a window's target is that of the row after it.

    The window of row i is ``data[i - length : i : sampling_rate]``, its target ``targets[i]``.
    ``fit``, ``evaluate`` and ``predict`` take the generator as data.

    Args:
        data: The series: rows in the order of time, as an array, a list or a frame.
        targets: A target for each row.
        length: Number of rows that a window covers.
        sampling_rate: Number of rows from one step in a window to the next. Default 1.
        stride: Number of rows from one window to the next. Default 1.
        start_index: First row that is used. Default 0.
        end_index: Last row that is used. Default None: the last.
        shuffle: Whether each batch draws rows at random, with replacement, from NumPy's global generator;
            ``stride`` isn't used then, other than for the number of batches. Default False.
        reverse: Whether a window's steps run back in time. Default False.
        batch_size: Windows in a batch; the last may have fewer. Default 128.
        **kwargs: ``workers``, ``use_multiprocessing`` and ``max_queue_size`` of ``PyDataset``.

    Shapes:
        a batch: ``(batch, ceil(length / sampling_rate), ...)`` and ``(batch, ...)``.

    Raises:
        DataError: ``data`` and ``targets`` have different lengths.
        ArgumentError: No row is left, or an argument is out of range.

    >>> series = np.arange(5.0)
    >>> x, y = TimeseriesGenerator(series, series, length=2, batch_size=2)[0]
    >>> x.tolist(), y.tolist()
    ([[0.0, 1.0], [1.0, 2.0]], [2.0, 3.0])
    """

    def __init__(
        self,
        data: Sequence[Any] | NDArray[Any],
        targets: Sequence[Any] | NDArray[Any],
        length: int,
        sampling_rate: int = 1,
        stride: int = 1,
        start_index: int = 0,
        end_index: int | None = None,
        shuffle: bool = False,
        reverse: bool = False,
        batch_size: int = 128,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if len(data) != len(targets):
            raise DataError(
                "TimeseriesGenerator(targets)", f"{len(data)} rows, as in data", f"{len(targets)} rows"
            )
        self.data, self.targets = _without_frame(data), _without_frame(targets)
        self.length = self._integer("length", length)
        self.sampling_rate = self._integer("sampling_rate", sampling_rate)
        self.stride = self._integer("stride", stride)
        self.batch_size = self._integer("batch_size", batch_size)
        self.start_index = self._integer("start_index", start_index, 0) + self.length
        self.end_index = len(data) - 1 if end_index is None else self._integer("end_index", end_index, 0)
        self.shuffle, self.reverse = shuffle, reverse
        if self.end_index >= len(data):
            raise ArgumentError(
                "TimeseriesGenerator(end_index=…)", f"a row below {len(data)}", str(self.end_index)
            )
        if self.start_index > self.end_index:
            raise ArgumentError(
                "TimeseriesGenerator(length)", f"at most {self.end_index - start_index}, for one row to follow",
                f"{self.length} (rows {start_index} to {self.end_index})",
            )  # fmt: skip

    @staticmethod
    def _integer(name: str, value: Any, least: int = 1) -> int:
        return checks.integer(f"TimeseriesGenerator({name}=…)", value, least=least)

    def __len__(self) -> int:
        """Return the number of batches."""
        step = self.batch_size * self.stride
        return (self.end_index - self.start_index + step) // step

    def __getitem__(self, index: int) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return batch number ``index``: windows and targets."""
        if not 0 <= index < len(self):
            raise IndexError(f"batch {index} of {len(self)}")
        if self.shuffle:
            rows = np.random.randint(self.start_index, self.end_index + 1, size=self.batch_size)
        else:
            step = self.batch_size * self.stride
            first = self.start_index + step * index
            rows = np.arange(first, min(first + step, self.end_index + 1), self.stride)
        samples = self._windows(rows)
        targets = self.targets
        chosen = targets[rows] if isinstance(targets, np.ndarray) else np.array([targets[i] for i in rows])
        return (samples[:, ::-1] if self.reverse else samples), chosen

    def _windows(self, rows: NDArray[np.int64]) -> NDArray[Any]:
        if isinstance(self.data, np.ndarray):
            windows: NDArray[Any] = self.data[rows[:, None] + np.arange(-self.length, 0, self.sampling_rate)]
            return windows
        return np.array([self.data[row - self.length : row : self.sampling_rate] for row in rows])

    def get_config(self) -> dict[str, Any]:
        """Return the arguments, with ``data`` and ``targets`` as JSON.

        As in Keras, ``start_index`` is the first row with a target: ``length`` more than the argument.

        Raises:
            DTypeError: ``data`` or ``targets`` can't be written as JSON.
        """
        names = ["length", "sampling_rate", "stride", "start_index", "end_index", "shuffle", "reverse"]
        return {
            "data": _as_json("data", self.data),
            "targets": _as_json("targets", self.targets),
            **{name: getattr(self, name) for name in [*names, "batch_size"]},
            **{name: getattr(self, name) for name, usual in _WORKERS.items() if getattr(self, name) != usual},
        }

    def to_json(self, **kwargs: Any) -> str:
        """Return the generator as JSON that ``timeseries_generator_from_json`` reads.

        Args:
            **kwargs: For ``json.dumps``, such as ``indent``.
        """
        return json.dumps({"class_name": type(self).__name__, "config": self.get_config()}, **kwargs)


def _without_frame(rows: Any) -> Any:
    """Return a frame's or a column's values: indexing those of pandas goes by label, not by row."""
    return rows.to_numpy() if hasattr(rows, "to_numpy") else rows


def _as_json(name: str, values: Any) -> str:
    try:
        return json.dumps(values.tolist() if isinstance(values, np.ndarray) else values)
    except TypeError as error:
        raise DTypeError(
            f"TimeseriesGenerator({name})", "numbers that JSON holds", f"{type(values).__name__}: {error}"
        ) from error
