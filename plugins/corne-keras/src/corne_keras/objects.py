"""Translate activations, initializers, regularizers and constraints of Keras 1 and 2."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from corne.serialization import get_registered_object

from corne_keras.origin import Origin

#: Names that changed, or changed their meaning.
_ACTIVATIONS = {
    "hard_sigmoid": "legacy_hard_sigmoid",
    "softmax_v2": "softmax",
    "log_softmax_v2": "log_softmax",
}
_REGULARIZERS_OF_KERAS_1 = ("WeightRegularizer", "ActivityRegularizer", "L1L2Regularizer")

Layer = Callable[[Any], Any]


def activation(value: Any, origin: Origin, layer: Layer) -> Any:
    """Return an activation in Corne's form.

    Args:
        value: A name, or a layer's or function's configuration.
        origin: Who wrote it.
        layer: Translates a layer's configuration.
    """
    if isinstance(value, dict):
        name, config = value.get("class_name"), value.get("config")
        if name != "function" and isinstance(config, dict):
            return layer(value)
        value = config if isinstance(config, str) else value
    if isinstance(value, str) and origin.major < 3 and get_registered_object(value) is None:
        return _ACTIVATIONS.get(value, value)
    return value


def initializer(value: Any) -> Any:
    """Return an initializer without removed arguments."""
    value = _versionless(value)
    if not isinstance(value, dict) or not isinstance(value.get("config"), dict):
        return value
    config = {key: item for key, item in value["config"].items() if key != "dtype"}
    if value["class_name"] == "VarianceScaling" and config.get("distribution") == "normal":
        config["distribution"] = "truncated_normal"
    return {**value, "config": config}


def regularizer(value: Any) -> Any:
    """Return a regularizer; Keras 1 put its arguments next to its name."""
    if isinstance(value, dict) and value.get("name") in _REGULARIZERS_OF_KERAS_1:
        return {"class_name": "L1L2", "config": {key: value.get(key) or 0.0 for key in ("l1", "l2")}}
    return _versionless(value)


def constraint(value: Any) -> Any:
    """Return a constraint; Keras 1 put its arguments next to its name."""
    if isinstance(value, dict) and "class_name" not in value and isinstance(value.get("name"), str):
        config = {("max_value" if key == "m" else key): item for key, item in value.items() if key != "name"}
        return {"class_name": value["name"], "config": config}
    return _versionless(value)


def dtype(value: Any) -> Any:
    """Return a dtype or policy by its name, or None for an unspecified one."""
    if isinstance(value, dict):
        config = value.get("config")
        value = config.get("name") if isinstance(config, dict) else None
    return None if value in ("infer", "_infer") else value


def number(value: Any) -> Any:
    """Return the number in an array that Keras 2 wrote as an object."""
    if isinstance(value, dict) and value.get("type") == "ndarray" and "class_name" not in value:
        return value.get("value")
    return value


def _versionless(value: Any) -> Any:
    """Return a configuration under its class's name without "V1" or "V2"."""
    if not isinstance(value, dict) or not isinstance(value.get("class_name"), str):
        return value
    name = value["class_name"]
    return {**value, "class_name": name[:-2] if name.endswith(("V1", "V2")) else name}
