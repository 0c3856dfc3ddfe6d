"""Find the kind of a file and inspect its contents."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

from corne.errors import CorneError, FileFormatError
from corne.plugins import hook
from corne.saving import checksums, weight_files
from corne.saving.limits import MOST_JSON_BYTES, parse_json
from corne.saving.read_errors import wrap_read_errors
from corne.saving.tensors import Weights
from corne.saving.weights import read_tensors

from corne_cli.inspection import archives, config
from corne_cli.inspection.report import Level, Report, short

_HEADER_BYTES = 64
_OTHERS = {
    b"\x93NUMPY": "a single NumPy array",
    b"\x1f\x8b": "gzip",
    b"GGUF": "GGUF",
    b"\x08": "protocol buffers",
}


def examine(path: str | Path) -> Report:
    """Inspect a file without building anything from it.

    A corrupt file never raises: it gives findings. HDF5 is read by a C library, which a hostile file may
    crash; :func:`examine_in_subprocess` does the same in a separate process.

    Args:
        path: The file.
    """
    report = Report(short(path))
    path = Path(path)
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            kind = "a folder" if stat.S_ISDIR(status.st_mode) else "a device, pipe or socket"
            report.add(Level.REFUSED, "", f"{kind} and not a file")
            return report
        report.size = status.st_size
        with path.open("rb") as file:
            header = file.read(_HEADER_BYTES)
        _examine(path, header, report)
    except FileFormatError as error:
        report.refuse(error)
    except CorneError as error:  # the library for a format is missing
        report.add(Level.NOTE, "", str(error))
    except OSError as error:
        report.add(Level.REFUSED, "", f"can't be read: {error.strerror or error}")
    except Exception as error:
        report.add(Level.REFUSED, "", f"corrupt: {type(error).__name__}: {error}")
    return report


def _examine(path: Path, header: bytes, report: Report) -> None:
    import h5py

    if header.startswith(b"PK"):
        archives.examine(path, report)
    elif h5py.is_hdf5(path):
        _hdf5(path, report)
    elif (found := weight_files.recognize(path, header)) is not None:
        report.format, report.contents = found.label, "weights"
        with found.open(path, report.refuse) as weights:
            report.store(weights, {})
    elif header.lstrip()[:1] == b"{":
        report.format, report.contents = "JSON", "configuration"
        with path.open("rb") as file:
            parsed = parse_json(file.read(MOST_JSON_BYTES + 1), "")
        report.store(Weights(), config.look(parsed, report))
    else:
        _other(path, header, report)


def _hdf5(path: Path, report: Report) -> None:
    """Inspect HDF5: weights in Keras 3's layout, or a file of Keras 2, with its configuration."""
    import h5py

    report.format, report.contents = "HDF5", "weights"
    checksums.check_seal(path)
    with wrap_read_errors(str(path), "an HDF5 file"):
        file = h5py.File(path, "r")
    with file:
        weights = read_tensors(file, str(path), report.refuse)
        for key in ("keras_version", "backend"):
            if key in file.attrs:
                report.facts[key.replace("_", " ")] = short(_text(file.attrs[key]))
        classes: dict[str, tuple[str, str]] = {}
        if "model_config" in file.attrs:
            report.format, report.contents = "HDF5 of Keras 2", "whole model"
            config.need(report, "corne-keras", "", ["files of Keras 2"])
            for key in ("model_config", "training_config"):
                if key in file.attrs:
                    found = config.look(parse_json(_text(file.attrs[key]), key), report)
                    classes = classes or found
        elif "layer_names" in file.attrs:
            report.format = "HDF5 of Keras 2"
            config.need(report, "corne-keras", "", ["files of Keras 2"])
        report.store(weights, classes)


def _text(value: Any) -> bytes | str:
    return value if isinstance(value, bytes) else str(value)


def _other(path: Path, header: bytes, report: Report) -> None:
    """Record the kind of another file, if it is known; ask plugins whether they read it."""
    reader = hook.corne_file_format(path=path, header=header, mode="r")
    if reader is not None:
        report.format = f"a format that {type(reader).__module__.partition('.')[0]} reads"
        report.add(Level.NOTE, "", "only the plugin can inspect it")
        return
    if not header:
        raise FileFormatError(str(path), "a model file", "an empty file", "")
    if _is_pickle(header):
        report.format = "Python pickle"
        report.add(Level.REFUSED, "", "a Python pickle runs code when it is opened; Corne never opens one")
        return
    report.format = next((name for start, name in _OTHERS.items() if header.startswith(start)), "unknown")
    report.add(Level.REFUSED, "", "not a model file that Corne or an installed plugin reads")


def _is_pickle(header: bytes) -> bool:
    return header[0] == 0x80 and 2 <= header[1] <= 5 if len(header) > 1 else False
