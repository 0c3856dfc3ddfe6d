"""Losses and metrics as a callback sees them: read from the device only on demand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from typing import Any

import numpy as np

from corne import backend as backends


def as_numbers(logs: Mapping[str, Any]) -> dict[str, Any]:
    """Return logs with every value read from the device, scalars as Python floats."""
    backend = backends.active()

    def read(value: Any) -> Any:
        array = np.asarray(backend.to_numpy(value) if backend.is_array(value) else value)
        return float(array) if array.ndim == 0 and array.dtype != object else array

    numbers: dict[str, Any] = {}
    for key, value in logs.items():
        if isinstance(value, Mapping):  # several values of one metric: each has a name of its own
            numbers.update(as_numbers(value))
        else:
            numbers[key] = read(value)
    return numbers


class BatchLogs(MutableMapping[str, Any]):
    """The logs of a batch, which behave like a dict of numbers.

    Reading makes the program wait for the device, so it happens when a callback first asks for a value or the
    names; asking whether there are logs is free. After the callbacks' calls for the batch the metrics have moved on:
    logs that nobody has read by then stay empty.

    Args:
        make: Returns the logs, their values still on the device.
    """

    def __init__(self, make: Callable[[], Mapping[str, Any]]) -> None:
        self._make: Callable[[], Mapping[str, Any]] | None = make
        self._values: dict[str, Any] = {}

    def expire(self) -> None:
        """End the time in which the values can be read; those read before stay."""
        self._make = None

    def read(self) -> dict[str, Any]:
        """Return the values, reading them first if necessary."""
        if self._make is not None:
            self._values, self._make = as_numbers(self._make()), None
        return self._values

    def copy(self) -> dict[str, Any]:
        """Return the values as a dict of its own."""
        return dict(self.read())

    def __bool__(self) -> bool:
        return True

    def __getitem__(self, key: str) -> Any:
        return self.read()[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.read()[key] = value

    def __delitem__(self, key: str) -> None:
        del self.read()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.read())

    def __len__(self) -> int:
        return len(self.read())

    def __or__(self, other: Mapping[str, Any]) -> dict[str, Any]:
        return {**self.read(), **other}

    def __repr__(self) -> str:
        return repr(self.read())
