"""Zip archives: whole models in ``.keras``, and ``.npz``."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path
from typing import Any

from corne.errors import FileFormatError
from corne.saving.archive import CONFIG, METADATA, PLUGINS, WEIGHTS
from corne.saving.assets import FOLDER
from corne.saving.members import SUMS, ZipMembers
from corne.saving.npz_file import FORMAT as NPZ
from corne.saving.read_errors import wrap_read_errors
from corne.saving.tensors import Weights
from corne.saving.weights import read_tensors

from corne_cli.inspection import config
from corne_cli.inspection.report import Level, Report, short

#: The member of a checkpoint of ``fit`` that is not an array.
_STATE = "state.json"
_MEMBERS = {METADATA, CONFIG, WEIGHTS, PLUGINS, SUMS}


def examine(path: Path, report: Report) -> None:
    """Inspect a zip archive."""
    with wrap_read_errors(str(path), "a zip archive"), zipfile.ZipFile(path) as archive:
        is_npz = bool(archive.namelist()) and all(name.endswith(".npy") for name in archive.namelist())
    with ZipMembers(path, _ignore if is_npz else report.refuse) as members:
        _examine(members, is_npz, path, report)


def _ignore(error: FileFormatError) -> None:
    """Leave a problem to :mod:`corne.saving.npz_file`, which allows names that differ in case alone."""


def _examine(members: ZipMembers, is_npz: bool, path: Path, report: Report) -> None:
    names = members.names
    sound = members.sound(report.refuse)
    if CONFIG in names or WEIGHTS in names:
        _model(members, path, sound, report)
    elif is_npz:
        is_checkpoint = f"{_STATE}.npy" in names
        report.format, report.contents = "NumPy .npz", "checkpoint of fit" if is_checkpoint else "weights"
        with NPZ.open(path, report.refuse) as weights:
            report.store(weights, {})
    elif any(name.endswith(".pkl") for name in names):
        report.format = "zip archive with a Python pickle (PyTorch?)"
        report.add(Level.REFUSED, "", "a Python pickle runs code when it is opened; Corne never opens one")
    else:
        report.format = "zip archive"
        report.add(Level.REFUSED, "", f"no model: {CONFIG} and {WEIGHTS} are missing")


def _model(members: ZipMembers, path: Path, sound: set[str], report: Report) -> None:
    report.format, report.contents = ".keras archive", "whole model"
    assets = [name for name in members.names if name.startswith(f"{FOLDER}/") and not name.endswith("/")]
    if assets:
        size = sum(members.info(name).file_size for name in assets)
        report.facts["assets"] = f"{len(assets)} files, {size} bytes"
    for name in sorted(set(members.names) - _MEMBERS):
        if not name.startswith(f"{FOLDER}/"):
            report.add(Level.SUSPICIOUS, name, "is no part of a model")
    for name in (METADATA, CONFIG, WEIGHTS):
        if name not in members.names:
            level = Level.NOTE if name == METADATA else Level.REFUSED
            report.add(level, name, "is missing")
    documents = {
        name: _document(members, name, report) for name in (METADATA, CONFIG, PLUGINS) if name in sound
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
    if WEIGHTS in sound:
        try:
            weights = _weights(members, path, report)
        except FileFormatError as error:
            report.refuse(error)
    report.store(weights, classes)


def _document(members: ZipMembers, name: str, report: Report) -> Any:
    try:
        return members.read_json(name)
    except FileFormatError as error:
        report.refuse(error)
        return None


def _weights(members: ZipMembers, path: Path, report: Report) -> Weights:
    """List the weights in place, copying them only if they are compressed."""
    import h5py

    info = members.info(WEIGHTS)
    with wrap_read_errors(WEIGHTS, "an HDF5 file"), path.open("rb") as file:
        if info.compress_type == zipfile.ZIP_STORED:
            file.seek(info.header_offset)
            header = file.read(30)
            name, extra = struct.unpack("<HH", header[26:30])
            source: Any = _Window(file, info.header_offset + 30 + name + extra, info.file_size)
        else:
            source = io.BytesIO(members.read(WEIGHTS))
        with h5py.File(source, "r") as stored:
            return read_tensors(stored, WEIGHTS, report.refuse)


class _Window(io.RawIOBase):
    """A range of an open file, as a file."""

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
