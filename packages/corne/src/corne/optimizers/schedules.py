"""Learning-rate schedules, from whichever packages are installed.

They are registered among the optimizers; here are those whose names say that they are schedules.
"""

from __future__ import annotations

from typing import Any

from corne import optimizers
from corne.plugins import registry

_ENDINGS = ("Decay", "DecayRestarts", "Schedule")
serialize = optimizers.serialize
deserialize = optimizers.deserialize


def __getattr__(name: str) -> Any:
    if name == "__all__":
        return [name for name in registry.names("optimizers") if name.endswith(_ENDINGS)]
    if name.startswith("_"):
        raise AttributeError(f"module 'corne.optimizers.schedules' has no attribute {name!r}")
    return registry.get("optimizers", name)


def __dir__() -> list[str]:
    return ["deserialize", "serialize", *(n for n in registry.names("optimizers") if n.endswith(_ENDINGS))]
