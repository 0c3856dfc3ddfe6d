"""Operations of a functional model as configuration."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from corne import serialization, tree
from corne.errors import FileFormatError, StateError
from corne.naming import to_snake_case
from corne.operation.namespaces import keras_module
from corne.plugins import registry
from corne.symbolic import OpCall


def describe(call: OpCall) -> dict[str, Any]:
    """Return the config of an operation at one place of a graph, in Keras 3's layout.

    Raises:
        StateError: The operation is registered nowhere, so no file can name it.
    """
    entry = registry.entry_of(call.function, "ops")
    if entry is None:
        name = registered = serialization.get_registered_name(call.function)
        if serialization.get_registered_object(registered) is not call.function:
            raise StateError(
                f"operation {call.name!r}", "a registered operation, so that a file can name it",
                f"{call.function.__module__}.{name}",
                "Register it through the hook corne_ops, or decorate it with "
                "corne.saving.register_keras_serializable().",
            )  # fmt: skip
        module = call.function.__module__
    else:
        name, module = entry.name, "corne.ops"
        registered = f"{entry.distribution}:{name}"
    class_name = "".join(part.capitalize() for part in name.rpartition(".")[2].split("_"))
    if entry is not None and entry.first_party:
        module, registered = f"keras.src.ops.{keras_module(name)}", class_name
    return {
        "module": module,
        "class_name": class_name,
        "config": {"name": call.name, "function": name},
        "registered_name": registered,
    }


def find_operation(config: dict[str, Any]) -> Callable[..., Any] | None:
    """Return the operation that a config names, registered or in a scope; None if it names none.

    Raises:
        MissingPluginError: The package that registers it is not installed.
        PluginError: It is broken, or several register the name.
    """
    registered = config.get("registered_name")
    module = str(config.get("module") or "")
    inner = config.get("config")
    function = inner.get("function") if isinstance(inner, dict) else None
    for name in (registered, function):
        found = serialization.get_registered_object(name) if isinstance(name, str) else None
        if found is not None and callable(getattr(found, "body", None)):
            return found  # type: ignore[no-any-return]
    if ".ops" not in module:
        return None
    if isinstance(registered, str) and ":" in registered:
        return registry.get("ops", registered)  # type: ignore[no-any-return]
    function = function or to_snake_case(re.sub(r"(?<=[a-z])(?=\d)", "", str(config["class_name"])))
    known = set(registry.names("ops")) | registry.expected("ops")
    for name in (f"{module.rpartition('.')[2]}.{function}", function):
        if name in known:
            return registry.get("ops", name)  # type: ignore[no-any-return]
    raise FileFormatError(
        f"operation {config['class_name']!r}", "an operation of corne.ops", repr(function),
        "A newer version may have it. Or rebuild the model in code and load its weights.",
    )  # fmt: skip


class NamedOperation:
    """An operation that keeps the name its config gives it.

    In Keras's files its settings stand in the config rather than in its calls.
    """

    def __init__(self, operation: Callable[..., Any], config: dict[str, Any]) -> None:
        self._settings = dict(config["config"])
        self.name: str = self._settings.pop("name", None) or config["name"]
        self._settings.pop("function", None)
        self._operation = operation

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        outputs = self._operation(*args, **{**self._settings, **kwargs})
        for tensor in tree.flatten(outputs):
            tensor.node.operation.name = self.name
        return outputs
