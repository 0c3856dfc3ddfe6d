"""The ``.keras`` archive: configuration, weights, and the plugins that are needed to read it."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from corne import serialization
from corne.errors import CorneError, MissingPluginError, UnknownNameError
from corne.plugins import builtin, registry
from corne.saving import checksums
from corne.saving.atomic import atomic_write
from corne.saving.building import build_model
from corne.saving.limits import MOST_JSON_BYTES, open_zip, parse_json
from corne.saving.read_errors import wrap_read_errors
from corne.saving.tensors import Weights, gather, restore
from corne.saving.weights import read_tensors, write_tensors

METADATA, CONFIG, WEIGHTS, PLUGINS = "metadata.json", "config.json", "model.weights.h5", "plugins.json"
#: The version of Keras whose file layout this is; Keras reads it from the metadata.
LAYOUT = "3.15.1"


def write_archive(model: Any, path: Path) -> None:
    """Write the whole model to ``path``, atomically."""
    import h5py

    config = serialization.serialize_object(model)
    metadata = {
        "keras_version": LAYOUT,
        "date_saved": datetime.now(UTC).strftime("%Y-%m-%d@%H:%M:%S"),
        "corne_version": builtin.version(),
    }
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        write_tensors(gather(model), file)
    with atomic_write(path) as temporary, checksums.ArchiveWriter(temporary) as archive:
        archive.add(METADATA, json.dumps(metadata).encode())
        archive.add(CONFIG, json.dumps(config).encode())
        archive.add(WEIGHTS, buffer.getbuffer())
        archive.add(PLUGINS, json.dumps(needed_plugins(config)).encode())


def needed_plugins(config: Any) -> dict[str, Any]:
    """Return ``{distribution: {"version": ..., "provides": [...]}}`` for the classes a config names."""
    found: dict[str, Any] = {}

    def visit(value: Any) -> None:
        if isinstance(value, dict):
            if isinstance(value.get("class_name"), str):
                _note(value)
            for item in value.values():
                visit(item)
        elif isinstance(value, list):
            for item in value:
                visit(item)

    def _note(value: dict[str, Any]) -> None:
        try:
            provider = registry.provider(serialization.find_class(value))
        except CorneError:
            return  # functions, operations and the config's own markers
        if provider is not None:
            entry = found.setdefault(provider.distribution, {"version": provider.version, "provides": []})
            if value["class_name"] not in entry["provides"]:
                entry["provides"].append(value["class_name"])

    visit(config)
    return found


def read_archive(path: Path, custom_objects: Any, compile_model: bool) -> Any:
    """Read a whole model from ``path``."""
    with open_archive(path) as archive:
        config = _json(archive, path, CONFIG)
        plugins = _json(archive, path, PLUGINS) if PLUGINS in archive.namelist() else {}
        if not compile_model and isinstance(config, dict):
            config.pop("compile_config", None)
        checksums.verify_members(archive, path, but=(CONFIG, PLUGINS, WEIGHTS))
        with archive_weights(archive, path) as weights:
            stored = _size(weights, f"{path}:{WEIGHTS}")
            try:
                model = build_model(config, f"{path}:{CONFIG}", custom_objects, stored)
            except UnknownNameError as error:
                raise _name_the_plugin(error, plugins, path) from error
            restore(model, weights, str(path))
    return model


def _size(weights: Weights, where: str) -> int:
    """Return the bytes that weights take in memory.

    Raises:
        FileFormatError: They take little of that in the file.
    """
    for name, tensor in weights.tensors.items():
        tensor.check_size(f"{where}:{name}")
    return sum(tensor.nbytes for tensor in weights.tensors.values())


@contextmanager
def archive_weights(archive: zipfile.ZipFile, path: Path) -> Iterator[Weights]:
    """List the weights in an open archive; values are read inside the ``with`` block."""
    import h5py

    where = f"{path}:{WEIGHTS}"
    with ExitStack() as stack:
        with wrap_read_errors(where, "an HDF5 file"):
            file = stack.enter_context(h5py.File(io.BytesIO(checksums.verified(archive, path, WEIGHTS)), "r"))
            weights = read_tensors(file, where)
        yield weights


def open_archive(path: Path) -> zipfile.ZipFile:
    """Open a ``.keras`` file for reading."""
    return open_zip(path, "a .keras archive")


def _json(archive: zipfile.ZipFile, path: Path, member: str) -> Any:
    return parse_json(checksums.verified(archive, path, member, MOST_JSON_BYTES), f"{path}:{member}")


def _name_the_plugin(error: UnknownNameError, plugins: Any, path: Path) -> CorneError:
    """Say which package to install if the file knows it; else return the error itself."""
    installed = {name for name in plugins if _is_installed(name)} if isinstance(plugins, dict) else set()
    for name, entry in plugins.items() if isinstance(plugins, dict) else ():
        if name not in installed and isinstance(entry, dict):
            provides = ", ".join(map(str, entry.get("provides", [])))
            return MissingPluginError(
                f"{provides} in {path}", f"{name} {entry.get('version', '')}".strip(), "not installed",
                f"pip install {name}",
            )  # fmt: skip
    return error


def _is_installed(distribution: str) -> bool:
    from importlib import metadata

    try:
        metadata.version(distribution)
    except (metadata.PackageNotFoundError, ValueError):
        return False
    return True
