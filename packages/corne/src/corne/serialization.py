"""Objects to JSON and back, by registered name only.

The format is Keras 3's: ``{"module", "class_name", "config", "registered_name"}``. Reading never imports
what a file names: ``module`` only determines the kind ("keras.layers" means a layer), and the class is the
one that an installed plugin, :func:`register_serializable` or ``custom_objects`` registers under that name.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

import numpy as np

from corne import dtypes
from corne._state import override, state
from corne.errors import ArgumentError, FileFormatError, StateError, UnknownNameError, nearest
from corne.plugins import registry

T = TypeVar("T")

_registered: dict[str, Any] = {}  # "package>Name" -> class or function
_names: dict[Any, str] = {}  # the other way round

#: Keras's module for each kind of object, which Corne's files name too.
_KERAS_MODULES = {
    "layers": "keras.layers",
    "losses": "keras.losses",
    "metrics": "keras.metrics",
    "optimizers": "keras.optimizers",
    "initializers": "keras.initializers",
    "regularizers": "keras.regularizers",
    "constraints": "keras.constraints",
    "activations": "keras.activations",
}
#: Top-level modules that files name for classes of Keras and Corne.
_OUR_MODULES = frozenset({"keras", "tf_keras", "tensorflow", "corne", "builtins"})
#: Kinds of objects that only the core provides.
_CORE_CLASSES = {
    "Functional": ("keras.src.models.functional", "corne.model:Model"),
    "Sequential": ("keras", "corne.model:Sequential"),
    "DTypePolicy": ("keras", "corne.dtype_policies:DTypePolicy"),
    "SeedGenerator": ("keras.random", "corne.random:SeedGenerator"),
}


def register_serializable(package: str = "Custom", name: str | None = None) -> Callable[[T], T]:
    """Decorate a class or function so that files can name it, as ``package>name``.

    Args:
        package: Your package's name; files say ``package>name``. Default "Custom".
        name: Default: the class's or function's own.

    Raises:
        StateError: A class without ``get_config``.

    >>> @register_serializable(package="acme")
    ... class Mine:
    ...     def get_config(self):
    ...         return {}
    >>> serialize_object(Mine())["registered_name"]
    'acme>Mine'
    """

    def decorate(item: T) -> T:
        own = name or getattr(item, "__name__", str(item))
        if inspect.isclass(item) and not hasattr(item, "get_config"):
            raise StateError(
                f"register_serializable on {own}", "a class with get_config()", "one without",
                "Add get_config() that returns the arguments of __init__.",
            )  # fmt: skip
        _registered[f"{package}>{own}"] = item
        _names[item] = f"{package}>{own}"
        return item

    return decorate


@contextmanager
def custom_object_scope(custom_objects: Mapping[str, Any]) -> Iterator[None]:
    """Let files and configs name these objects inside a ``with`` block."""
    with override(custom_objects={**(state.custom_objects or {}), **custom_objects}):
        yield


def get_custom_objects() -> dict[str, Any]:
    """Return the mapping of globally registered names; adding to it registers."""
    return _registered


def get_registered_name(obj: Any) -> str:
    """Return the name under which a class or function is registered, or its own name."""
    return _names.get(obj) or str(obj.__name__)


def get_registered_object(
    name: str,
    custom_objects: Mapping[str, Any] | None = None,
    module_objects: Mapping[str, Any] | None = None,
) -> Any:
    """Return the object registered as ``name`` by hand (not by a plugin), or None.

    Args:
        name: The registered name.
        custom_objects: Objects by name, searched first.
        module_objects: Objects by name, searched last.
    """
    for mapping in (custom_objects, state.custom_objects, _registered, module_objects):
        if mapping and name in mapping:
            return mapping[name]
    return None


# -- writing ------------------------------------------------------------------------------------------
def serialize_object(obj: Any) -> Any:
    """Return ``obj`` as JSON values.

    Raises:
        StateError: A lambda, or an object without ``get_config``.
    """
    if obj is None or isinstance(obj, (bool, int, float, str)):
        return obj
    if isinstance(obj, (list, tuple)):
        return [serialize_object(item) for item in obj]
    if isinstance(obj, dict):
        return {key: serialize_object(value) for key, value in obj.items()}
    if isinstance(obj, np.generic):
        return obj.item()
    if isinstance(obj, np.dtype):
        return obj.name
    if isinstance(obj, slice):
        parts = {part: serialize_object(getattr(obj, part)) for part in ("start", "stop", "step")}
        return {"class_name": "__slice__", "config": parts}
    if obj is Ellipsis:
        return {"class_name": "__ellipsis__", "config": {}}
    if isinstance(obj, np.ndarray) or (hasattr(obj, "__array__") and not hasattr(obj, "get_config")):
        array = np.asarray(obj)
        return {"class_name": "__numpy__", "config": {"value": array.tolist(), "dtype": array.dtype.name}}
    if inspect.isfunction(obj) or inspect.isbuiltin(obj):
        return _serialize_function(obj)
    if hasattr(obj, "get_config"):
        return _serialize_instance(obj)
    raise StateError(
        "serialize_object(…)", "numbers, strings, arrays and objects with get_config()", repr(obj),
        f"Add get_config() to {type(obj).__name__}.",
    )  # fmt: skip


def _serialize_function(function: Callable[..., Any]) -> dict[str, Any]:
    if function.__name__ == "<lambda>":
        raise StateError(
            "serialize_object(…)", "a named function", "a lambda",
            "Write a def and decorate it with corne.saving.register_keras_serializable().",
        )  # fmt: skip
    name = get_registered_name(function)
    return {"module": "builtins", "class_name": "function", "config": name, "registered_name": "function"}


def _serialize_instance(obj: Any) -> dict[str, Any]:
    cls = type(obj)
    module, class_name, registered = identify(cls)
    result = {
        "module": module,
        "class_name": class_name,
        "config": serialize_object(obj.get_config()),
        "registered_name": registered,
    }
    build_config = obj.get_build_config() if hasattr(obj, "get_build_config") else None
    if build_config:
        result["build_config"] = serialize_object(build_config)
    compile_config = obj.get_compile_config() if hasattr(obj, "get_compile_config") else None
    if compile_config:
        result["compile_config"] = serialize_object(compile_config)
    return result


def identify(cls: type) -> tuple[str, str, str | None]:
    """Return ``(module, class_name, registered_name)`` of a class, as written to files."""
    if cls in _names:
        return cls.__module__, cls.__name__, _names[cls]
    if cls.__module__.startswith("corne."):
        for name, (module, _path) in _CORE_CLASSES.items():
            if _resolve_core(name) is cls:
                return module, name, name if name == "Functional" else None
    entry = registry.entry_of(cls)
    if entry is None:
        return cls.__module__, cls.__name__, cls.__name__
    kind, name, distribution, first_party = entry
    if first_party:
        module = _KERAS_MODULES.get(kind, f"corne.{kind}")
        return module + (".schedules" if name in _schedule_names() else ""), name, None
    return f"corne.{kind}", name, f"{distribution}:{name}"


def _schedule_names() -> frozenset[str]:
    return frozenset(
        n for n in registry.names("optimizers") if n.endswith(("Decay", "DecayRestarts", "Schedule"))
    )


# -- reading ------------------------------------------------------------------------------------------
def deserialize_object(
    config: Any,
    custom_objects: Mapping[str, Any] | None = None,
    safe_mode: bool = True,
    *,
    module_objects: Mapping[str, Any] | None = None,
    kind: str | None = None,
) -> Any:
    """Return the object that ``config`` describes; plain values are returned unchanged.

    Args:
        config: The result of :func:`serialize_object`.
        custom_objects: Names that it may use in addition to the registered ones.
        safe_mode: Only True: Corne never runs code from a configuration.
        module_objects: Objects by name, searched after ``custom_objects``; a string among them is replaced
            too.
        kind: "layers", "losses", ...: where a bare ``class_name`` is looked up. Default: from the config.

    Raises:
        UnknownNameError: Nothing is registered under a name.
        MissingPluginError: A known package provides it but is not installed.
        FileFormatError: The config is malformed, or holds code.
        ArgumentError: ``safe_mode`` is False.
    """
    if not safe_mode:
        raise ArgumentError(
            "deserialize_keras_object(safe_mode=…)", "True", "False",
            "Corne never runs code from a configuration; pass functions in custom_objects.",
        )  # fmt: skip
    if custom_objects or module_objects:
        named = {**(module_objects or {}), **(custom_objects or {})}
        if isinstance(config, str):
            return named.get(config, config)
        with custom_object_scope(named):
            return deserialize_object(config, kind=kind)
    if isinstance(config, (list, tuple)):
        return [deserialize_object(item) for item in config]
    if not isinstance(config, dict):
        return config
    if "class_name" not in config or "config" not in config:
        return {key: deserialize_object(value) for key, value in config.items()}

    class_name, inner = config["class_name"], config["config"]
    if not isinstance(class_name, str):
        raise FileFormatError("config", "a string as class_name", repr(class_name), "The file is corrupt.")
    special = _SPECIAL.get(class_name)
    if special is not None:
        return special(inner)
    if class_name == "function":
        return _find(inner, "activations", config)
    if not isinstance(inner, dict):
        raise FileFormatError(
            f"config of {class_name}", "a dict of arguments", type(inner).__name__, "The file is corrupt."
        )
    cls = find_class(config, kind)
    if not (inspect.isclass(cls) and hasattr(cls, "from_config")):
        raise FileFormatError(
            f"config of {class_name}", "the name of a class that can be configured", repr(cls),
            "Files can only name registered classes with from_config().",
        )  # fmt: skip
    try:
        return _make(cls, config)
    except Exception as error:
        if not hasattr(error, "__notes__"):  # the innermost object is where the mistake is
            error.add_note(f"the config of {class_name} {inner.get('name', '')!r}")
        raise


def _make(cls: Any, config: Mapping[str, Any]) -> Any:
    instance = cls.from_config(dict(config["config"]))
    build_config = config.get("build_config")
    if build_config and hasattr(instance, "build_from_config") and not getattr(instance, "built", False):
        instance.build_from_config(build_config)
    compile_config = config.get("compile_config")
    if compile_config and hasattr(instance, "compile_from_config"):
        instance.compile_from_config(compile_config)
    return instance


def find_class(config: Mapping[str, Any], kind: str | None = None) -> Any:
    """Return the class that a config names, without building anything."""
    class_name, registered = config["class_name"], config.get("registered_name")
    for name in (registered, class_name):
        found = get_registered_object(name) if name else None
        if found is not None:
            _check_registered(found, str(name), class_name)
            return found
    if (
        isinstance(registered, str)
        and ">" not in registered
        and registered.rpartition(":")[2] not in ("", class_name)
    ):
        raise _contradiction(registered, class_name)
    if _is_own(str(config.get("module") or "")):
        raise UnknownNameError(
            f"config of {config['module']}.{class_name}", "a class that custom_objects or a decorator names",
            "an unregistered one", _how_to_register(class_name),
        )  # fmt: skip
    if class_name in _CORE_CLASSES:
        return _resolve_core(class_name)
    module_kind = next(
        (part for part in reversed(str(config.get("module") or "").split(".")) if part in _KERAS_MODULES),
        None,
    )
    kind = module_kind or kind
    wanted = registered if registered and ":" in registered else class_name
    kinds = [kind] if kind else list(_KERAS_MODULES)
    for candidate in kinds:
        if wanted in registry.names(candidate):
            return registry.get(candidate, wanted)
    if kind:
        return registry.get(kind, wanted)  # raises an error that names the package or the nearest name
    for name in (class_name, f"utils.{class_name}"):  # a plugin's class in an open module
        if name in registry.names("names"):
            found = registry.get("names", name)
            if isinstance(found, type) and hasattr(found, "get_config"):
                return found
    raise UnknownNameError(
        "config",
        "the name of a registered class",
        repr(registered or class_name),
        _how_to_register(class_name),
    )


def _is_own(module: str) -> bool:
    """Return whether a class of this module is neither Keras's nor Corne's nor a plugin's."""
    top = module.partition(".")[0]
    return bool(top) and top not in _OUR_MODULES and not top.startswith(("corne_", "keras_"))


