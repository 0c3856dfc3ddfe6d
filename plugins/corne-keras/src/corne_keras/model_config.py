"""Translate a model's configuration of Keras 1 or 2 to today's form."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from corne.errors import FileFormatError

from corne_keras import layer_config
from corne_keras.origin import Origin

_KERAS_TENSOR = "__keras_tensor__"
_CONSTANT = "_CONSTANT_VALUE"


def model(entry: Any, origin: Origin, where: str) -> dict[str, Any]:
    """Return the configuration of a Sequential or functional model in today's form.

    Args:
        entry: ``{"class_name", "config"}`` as in the file.
        origin: Who wrote it.
        where: The file, for messages.

    Raises:
        FileFormatError: It is malformed, of another class, or needs a removed feature of a layer.
    """
    config = entry.get("config") if isinstance(entry, dict) else None
    class_name = entry.get("class_name") if isinstance(entry, dict) else None
    if class_name == "Sequential" and isinstance(config, (dict, list)):
        return _sequential(config, origin, where)
    if class_name in ("Model", "Functional") and isinstance(config, dict) and "layers" in config:
        return _Graph(config, origin, where).translated()
    raise FileFormatError(
        where, "the configuration of a Sequential or functional model", repr(class_name)[:80],
        "Rebuild a custom model in code, then load the weights by name.",
    )  # fmt: skip


def _translated(entry: Any, origin: Origin, where: str) -> dict[str, Any]:
    return layer_config.layer(entry, origin, lambda inner: model(inner, origin, where))


def _sequential(config: dict[str, Any] | list[Any], origin: Origin, where: str) -> dict[str, Any]:
    """Return name and layers: until Keras 2.2.2 the configuration was the list of layers, without a name."""
    settings = config if isinstance(config, dict) else {"layers": config}
    entries = settings.get("layers")
    if not isinstance(entries, list):
        raise FileFormatError(where, "a list of layers", type(entries).__name__, "The file is corrupt.")
    layers = [_translated(entry, origin, where) for entry in entries]
    if layers and layers[0]["class_name"] != "InputLayer":
        first = _config_of(entries[0])
        if first.get("batch_input_shape") is not None:
            layers.insert(0, _input(first, layers[0]))
    result = {"layers": layers, **{key: settings[key] for key in ("name", "trainable") if key in settings}}
    if settings.get("build_input_shape") is not None and layers and layers[0]["class_name"] != "InputLayer":
        result["build_input_shape"] = settings["build_input_shape"]
    return {"module": "keras", "class_name": "Sequential", "config": result, "registered_name": None}


def _config_of(entry: Any) -> dict[str, Any]:
    config = entry.get("config") if isinstance(entry, dict) else None
    return config if isinstance(config, dict) else {}


def _input(first: dict[str, Any], layer: dict[str, Any]) -> dict[str, Any]:
    """Return the input that the first layer's arguments imply."""
    dtype = first.get("input_dtype", first.get("dtype"))
    name = f"{layer['config'].get('name') or 'sequential'}_input"
    config = {"batch_shape": first["batch_input_shape"], "name": name}
    if isinstance(dtype, str):
        config["dtype"] = dtype
    return {"module": "keras.layers", "class_name": "InputLayer", "config": config, "registered_name": None}


