"""Zip archives: whole models in ``.keras``, and ``.npz``."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path
from typing import Any

from corne.errors import FileFormatError
from corne.saving import checksums, npz_file
from corne.saving.archive import CONFIG, METADATA, PLUGINS, WEIGHTS
from corne.saving.limits import MOST_JSON_BYTES, check_members, parse_json, read_member
from corne.saving.read_errors import wrap_read_errors
from corne.saving.tensors import Weights
from corne.saving.weights import read_tensors

from corne_cli.inspection import config
from corne_cli.inspection.report import Level, Report, short

#: What a checkpoint of ``fit`` has besides arrays.
_STATE = "state.json"
_MEMBERS = {METADATA, CONFIG, WEIGHTS, PLUGINS, checksums.MEMBER}


def examine(archive: zipfile.ZipFile, path: Path, report: Report) -> None:
    """Look into an open archive."""
    names = set(archive.namelist())
    is_npz = bool(names) and all(name.endswith(".npy") for name in names)
    if not is_npz:
        check_members(archive, path, report.refuse)
    whole = checksums.whole_members(archive, path, report.refuse)
    if CONFIG in names or WEIGHTS in names:
        _model(archive, path, whole, report)
    elif is_npz:
        is_checkpoint = f"{_STATE}.npy" in names
        report.format, report.contents = "NumPy .npz", "checkpoint of fit" if is_checkpoint else "weights"
        with npz_file.opened(path, report.refuse) as weights:
            report.store(weights, {})
    elif any(name.endswith(".pkl") for name in names):
        report.format = "zip archive with a Python pickle (PyTorch?)"
        report.add(Level.REFUSED, "", "a Python pickle runs code when it is opened; Corne never opens one")
    else:
        report.format = "zip archive"
        report.add(Level.REFUSED, "", f"no model: {CONFIG} and {WEIGHTS} are missing")


def _model(archive: zipfile.ZipFile, path: Path, whole: set[str], report: Report) -> None:
    report.format, report.contents = ".keras archive", "whole model"
    for name in sorted({info.filename for info in archive.infolist()} - _MEMBERS):
        if not name.startswith("assets/"):
            report.add(Level.SUSPICIOUS, name, "is no part of a model")
    for name in (METADATA, CONFIG, WEIGHTS):
        if name not in archive.namelist():
            level = Level.NOTE if name == METADATA else Level.REFUSED
            report.add(level, name, "is missing")
    documents = {
        name: _document(archive, name, report) for name in (METADATA, CONFIG, PLUGINS) if name in whole
    }
    facts = documents.get(METADATA)
    for key in ("keras_version", "corne_version", "date_saved"):
        if isinstance(facts, dict) and key in facts:
            report.facts[key.replace("_", " ")] = short(facts[key])
    plugins = documents.get(PLUGINS)
    for name, entry in plugins.items() if isinstance(plugins, dict) else ():
        provides = entry.get("provides") if isinstance(entry, dict) else None
        if name != "corne":
            config.need(report, name, str(entry.get("version", "")) if isinstance(entry, dict) else "",
                        [short(item) for item in provides] if isinstance(provides, list) else [])  # fmt: skip
    classes = config.look(documents.get(CONFIG), report)
    weights = Weights()
    if WEIGHTS in whole:
        try:
            weights = _weights(archive, path, report)
        except FileFormatError as error:
            report.refuse(error)
    report.store(weights, classes)


def _document(archive: zipfile.ZipFile, name: str, report: Report) -> Any:
    try:
        return parse_json(read_member(archive, name, name, MOST_JSON_BYTES), name)
    except FileFormatError as error:
        report.refuse(error)
        return None


def _weights(archive: zipfile.ZipFile, path: Path, report: Report) -> Weights:
    """List the weights where they lie, without copying them unless they are compressed."""
    import h5py

    info = archive.getinfo(WEIGHTS)
    with wrap_read_errors(WEIGHTS, "an HDF5 file"), path.open("rb") as file:
        if info.compress_type == zipfile.ZIP_STORED:
            file.seek(info.header_offset)
            header = file.read(30)
            name, extra = struct.unpack("<HH", header[26:30])
            source: Any = _Window(file, info.header_offset + 30 + name + extra, info.file_size)
        else:
            source = io.BytesIO(read_member(archive, WEIGHTS, WEIGHTS))
        with h5py.File(source, "r") as stored:
            return read_tensors(stored, WEIGHTS, report.refuse)


class _Window(io.RawIOBase):
    """A stretch of an open file as a file."""

    def __init__(self, file: Any, start: int, size: int) -> None:
        super().__init__()
        self._file, self._start, self._size, self._place = file, start, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        self._place = max(0, offset + (0, self._place, self._size)[whence])
        return self._place

    def readinto(self, buffer: Any) -> int:
        self._file.seek(self._start + self._place)
        data = self._file.read(max(0, min(len(buffer), self._size - self._place)))
        buffer[: len(data)] = data
        self._place += len(data)
        return len(data)
