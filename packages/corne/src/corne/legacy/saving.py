"""Serialization in the form of Keras 2: ``{"class_name": ..., "config": ...}``, and functions by name."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from corne import serialization
from corne.errors import ArgumentError, FileFormatError, UnknownNameError, nearest


def serialize_keras_object(instance: Any) -> Any:
    """Return an object's class and configuration, or a function's name.

    Args:
        instance: An object with ``get_config``, a function, a class, or None, which stays None.

    Raises:
        ArgumentError: Something else.

    >>> from corne import regularizers
    >>> serialize_keras_object(regularizers.L2(0.5))
    {'class_name': 'L2', 'config': {'l2': 0.5}}
    """
    if instance is None:
        return None
    instance = inspect.unwrap(instance) if callable(instance) else instance
    if hasattr(instance, "get_config") and not inspect.isclass(instance):
        config = {key: _item(value) for key, value in instance.get_config().items()}
        return {"class_name": serialization.get_registered_name(type(instance)), "config": config}
    if hasattr(instance, "__name__"):
        return serialization.get_registered_name(instance)
    raise ArgumentError(
        "serialize_keras_object(instance=…)", "a function or an object with get_config()", repr(instance)
    )


def _item(value: Any) -> Any:
    if hasattr(value, "get_config") or inspect.isfunction(value):
        return serialize_keras_object(value)
    return value


def deserialize_keras_object(
    identifier: Any,
    module_objects: Mapping[str, Any] | None = None,
    custom_objects: Mapping[str, Any] | None = None,
    printable_module_name: str = "object",
) -> Any:
    """Make the object that :func:`serialize_keras_object` described. No name is imported.

    Args:
        identifier: A class's name and configuration, a name, a function (returned as it is), or None.
        module_objects: Objects by name, looked at last.
        custom_objects: Objects by name, looked at first.
        printable_module_name: What errors call the object. Default ``"object"``.

    Raises:
        UnknownNameError: No mapping has the name.
        FileFormatError: The description is malformed.
    """
    if identifier is None or inspect.isfunction(identifier):
        return identifier
    if isinstance(identifier, str):
        found = _find(identifier, module_objects, custom_objects, printable_module_name)
        return found() if inspect.isclass(found) else found
    if not isinstance(identifier, Mapping) or not isinstance(identifier.get("class_name"), str):
        raise FileFormatError(
            f"the configuration of a {printable_module_name}", "a dict with class_name and config",
            repr(identifier)[:200],
        )  # fmt: skip
    config = identifier.get("config")
    if not isinstance(config, Mapping):
        raise FileFormatError(
            f"config of {identifier['class_name']}", "a dict of arguments", type(config).__name__
        )
    found = _find(identifier["class_name"], module_objects, custom_objects, printable_module_name)
    with serialization.custom_object_scope(custom_objects or {}):
        return found.from_config(dict(config)) if hasattr(found, "from_config") else found(**config)


def _find(
    name: str, module_objects: Mapping[str, Any] | None, custom_objects: Mapping[str, Any] | None, noun: str
) -> Any:
    found = serialization.get_registered_object(name, custom_objects, module_objects)
    if found is None:
        known = [*(custom_objects or ()), *(module_objects or ())]
        raise UnknownNameError(
            f"{noun} {name!r}", "a name in custom_objects, module_objects or the registry", "one that none has",
            nearest(name, known).strip(),
        )  # fmt: skip
    return found
