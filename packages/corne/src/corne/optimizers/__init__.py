"""Optimizers and learning-rate schedules, from whichever packages are installed."""

from typing import Any

from corne.plugins.namespace import face

_getattr, __dir__, get, serialize, deserialize = face("optimizers")


def __getattr__(name: str) -> Any:
    if name in ("schedules", "legacy"):
        from importlib import import_module

        return import_module(f"corne.optimizers.{name}")
    return _getattr(name)
