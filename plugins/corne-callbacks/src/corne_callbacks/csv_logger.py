"""CSVLogger: a line of a table for each epoch."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TextIO

import numpy as np
from corne.callbacks import Callback
from corne.errors import ArgumentError


class CSVLogger(Callback):
    """Writes each epoch's logs to a file of separated values.

    The first epoch's names are the columns, with ``val_`` columns beside them; "NA" stands where an epoch
    has no value.

    Args:
        filename: The file.
        separator: Between values. Default ",".
        append: Whether to append to an existing file. Default False.

    Raises:
        ArgumentError: The file's folder does not exist.
    """

    def __init__(self, filename: str | os.PathLike[str], separator: str = ",", append: bool = False) -> None:
        super().__init__()
        self.filename, self.separator, self.append = filename, separator, append
        self._file: TextIO | None = None
        self._keys: list[str] | None = None

    def on_train_begin(self, logs: Any = None) -> None:
        path = Path(self.filename)
        if not path.parent.is_dir():
            raise ArgumentError(
                "CSVLogger(filename=…)", "a file in an existing folder", str(path), "Make the folder first."
            )
        append = self.append or bool(self.params.get("resuming"))
        continues = append and path.exists() and path.stat().st_size > 0
        self._keys = None
        if continues:
            with path.open(newline="") as file:
                self._keys = next(csv.reader(file, delimiter=self.separator))[1:]
        self._file = path.open("a" if append else "w", newline="")

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        assert self._file is not None
        logs = logs or {}
        writer = csv.writer(self._file, delimiter=self.separator, lineterminator="\n")
        if self._keys is None:
            self._keys = sorted(logs)
            if not any(key.startswith("val_") for key in self._keys):
                self._keys += [f"val_{key}" for key in self._keys]  # validation may come in a later epoch
            writer.writerow(["epoch", *self._keys])
        writer.writerow([epoch, *(_cell(logs.get(key, "NA")) for key in self._keys)])
        self._file.flush()

    def get_state(self) -> dict[str, Any]:
        return {"size": None if self._file is None else self._file.tell()}

    def set_state(self, state: dict[str, Any]) -> None:
        if self._file is not None and state["size"] is not None:  # rows after the checkpoint come again
            self._file.truncate(min(state["size"], Path(self.filename).stat().st_size))
            if not state["size"]:
                self._keys = None

    def on_train_end(self, logs: Any = None) -> None:
        self.on_close()

    def on_close(self) -> None:
        """Close the file, however training ended."""
        if self._file is not None:
            self._file.close()
            self._file = None


def _cell(value: Any) -> Any:
    if isinstance(value, (str, int, float)):
        return value
    if isinstance(value, Iterable):
        return f'"[{", ".join(map(str, np.asarray(value).tolist()))}]"'
    return value
