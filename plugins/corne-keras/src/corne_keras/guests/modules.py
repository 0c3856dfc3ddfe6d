"""Modules under Keras's names, created on import.

They are separate modules that hold Corne's objects. So ``isinstance`` and patches of classes work
from both sides, and no module of Corne changes its name.
"""

from __future__ import annotations

import dis
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import FrameType, ModuleType
from typing import TYPE_CHECKING, Any

from corne_keras.guests import resolve

if TYPE_CHECKING:
    from importlib.metadata import Distribution, DistributionFinder

#: ``{name: who asked first}`` for names that were asked for and not found, and for all that were found.
MISSING: dict[str, str] = {}
FOUND: dict[str, str] = {}

_IMPORT_FROM = dis.opmap["IMPORT_FROM"]


class Facade(ModuleType):
    """Replaces a module of Keras."""

    def __getattr__(self, name: str) -> Any:
        module = self.__name__
        if name == "__all__":
            return resolve.names(module)
        if name.startswith("__") and name != "__version__":
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        if resolve.is_module(f"{module}.{name}"):
            return import_module(f"{module}.{name}")
        caller = sys._getframe(1)
        who = f"{caller.f_code.co_filename}:{caller.f_lineno}"
        try:
            value = resolve.find(module, name)
        except LookupError:
            if "importlib" not in caller.f_code.co_filename:  # its hasattr comes before the import itself
                MISSING.setdefault(f"{module}.{name}", who)
            text = f"Corne has no {module}.{name}, which {who} requests. See corne_keras.report()."
            raise (ImportError if _is_import(caller) else AttributeError)(text) from None
        FOUND.setdefault(f"{module}.{name}", who)
        setattr(self, name, value)
        return value

    def __dir__(self) -> list[str]:
        return sorted({*vars(self), *resolve.names(self.__name__)})


class Finder(MetaPathFinder, Loader):
    """Finds ``keras`` and everything below it."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return the spec of a façade, or None for other modules."""
        if fullname.partition(".")[0] != "keras" or not resolve.is_module(fullname):
            return None
        return ModuleSpec(fullname, self, origin="corne_keras", is_package=True)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Return an empty façade."""
        return Facade(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Do nothing: names are found on use."""

    def find_distributions(self, context: DistributionFinder.Context) -> Iterator[Distribution]:
        """Yield a distribution for queries about the installed Keras."""
        if context.name is not None and context.name.lower() == "keras":
            from corne_keras.guests.distribution import Distribution

            yield Distribution()


def _is_import(frame: FrameType) -> bool:
    """Return whether a frame is executing ``from ... import name``."""
    return frame.f_code.co_code[frame.f_lasti] == _IMPORT_FROM
