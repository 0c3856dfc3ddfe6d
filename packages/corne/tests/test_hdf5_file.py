"""HDF5 files are looked through by another process unless their sum tells that they are whole."""

from __future__ import annotations

import subprocess
import sys

import h5py
import numpy as np
import pytest
from corne.errors import FileFormatError
from corne.saving import checksums, hdf5_file, hdf5_walk


@pytest.fixture
def path(tmp_path):
    with h5py.File(tmp_path / "w.h5", "w") as file:
        file["layers/a/vars/0"] = np.arange(6.0)
        file["layers/a"].attrs["name"] = "a"
        file.create_dataset("chunked", data=np.arange(1000), chunks=(10,), compression="gzip")
        file["again"] = file["layers"]
        file["soft"] = h5py.SoftLink("/layers")
        file["outside"] = h5py.ExternalLink("/etc/passwd", "/x")
        file.create_dataset("elsewhere", (3,), "f4", external=[("/etc/passwd", 0, 12)])
        file.create_dataset("huge", (10**6, 10**6), "f4", chunks=(100, 100), compression="gzip")
        file["empty"] = h5py.Empty("f4")
    return tmp_path / "w.h5"


@pytest.fixture
def started(monkeypatch):
    """The programs that were started; what ``run`` returns or raises can be put first."""
    calls, ends = [], []

    def run(command, **options):
        calls.append(command)
        end = ends.pop() if ends else subprocess.CompletedProcess(command, 0, b"", b"")
        if isinstance(end, BaseException):
            raise end
        return end

    monkeypatch.setattr(hdf5_file.subprocess, "run", run)
    return calls, ends


def test_everything_is_visited_and_what_is_elsewhere_is_not(path):
    hdf5_walk.walk(str(path))
    hdf5_file.check(path)


def test_a_sum_takes_the_place_of_looking(path, started):
    hdf5_file.check(path)
    assert len(started[0]) == 1
    checksums.seal(path)
    hdf5_file.check(path)
    assert len(started[0]) == 1
    data = path.read_bytes()
    path.write_bytes(data[:100] + b"x" + data[101:])
    with pytest.raises(FileFormatError, match="sha256"):
        hdf5_file.check(path)


@pytest.mark.parametrize(
    ("end", "text"),
    [
        (subprocess.CompletedProcess([], -11, b"", b""), "signal 11"),
        (subprocess.CompletedProcess([], 1, b"", b"Traceback\nMemoryError"), "more than 4 GB"),
        (subprocess.TimeoutExpired([], 1), "no result after"),
    ],
    ids=["crash", "memory", "time"],
)
def test_how_looking_can_fail(path, started, end, text):
    started[1].append(end)
    with pytest.raises(FileFormatError, match=rf"w\.h5.*{text}"):
        hdf5_file.check(path)


def test_where_no_process_can_be_started_files_are_read_directly(path, started, monkeypatch):
    started[1].append(PermissionError("not here"))
    hdf5_file.check(path)
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    hdf5_file.check(path)
    monkeypatch.setattr(sys, "frozen", False)
    monkeypatch.setattr(sys, "executable", None)
    hdf5_file.check(path)
    assert len(started[0]) == 1


@pytest.mark.parametrize("libver", ["earliest", "v110", "latest"])
def test_files_that_were_cut_off_need_no_process(tmp_path, started, libver):
    path = tmp_path / "w.h5"
    with h5py.File(path, "w", libver=libver) as file:
        file["a"] = np.arange(100.0)
    data = path.read_bytes()
    hdf5_file.check(path)
    assert len(started[0]) == 1
    for size in (len(data) - 1, len(data) // 2, 100):
        path.write_bytes(data[:size])
        with pytest.raises(FileFormatError, match=rf"w\.h5: expected {len(data)} bytes.*got {size}\."):
            hdf5_file.check(path)
    path.write_bytes(bytes(512) + data)  # HDF5 allows other things before
    hdf5_file.check(path)
    assert len(started[0]) == 2


def test_errors_that_the_reader_meets_too_are_left_to_it(path):
    data = path.read_bytes()
    path.write_bytes(data[:200] + bytes(len(data) - 200))
    hdf5_file.check(path)
