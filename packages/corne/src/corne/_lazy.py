"""Modules whose names are imported when they are first used (PEP 562)."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from corne.errors import MissingPluginError, UnknownNameError, nearest


def load_path(target: str) -> Any:
    """Import and return what ``"module:attribute"`` names; the attribute may have dots.

    >>> load_path("math:pi")
    3.141592653589793
    """
    module, _, attribute = target.partition(":")
    value = import_module(module)
    for part in attribute.split("."):
        value = getattr(value, part)
    return value


def attach(
    module: str, names: Mapping[str, str], submodules: tuple[str, ...] = ()
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return ``__getattr__`` and ``__dir__`` for a module.

    Args:
        module: The module's ``__name__``.
        names: ``{name: "module:attribute"}``. What was looked up once is kept in the module.
        submodules: Modules inside it that are imported when named.
    """

    def __getattr__(name: str) -> Any:
        if name in names:
            try:
                value = load_path(names[name])
            except ModuleNotFoundError as error:
                package = names[name].partition(":")[0].partition(".")[0]
                if error.name != package or package == "corne":
                    raise
                owner = package.replace("_", "-")
                raise MissingPluginError(name, owner, "not installed", f"pip install {owner}") from None
            setattr(sys.modules[module], name, value)
            return value
        if name in submodules:
            return import_module(f"{module}.{name}")
        if name.startswith("_"):  # probes by Python and by tools
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        raise UnknownNameError(
            module,
            "one of its names",
            repr(name),
            f"See dir({module}).{nearest(name, [*names, *submodules])}",
        )

    def __dir__() -> list[str]:
        return sorted({*vars(sys.modules[module]), *names, *submodules})

    return __getattr__, __dir__
