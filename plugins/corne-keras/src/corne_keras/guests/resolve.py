"""Find the object of Corne for a name of Keras.

A public name, ``keras.layers.Dense``, is the name of the same path in Corne. A private one,
``keras.src.layers.core.dense.Dense``, is found by name: private paths move from one version of Keras to the
next, names stay.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

from corne_keras.guests import private
from corne_keras.guests.interface import PRIVATE, PUBLIC

#: Public names whose path differs in Corne.
_ELSEWHERE = {
    "keras.version": "corne_keras.guests.private:version",
    "keras.__version__": "corne_keras.guests.interface:VERSION",
    "keras.config.set_backend": "corne_keras.guests.private:set_backend",
}

#: Modules that Keras had to 2.15.
_OLDER = ("keras.preprocessing.text",)


def is_module(name: str) -> bool:
    """Return whether Keras has, or had, a module of this full name."""
    return (
        name in PUBLIC or name in _OLDER or name == "keras.src" or name.removeprefix("keras.src.") in PRIVATE
    )


def find(module: str, name: str) -> Any:
    """Return the object for ``module.name``.

    Raises:
        LookupError: Keras has no such name, or Corne lacks it.
    """
    if f"{module}.{name}" in _ELSEWHERE:
        return _load(_ELSEWHERE[f"{module}.{name}"])
    if module in PUBLIC or module in _OLDER:
        return _public(module, name)
    path = module.removeprefix("keras.src").lstrip(".")
    counterpart = f"keras.{path}" if path else "keras"
    if counterpart in PUBLIC and name in PUBLIC[counterpart].split():
        return find(counterpart, name)
    if name in private.NAMES:
        return _load(private.NAMES[name])
    for candidate in sorted(_homes().get(name, ()), key=lambda home: _distance(home, path)):
        return find(candidate, name)
    raise LookupError(f"{module}.{name}")


def names(module: str) -> list[str]:
    """Return the names that ``from module import *`` imports: those that Corne has."""
    if module in _OLDER:
        return [name for name in dir(import_module(module.replace("keras", "corne", 1))) if name[0] != "_"]
    path = module.replace("keras.src", "keras", 1)
    return [name for name in PUBLIC.get(path, "").split() if _has(path, name)]


def _has(module: str, name: str) -> bool:
    try:
        find(module, name)
    except LookupError:
        return False
    return True


def _public(module: str, name: str) -> Any:
    try:
        return getattr(import_module(module.replace("keras", "corne", 1)), name)
    except (ImportError, AttributeError) as error:
        raise LookupError(f"{module}.{name}") from error


def _load(target: str) -> Any:
    module, _, attribute = target.partition(":")
    return getattr(import_module(module), attribute)


@cache
def _homes() -> dict[str, list[str]]:
    """Return the public modules that contain each name."""
    homes: dict[str, list[str]] = {}
    for module, text in PUBLIC.items():
        for name in text.split():
            homes.setdefault(name, []).append(module)
    return homes


def _distance(home: str, path: str) -> tuple[int, int]:
    """Order public homes of a name: those that share most of a private path first, then the shortest."""
    parts = set(path.split("."))
    return -len(parts & set(home.split("."))), home.count(".")