def _check_registered(found: Any, name: str, class_name: str) -> None:
    """Refuse a registered name whose class is not the one that the file names."""
    registered_by_hand = _registered.get(name) is found and found in _names
    if (
        registered_by_hand
        and inspect.isclass(found)
        and class_name not in (found.__name__, _names[found], name)
    ):
        raise _contradiction(name, class_name)


def _contradiction(registered: str, class_name: str) -> FileFormatError:
    return FileFormatError(
        f"config of {class_name}", f"a registered name of {class_name}", repr(registered),
        "The file is corrupt or malicious.",
    )  # fmt: skip


def _find(name: Any, kind: str, config: Any) -> Any:
    if not isinstance(name, str):
        raise FileFormatError(
            "config of a function", "its registered name", type(name).__name__,
            "Corne never runs code from a file; pass the function in custom_objects.",
        )  # fmt: skip
    found = get_registered_object(name)
    for candidate in (kind, "losses", "metrics"):
        if found is None and name in registry.names(candidate):
            found = registry.get(candidate, name)
    if inspect.isclass(found):
        raise FileFormatError(
            "config of a function", "the name of a function", f"the class {name!r}", "The file is corrupt."
        )
    if found is not None:
        return found
    raise UnknownNameError("config of a function", "a registered name", repr(name), _how_to_register(name))


