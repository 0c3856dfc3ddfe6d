"""A whole model in a ``.keras`` archive or a folder: configuration, weights, assets, needed plugins."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from typing import Any

from corne import serialization
from corne.errors import CorneError, MissingPluginError, UnknownNameError
from corne.operation.config import find_operation
from corne.plugins import builtin, registry
from corne.saving import hdf5_file
from corne.saving.assets import load_assets, save_assets
from corne.saving.building import build_model
from corne.saving.member_writer import MemberWriter
from corne.saving.members import FolderMembers, Members
from corne.saving.read_errors import wrap_read_errors
from corne.saving.tensors import Weights, gather, restore
from corne.saving.weights import read_tensors, write_tensors

METADATA, CONFIG, WEIGHTS, PLUGINS = "metadata.json", "config.json", "model.weights.h5", "plugins.json"
#: The version of Keras whose file layout this is; Keras reads it from the metadata.
LAYOUT = "3.15.1"


def write_model(model: Any, writer: MemberWriter, include_optimizer: bool = True) -> None:
    """Write the whole model.

    Args:
        model: The model.
        writer: Of an archive or a folder.
        include_optimizer: Whether to write the optimizer and the other arguments of ``compile``. Default
            True.
    """
    import h5py

    config = serialization.serialize_object(model)
    weights = gather(model)
    if not include_optimizer:
        config.pop("compile_config", None)
        weights = weights.without("optimizer")
    metadata = {
        "keras_version": LAYOUT,
        "date_saved": datetime.now(UTC).strftime("%Y-%m-%d@%H:%M:%S"),
        "corne_version": builtin.version(),
    }
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        write_tensors(weights, file)
    writer.add(METADATA, json.dumps(metadata).encode())
    writer.add(CONFIG, json.dumps(config).encode())
    writer.add(WEIGHTS, buffer.getbuffer())
    save_assets(model, writer)
    writer.add(PLUGINS, json.dumps(needed_plugins(config)).encode())


def needed_plugins(config: Any) -> dict[str, Any]:
    """Return ``{distribution: {"version": ..., "provides": [...]}}`` for the classes and operations a config names."""
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
            operation = find_operation(value)
            provider = registry.provider(operation or serialization.find_class(value))
        except CorneError:
            return  # functions and the config's own markers
        if provider is not None:
            entry = found.setdefault(provider.distribution, {"version": provider.version, "provides": []})
            name = value["config"]["function"] if operation else value["class_name"]
            if name not in entry["provides"]:
                entry["provides"].append(name)

    visit(config)
    return found


def read_model(members: Members, custom_objects: Any, compile_model: bool) -> Any:
    """Build the model in an archive or folder and load its assets and weights."""
    config = members.read_json(CONFIG)
    plugins = members.read_json(PLUGINS) if PLUGINS in members.names else {}
    if not compile_model and isinstance(config, dict):
        config.pop("compile_config", None)
    members.verify(but=(CONFIG, PLUGINS, WEIGHTS))
    with stored_weights(members) as weights:
        size = _size(weights, f"{members.where}:{WEIGHTS}")
        try:
            model = build_model(config, f"{members.where}:{CONFIG}", custom_objects, size)
        except UnknownNameError as error:
            raise _name_the_plugin(error, plugins, members.where) from error
        load_assets(model, members)
        restore(model, weights, members.where)
    return model


def _size(weights: Weights, where: str) -> int:
    """Return the size of the weights in memory, in bytes.

    Raises:
        FileFormatError: They take far less in the file.
    """
    for name, tensor in weights.tensors.items():
        tensor.check_size(f"{where}:{name}")
    return sum(tensor.nbytes for tensor in weights.tensors.values())


@contextmanager
def stored_weights(members: Members) -> Iterator[Weights]:
    """List the weights of a saved model; values are read inside the ``with`` block."""
    import h5py

    where = f"{members.where}:{WEIGHTS}"
    if isinstance(members, FolderMembers) and WEIGHTS in members.names and not members.has_sums:
        members.size(WEIGHTS)  # no link
        hdf5_file.check(members.path(WEIGHTS))
    data = members.read(WEIGHTS)
    with ExitStack() as stack:
        with wrap_read_errors(where, "an HDF5 file"):
            weights = read_tensors(stack.enter_context(h5py.File(io.BytesIO(data), "r")), where)
        yield weights


def _name_the_plugin(error: UnknownNameError, plugins: Any, where: str) -> CorneError:
    """Return an error that names the missing package if the file lists it, else the given error."""
    installed = {name for name in plugins if _is_installed(name)} if isinstance(plugins, dict) else set()
    for name, entry in plugins.items() if isinstance(plugins, dict) else ():
        if name not in installed and isinstance(entry, dict):
            provides = ", ".join(map(str, entry.get("provides", [])))
            return MissingPluginError(
                f"{provides} in {where}", f"{name} {entry.get('version', '')}".strip(), "not installed",
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
