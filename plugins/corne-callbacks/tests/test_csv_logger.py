"""CSVLogger: lines of a table."""

from __future__ import annotations

import csv

import pytest
from corne import callbacks
from corne.errors import ArgumentError


def test_csv_logger(tmp_path, run):
    path = tmp_path / "log.csv"
    run(callbacks.CSVLogger(path), [1.0, 0.5])
    run(callbacks.CSVLogger(path, append=True), [0.25])
    rows = list(csv.reader(path.read_text().splitlines()))
    assert rows == [["epoch", "val_loss"], ["0", "1.0"], ["1", "0.5"], ["0", "0.25"]]
    run(callbacks.CSVLogger(path, separator=";"), [1.0])
    assert path.read_text() == "epoch;val_loss\n0;1.0\n"
    with pytest.raises(ArgumentError, match="existing folder"):
        run(callbacks.CSVLogger(tmp_path / "no" / "log.csv"), [1.0])
