"""Configurations derived from the names of ``__init__``'s arguments.

A class that keeps each argument in an attribute of the same name needs no ``get_config``. Where an argument
is an object of a kind, ``config_kinds`` says which:

    class Scale(Layer):
        config_kinds = {"scale_initializer": "initializers"}

        def __init__(self, axis=-1, scale_initializer="ones", **kwargs):
            super().__init__(**kwargs)
            self.axis = axis
            self.scale_initializer = initializers.get(scale_initializer)
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Collection
from importlib import import_module
from typing import Any

from corne import serialization
from corne.errors import StateError

_ABSENT = object()
_PLAIN = (bool, int, float, str, type(None))
_KINDS = inspect.Parameter


def declared_config(obj: Any, base: type, known: Collection[str], undeclared: bool = False) -> dict[str, Any]:
    """Return the arguments that ``base``'s subclasses add, from ``obj``'s attributes, as JSON can hold them.

    The arguments of every class that declares ``config_kinds`` are included, whether or not a subclass has a
    ``get_config`` of its own, so ``super().get_config()`` works.

    Args:
        obj: An object of a class below ``base``.
        base: The class where looking for arguments ends.
        known: Names of arguments that are written elsewhere.
        undeclared: Whether classes without ``config_kinds`` take part. Default False.

    Raises:
        StateError: An argument without a default has no attribute, or one that JSON can't hold.
    """
    cls = type(obj)
    kinds: dict[str, str] = {}
    config: dict[str, Any] = {}
    for parent in reversed(cls.__mro__[: cls.__mro__.index(base)]):
        kinds.update(parent.__dict__.get("config_kinds") or {})
        if "__init__" not in parent.__dict__ or not (undeclared or "config_kinds" in parent.__dict__):
            continue
        for name, default in _arguments(parent.__dict__["__init__"]).items():
            if name in known:
                continue
            value = getattr(obj, name, _ABSENT)
            if value is not _ABSENT:
                config[name] = _written(obj, name, value, kinds.get(name))
            elif default is _KINDS.empty:
                raise StateError(
                    f"{cls.__name__}.get_config()", f"an attribute {name!r} with the argument's value", "none",
                    f"Set self.{name} in __init__, or write get_config() and from_config().",
                )  # fmt: skip
    return config


def _written(obj: Any, name: str, value: Any, kind: str | None) -> Any:
    try:
        if kind is not None:
            return import_module(f"corne.{kind}").serialize(value)
        if isinstance(value, (list, tuple)) and all(isinstance(item, _PLAIN) for item in value):
            return value  # sizes and axes: JSON makes a list of a tuple, and constructors take both
        return serialization.serialize_object(value)
    except (TypeError, ValueError) as error:
        raise StateError(
            f"{type(obj).__name__}.get_config()", f"a {name} that JSON can hold", str(error),
            f"Write {type(obj).__name__}.get_config() and return the arguments yourself.",
        ) from error  # fmt: skip


@functools.cache
def _arguments(function: Callable[..., Any]) -> dict[str, Any]:
    """Return the named parameters of an ``__init__`` with their defaults."""
    parameters = list(inspect.signature(function).parameters.values())[1:]
    return {
        p.name: p.default for p in parameters if p.kind not in (_KINDS.VAR_POSITIONAL, _KINDS.VAR_KEYWORD)
    }