def _how_to_register(name: str) -> str:
    close = nearest(name, [n for kind in _KERAS_MODULES for n in registry.names(kind)] + list(_registered))
    return (
        f"Pass custom_objects={{{name!r}: …}}, decorate it with "
        f"corne.saving.register_keras_serializable(), or install the plugin that provides it.{close}"
    )


def _resolve_core(name: str) -> Any:
    return registry.load_path(_CORE_CLASSES[name][1])


def _read_numpy(inner: Any) -> np.ndarray[Any, Any]:
    return np.asarray(inner["value"], dtype=dtypes.standardize_dtype(inner["dtype"]))


def _refuse_code(_inner: Any) -> Any:
    raise FileFormatError(
        "config of a Lambda", "the registered name of a function", "Python bytecode",
        "Corne never runs code from a file; pass the function by name in custom_objects.",
    )  # fmt: skip


_SPECIAL: dict[str, Callable[[Any], Any]] = {
    "__numpy__": _read_numpy,
    "__tensor__": _read_numpy,
    "__lambda__": _refuse_code,
    "__slice__": lambda inner: slice(*(deserialize_object(inner[k]) for k in ("start", "stop", "step"))),
    "__ellipsis__": lambda inner: Ellipsis,
    "__tuple__": lambda inner: tuple(deserialize_object(inner["value"])),
}
