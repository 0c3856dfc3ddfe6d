"""Learning-rate schedules, from whichever packages are installed: the optimizers' namespace, narrowed."""

from __future__ import annotations

from typing import Any

from corne.plugins import registry
from corne.plugins.namespace import face

_getattr, _, get, serialize, deserialize = face("optimizers")


def _names() -> list[str]:
    return [name for name in registry.names("optimizers") if name.endswith(("Decay", "Restarts", "Schedule"))]


def __getattr__(name: str) -> Any:
    return _names() if name == "__all__" else _getattr(name)


def __dir__() -> list[str]:
    return sorted(["get", "serialize", "deserialize", *_names()])