class _Graph:
    """A functional model's layers and the calls that connect them."""

    def __init__(self, config: dict[str, Any], origin: Origin, where: str) -> None:
        self._config, self._origin, self._where = config, origin, where
        self._names: set[str] = set()
        self._uses: dict[str, tuple[set[int], set[int]]] = {}
        self._shifts: dict[str, int] = {}  # first index of calls between layers
        self._outer_shifts: dict[str, int] = {}  # the same for the model's inputs and outputs

    def translated(self) -> dict[str, Any]:
        entries = self._config["layers"]
        if not isinstance(entries, list):
            raise self._damaged("a list of layers", type(entries).__name__)
        self._uses = self._find_uses()
        self._names = {_name(entry) for entry in entries if isinstance(entry, dict)}
        for entry in entries:
            self._note_shift(entry)
        layers = [self._layer(entry) for entry in entries]
        config = {
            "name": self._config.get("name"),
            "layers": layers,
            "input_layers": self._ends("input_layers"),
            "output_layers": self._ends("output_layers"),
        }
        if isinstance(self._config.get("trainable"), bool):
            config["trainable"] = self._config["trainable"]
        return {
            "module": "keras.src.models.functional", "class_name": "Functional", "config": config,
            "registered_name": "Functional",
        }  # fmt: skip

    def _damaged(self, expected: str, given: str) -> FileFormatError:
        return FileFormatError(f"{self._where}: functional model", expected, given, "The file is corrupt.")

    def _note_shift(self, entry: Any) -> None:
        """A model inside had one call before any in this graph, the one that made it, and counts began after it.

        Today they do so at the outer model's ends alone, and not for a Sequential.
        """
        if not isinstance(entry, dict) or entry.get("class_name") not in (
            "Model",
            "Functional",
            "Sequential",
        ):
            return
        name = _name(entry)
        inner, outer = self._uses[name]
        if self._origin.major < 3 and (inner | outer) and 0 not in inner | outer:
            self._shifts[name] = 1
            self._outer_shifts[name] = int(entry["class_name"] == "Sequential")

    def _find_uses(self) -> dict[str, tuple[set[int], set[int]]]:
        """Return the referenced calls of each layer, between layers and at the model's ends."""
        found: dict[str, tuple[set[int], set[int]]] = defaultdict(lambda: (set(), set()))
        for entry in self._config["layers"]:
            for name, index, _ in _references(self._nodes(entry)):
                found[name][0].add(index)
        for key in ("input_layers", "output_layers"):
            for name, index, _ in _references(self._config.get(key)):
                found[name][1].add(index)
        return found

    def _nodes(self, entry: Any) -> list[Any]:
        nodes = entry.get("inbound_nodes") if isinstance(entry, dict) else None
        if not isinstance(nodes, list):
            raise self._damaged("inbound_nodes of each layer", repr(nodes)[:80])
        return nodes

    def _layer(self, entry: dict[str, Any]) -> dict[str, Any]:
        result = _translated(entry, self._origin, self._where)
        result["name"] = _name(entry)
        result["config"].setdefault("name", result["name"])
        if result["config"]["name"] is None:
            result["config"]["name"] = result["name"]
        result["inbound_nodes"] = [self._node(node, result) for node in self._nodes(entry)]
        return result

    def _node(self, node: Any, layer: dict[str, Any]) -> dict[str, Any]:
        if isinstance(node, dict) and node.keys() == {"args", "kwargs"}:  # Keras 3
            kwargs = {key: value for key, value in node["kwargs"].items() if value is not None}
            return {"args": node["args"], "kwargs": kwargs}
        others: dict[str, Any] = {}
        inputs = self._tensors(node, others)
        if isinstance(inputs, list) and len(inputs) == 1 and layer["class_name"] not in layer_config.MERGES:
            (inputs,) = inputs
        result = {key: self._argument(value) for key, value in others.items() if value is not None}
        if layer["class_name"] in layer_config.RECURRENT and isinstance(inputs, list):
            inputs, *result["initial_state"] = inputs
        return {"args": [inputs], "kwargs": result}

    def _tensors(self, value: Any, kwargs: dict[str, Any]) -> Any:
        """Return the structure of a call's first argument; fill ``kwargs`` with the others."""
        if _is_reference(value):
            if len(value) == 4:
                if not isinstance(value[3], dict):
                    raise self._damaged("a dict of arguments", repr(value[3])[:80])
                kwargs.update(value[3])
            return value[2] if value[0] == _CONSTANT else self._tensor(value)
        if isinstance(value, dict):
            return {key: self._tensors(item, kwargs) for key, item in value.items()}
        if isinstance(value, list) and value:
            return [self._tensors(item, kwargs) for item in value]
        raise self._damaged("calls as [layer, call, output, arguments]", repr(value)[:80])

    def _argument(self, value: Any) -> Any:
        """Translate tensors in arguments, given as ``[layer, call, output]``."""
        if _is_reference(value) and value[0] in self._names:
            return self._tensor(value)
        if isinstance(value, list):
            return [self._argument(item) for item in value]
        return value

    def _tensor(self, reference: list[Any]) -> dict[str, Any]:
        name, index, output = reference[:3]
        history = [name, index - self._shifts.get(name, 0), output]
        return {"class_name": _KERAS_TENSOR, "config": {"keras_history": history}}

    def _ends(self, key: str) -> Any:
        """Return the model's inputs or outputs; a single one is not a list today."""

        def moved(value: Any) -> Any:
            if _is_reference(value):
                name, index, output = value[:3]
                return [name, index - self._outer_shifts.get(name, 0), output]
            if isinstance(value, dict):
                return {part: moved(item) for part, item in value.items()}
            if isinstance(value, list):
                return [moved(item) for item in value]
            raise self._damaged(f"{key} as [layer, call, output]", repr(value)[:80])

        ends = moved(self._config.get(key))
        alone = (
            self._origin.major < 3 and isinstance(ends, list) and len(ends) == 1 and not _is_reference(ends)
        )
        return ends[0] if alone else ends


def _name(entry: dict[str, Any]) -> str:
    name = entry.get("name") or _config_of(entry).get("name")
    if not isinstance(name, str):
        raise FileFormatError(
            "a layer of a functional model", "a name", repr(name)[:80], "The file is corrupt."
        )
    return name


def _is_reference(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) in (3, 4)
        and isinstance(value[0], str)
        and isinstance(value[1], int)
        and (isinstance(value[2], int) or value[0] == _CONSTANT)
    )


def _references(value: Any) -> list[tuple[str, int, int]]:
    """Return all ``[layer, call, output]`` in a structure, those in Keras 3's form too."""
    if _is_reference(value):
        rest = _references(value[3]) if len(value) == 4 else []
        return [(value[0], value[1], value[2]), *rest]
    if isinstance(value, dict):
        if value.get("class_name") == _KERAS_TENSOR:
            return _references(_config_of(value).get("keras_history"))
        return [found for item in value.values() for found in _references(item)]
    if isinstance(value, list):
        return [found for item in value for found in _references(item)]
    return []
