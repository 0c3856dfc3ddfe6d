"""The namespaces ``corne.layers``, ``corne.losses`` and the like, and open modules such as ``corne.utils``.

A namespace of a kind holds nothing itself: a name is looked up in the registry when it is used, ``dir()`` lists
what is installed, and ``get``, ``serialize`` and ``deserialize`` are the same for every kind. An open module has
names of its own and those that plugins add with the hook ``corne_names``.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from types import ModuleType
from typing import Any, NamedTuple

from corne._lazy import attach
from corne.errors import ArgumentError, MissingPluginError, UnknownNameError, nearest
from corne.plugins import known, registry
from corne.plugins.advice import noun

#: Kinds whose strings mean the function or class itself rather than an instance.
_FUNCTIONS = frozenset({"activations", "applications"})


class Face(NamedTuple):
    """The members of a namespace module, in the order they are unpacked there."""

    getattr: Callable[[str], Any]
    dir: Callable[[], list[str]]
    get: Callable[[Any], Any]
    serialize: Callable[[Any], Any]
    deserialize: Callable[..., Any]


def face(kind: str) -> Face:
    """Return the functions that make a module the namespace of ``kind``."""

    def __getattr__(name: str) -> Any:
        if name == "__all__":
            return registry.names(kind)
        if name.startswith("_"):  # Python and tools probe these: no reason to discover plugins
            raise AttributeError(f"module 'corne.{kind}' has no attribute {name!r}")
        return registry.get(kind, name)

    def __dir__() -> list[str]:
        return sorted(["get", "serialize", "deserialize", *registry.names(kind)])

    def get(identifier: Any) -> Any:
        return resolve(kind, identifier)

    def serialize(obj: Any) -> Any:
        entry = registry.entry_of(obj, kind) if inspect.isfunction(obj) and kind == "activations" else None
        return _serialization().serialize_object(obj) if entry is None else registry.spelling(entry)

    def deserialize(config: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
        if custom_objects:
            with _serialization().custom_object_scope(custom_objects):
                return resolve(kind, config)
        return resolve(kind, config)

    # Keras names the argument after the kind: layers.serialize(layer=...).
    serialize = _renamed(serialize, noun(kind))
    get.__doc__ = f"""Return the {noun(kind)} for ``identifier``.

    Args:
        identifier: A name ("acme-scale:name" for one distribution's), a config, the object itself, a
            class (which is called without arguments) or None, which stays None.

    Raises:
        UnknownNameError: No installed package registers that name.
        MissingPluginError: A known package provides it and is not installed.
    """
    serialize.__doc__ = f"Return the config of a {noun(kind)}, as JSON values."
    deserialize.__doc__ = f"Return the {noun(kind)} for a config or name from ``serialize``."
    return Face(__getattr__, __dir__, get, serialize, deserialize)


def _renamed(function: Callable[[Any], Any], parameter: str) -> Callable[..., Any]:
    """Return a function of one argument that may be passed by another name."""

    def call(*args: Any, **kwargs: Any) -> Any:
        return function(*signature.bind(*args, **kwargs).args)

    signature = inspect.Signature([inspect.Parameter(parameter, inspect.Parameter.POSITIONAL_OR_KEYWORD)])
    call.__signature__ = signature  # type: ignore[attr-defined]
    call.__name__ = function.__name__
    return call


def open_module(
    module: str, names: Mapping[str, str] = {}
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return ``__getattr__`` and ``__dir__`` for a module to which plugins add names.

    Submodules of first-party names can be imported at once, those of other plugins after their first use as
    an attribute.

    Args:
        module: The module's ``__name__``, such as ``"corne.utils"``.
        names: Names of its own: ``{name: "module:attribute"}``.
    """
    prefix = module.partition(".")[2] + "."
    own, _ = attach(module, names)

    def below(registered: Mapping[str, Any] | list[str]) -> dict[str, bool]:
        """Return the names right below, and whether each is a module."""
        tails = [name.removeprefix(prefix) for name in registered if name.startswith(prefix)]
        return {tail.partition(".")[0]: "." in tail for tail in tails}

    for name, is_module in below(known.OWNERS.get("names", {})).items():
        if is_module:
            _inner_module(f"{module}.{name}")

    def __getattr__(name: str) -> Any:
        if name == "__all__":
            return [found for found in __dir__() if not found.startswith("_")]
        if name in names or name.startswith("_"):
            return own(name)
        found = below(known.OWNERS.get("names", {})) | below(registry.names("names"))
        if name not in found:
            raise UnknownNameError(
                module, "one of its names", repr(name), f"See dir({module}).{nearest(name, [*names, *found])}"
            )
        return _inner_module(f"{module}.{name}") if found[name] else registry.get("names", prefix + name)

    def __dir__() -> list[str]:
        return sorted({*vars(sys.modules[module]), *names, *below(registry.names("names"))})

    return __getattr__, __dir__


def planned(module: str, owner: str, names: str) -> Callable[[str], Any]:
    """Return ``__getattr__`` for a module of Keras whose names come with a package that is not published yet."""
    known_names = names.split()

    def __getattr__(name: str) -> Any:
        if name in known_names:
            raise MissingPluginError(
                name, owner, "not published yet", "it comes with a later version of Corne"
            )
        raise UnknownNameError(module, "one of its names", repr(name), nearest(name, known_names).strip())

    return __getattr__


def _inner_module(name: str) -> ModuleType:
    """Return the open module of a full name; create it if no file defines it."""
    if name not in sys.modules:
        made = sys.modules[name] = ModuleType(
            name, f"Names of ``{name}``, from the packages that are installed."
        )
        made.__getattr__, made.__dir__ = open_module(name)  # type: ignore[method-assign]
        made.__path__ = []  # a package, so that modules inside it can be imported
    return sys.modules[name]


def resolve(kind: str, identifier: Any) -> Any:
    """Return the object of ``kind`` for a user's argument (see a namespace's ``get``)."""
    if identifier is None:
        return registry.get(kind, "linear") if kind == "activations" else None
    if isinstance(identifier, str):
        found = _serialization().get_registered_object(identifier)
        if found is None:
            found = registry.find(kind, identifier)
        return _instance(kind, found)
    if isinstance(identifier, Mapping):
        config = dict(identifier)
        if isinstance(config.get("class_name"), str) and config["class_name"] != "function":
            config.setdefault("config", {})
        return _serialization().deserialize_object(config, kind=kind)
    if callable(identifier) or hasattr(identifier, "get_config"):
        return _instance(kind, identifier)
    raise ArgumentError(
        noun(kind), "a name, a config, a callable or None", repr(identifier),
        f"dir(corne.{kind}) lists the names.",
    )  # fmt: skip


def _instance(kind: str, found: Any) -> Any:
    return found() if inspect.isclass(found) and kind not in _FUNCTIONS else found


def _serialization() -> Any:
    return import_module("corne.serialization")  # a floor above; needed only once something is resolved
