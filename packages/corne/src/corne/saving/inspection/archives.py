"""Zip archives: whole models in ``.keras``, and ``.npz``."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from pathlib import Path
from typing import Any

from corne.errors import FileFormatError
from corne.saving import checksums, npz_file
from corne.saving.archive import CONFIG, METADATA, PLUGINS, WEIGHTS
from corne.saving.damage import is_bomb, reading
from corne.saving.inspection import config
from corne.saving.inspection.report import Level, Report, short
from corne.saving.tensors import Weights
from corne.saving.weights import read_tensors

_MEMBERS = {METADATA, CONFIG, WEIGHTS, PLUGINS, checksums.MEMBER}
_CHUNK = 2**20
_ENCRYPTED = 1


def examine(archive: zipfile.ZipFile, path: Path, report: Report) -> None:
    """Look into an open archive."""
    infos = archive.infolist()
    names = {info.filename for info in infos}
    _look_at_members(infos, report)
    readable = {info.filename for info in infos if _verify(archive, info, report)}
    if CONFIG in names or WEIGHTS in names:
        _model(archive, path, readable, report)
    elif names and all(name.endswith(".npy") for name in names):
        report.format, report.contents = "NumPy .npz", "weights"
        with npz_file.opened(path, report.refuse) as weights:
            report.store(weights, {})
    elif any(name.endswith(".pkl") for name in names):
        report.format = "zip archive with a Python pickle (PyTorch?)"
        report.add(Level.REFUSED, "", "a Python pickle runs code when it is opened; Corne never opens one")
    else:
        report.format = "zip archive"
        report.add(Level.REFUSED, "", f"no model: {CONFIG} and {WEIGHTS} are missing")


def _look_at_members(infos: list[zipfile.ZipInfo], report: Report) -> None:
    seen: set[str] = set()
    for info in infos:
        name = info.filename
        if name in seen:
            report.add(Level.REFUSED, name, "is in the archive twice")
        seen.add(name)
        parts = info.orig_filename.replace("\\", "/").split("/")
        if ".." in parts or parts[0] == "" or ":" in parts[0]:
            report.add(Level.REFUSED, name, "its path leads out of the archive")
        if stat.S_ISLNK(info.external_attr >> 16):
            report.add(Level.REFUSED, name, "is a link")
        if info.flag_bits & _ENCRYPTED:
            report.add(Level.REFUSED, name, "is encrypted")
        if is_bomb(info.file_size, info.compress_size):
            report.add(Level.SUSPICIOUS, name, f"unpacks to {info.file_size} bytes from {info.compress_size}")


def _verify(archive: zipfile.ZipFile, info: zipfile.ZipInfo, report: Report) -> bool:
    """Read a member through, so that its checksum is compared; a bomb is left alone."""
    if is_bomb(info.file_size, info.compress_size):
        return False
    try:
        with reading(info.filename, "data that fits its checksum"), archive.open(info) as member:
            while member.read(_CHUNK):
                pass
    except FileFormatError as error:
        report.refuse(error)
        return False
    return True


def _model(archive: zipfile.ZipFile, path: Path, readable: set[str], report: Report) -> None:
    report.format, report.contents = ".keras archive", "whole model"
    for name in sorted({info.filename for info in archive.infolist()} - _MEMBERS):
        if not name.startswith("assets/"):
            report.add(Level.SUSPICIOUS, name, "is no part of a model")
    for name in (METADATA, CONFIG, WEIGHTS):
        if name not in archive.namelist():
            level = Level.NOTE if name == METADATA else Level.REFUSED
            report.add(level, name, "is missing")
    documents = {
        name: _document(archive, name, report) for name in (METADATA, CONFIG, PLUGINS) if name in readable
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
    if WEIGHTS in readable:
        try:
            weights = _weights(archive, path, report)
        except FileFormatError as error:
            report.refuse(error)
    report.store(weights, classes)


def _document(archive: zipfile.ZipFile, name: str, report: Report) -> Any:
    with archive.open(name) as member:
        data = member.read(config.MOST_JSON_BYTES + 1)
    try:
        return config.parse(data, report, name)
    except FileFormatError as error:
        report.refuse(error)
        return None


def _weights(archive: zipfile.ZipFile, path: Path, report: Report) -> Weights:
    """List the weights where they lie, without copying them."""
    import h5py

    info = archive.getinfo(WEIGHTS)
    if info.compress_type != zipfile.ZIP_STORED:
        report.add(Level.NOTE, WEIGHTS, "is compressed, so what is in it is not listed")
        return Weights()
    with reading(WEIGHTS, "an HDF5 file"), path.open("rb") as file:
        file.seek(info.header_offset)
        header = file.read(30)
        name, extra = struct.unpack("<HH", header[26:30])
        with h5py.File(_Window(file, info.header_offset + 30 + name + extra, info.file_size), "r") as stored:
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
