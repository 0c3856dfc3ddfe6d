"""``pickle`` and ``copy.deepcopy`` of models, layers and optimizers, through the file format.

What a pickle holds is a configuration and weights: a ``.keras`` archive's bytes for a model, JSON and an ``.npz``
file's bytes for the rest. Classes of the user's own are in it by reference, which ``pickle`` imports. Reading a pickle
can run code whatever is in it; a file from somebody else is for :func:`corne.saving.load_model`.
"""

from __future__ import annotations

import io
import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from corne import serialization
from corne.errors import CorneError
from corne.optimizer import Optimizer
from corne.plugins import registry
from corne.saving import archive
from corne.saving.member_writer import ZipWriter
from corne.saving.members import members_of
from corne.saving.npz_file import FORMAT
from corne.saving.tensors import gather, restore
from corne.state_lock import lock_of

_WHERE = "a pickle"


def reduce_object(item: Any) -> tuple[Callable[..., Any], tuple[Any, ...]]:
    """Return what ``__reduce__`` returns: a function, and arguments that make an equal object.

    Raises:
        StateError: The object has no configuration that JSON can hold.
    """
    config = serialization.serialize_object(item)
    classes = dict(_own_objects(config))
    if hasattr(item, "to_json"):
        buffer = io.BytesIO()
        with lock_of(item).pause(), ZipWriter(buffer) as writer:
            archive.write_model(item, writer)
        return _load_model, (buffer.getvalue(), classes)
    variables = list(item._trainable_variables) if isinstance(item, Optimizer) and item.built else []
    with tempfile.TemporaryDirectory(prefix="corne-pickle-") as folder:
        path = Path(folder, "weights.npz")
        FORMAT.write(path, gather(item))
        return _load_object, (json.dumps(config), classes, variables, path.read_bytes())


def _own_objects(config: Any) -> Iterator[tuple[str, Any]]:
    """Yield name and class or function for each object in a configuration that no plugin provides."""
    stack = [config]
    while stack:
        value = stack.pop()
        stack.extend(value.values() if isinstance(value, dict) else value if isinstance(value, list) else ())
        if not isinstance(value, dict) or not isinstance(value.get("class_name"), str):
            continue
        if value["class_name"] == "function":
            found, name = serialization.get_registered_object(str(value.get("config"))), str(value["config"])
        else:
            found, name = _class_of(value), value.get("registered_name") or value["class_name"]
        if found is not None and registry.provider(found) is None:
            yield name, found


def _class_of(config: dict[str, Any]) -> Any:
    try:
        return serialization.find_class(config)
    except CorneError:  # neither a marker nor a registered class: it comes from one of this program's modules
        return getattr(sys.modules.get(str(config.get("module"))), config["class_name"], None)


def _load_model(data: bytes, classes: dict[str, Any]) -> Any:
    with members_of(io.BytesIO(data)) as members:
        return archive.read_model(members, classes, compile_model=True)


def _load_object(text: str, classes: dict[str, Any], variables: list[Any], data: bytes) -> Any:
    config = json.loads(text)
    item = serialization.deserialize_object(config, custom_objects=classes)
    if variables and not item.built:
        item.build(variables)
    with tempfile.TemporaryDirectory(prefix="corne-pickle-") as folder:
        path = Path(folder, "weights.npz")
        path.write_bytes(data)
        with FORMAT.open(path) as weights:
            restore(item, weights, _WHERE)
    return item
