"""What ``corne.ops`` and its namespaces are made of: names looked up in the registry on first use."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

from corne.operation.namespaces import SHARED
from corne.plugins import registry

#: Modules under ``corne.ops`` that hold nothing but operations.
NAMESPACES = ("image", "linalg", "nn", "numpy")


def face(namespace: str = "") -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return ``__getattr__`` and ``__dir__`` for ``corne.ops`` or for one of its namespaces.

    An operation that was looked up stays in the module, so that the next use costs nothing more.
    """
    module = f"corne.ops.{namespace}" if namespace else "corne.ops"
    prefix = f"{namespace}." if namespace else ""
    kept: set[str] = set()

    def __getattr__(name: str) -> Any:
        if name == "__all__":
            return names(namespace)
        if name.startswith("_"):  # probes by Python and by tools: no reason to look for plugins
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        if not namespace and name in NAMESPACES:
            return import_module(f"{module}.{name}")
        operation = registry.get("ops", name if name in SHARED.get(namespace, ()) else prefix + name)
        setattr(sys.modules[module], name, operation)
        kept.add(name)
        return operation

    def __dir__() -> list[str]:
        return names(namespace) if namespace else sorted([*names(), *NAMESPACES])

    def forget() -> None:
        for name in kept:
            vars(sys.modules[module]).pop(name, None)
        kept.clear()

    registry.when_forgotten(forget)
    return __getattr__, __dir__


def names(namespace: str = "") -> list[str]:
    """Return the names of the installed operations of ``corne.ops`` or of one of its namespaces, sorted."""
    found = registry.names("ops")
    if not namespace:
        return [name for name in found if "." not in name]
    prefix = f"{namespace}."
    shared = SHARED.get(namespace, frozenset())
    own = {name.removeprefix(prefix) for name in found if name.startswith(prefix)}
    return sorted(own | (shared & set(found)))
