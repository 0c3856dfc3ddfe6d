"""Inspect a model's configuration: its classes, the plugins they need, and content that does not belong."""

from __future__ import annotations

import re
import sys
from collections import Counter
from importlib import metadata
from typing import Any

from corne.naming import to_snake_case
from corne.plugins import builtin, known, plugins, registry

from corne_cli.inspection.report import Level, Needed, Report, short

_KINDS = (
    "layers", "losses", "metrics", "optimizers", "initializers", "regularizers", "constraints", "activations",
)  # fmt: skip
_CORE = {"Functional", "Model", "Sequential", "DTypePolicy", "SeedGenerator"}
#: How values that JSON lacks are written.
_MARKERS = {"__keras_tensor__", "__numpy__", "__tensor__", "__slice__", "__ellipsis__", "__tuple__"}
_FUNCTION = "function "
_OURS = re.compile(r"$|(keras|corne|tensorflow\.keras|tf_keras)(\.|$)|builtins$")
_OPERATIONS = re.compile(r"(keras(\.src)?|corne)\.ops(\.|$)")
#: Parts of Keras that a configuration has no reason to name: they fetch, unpack or load files.
_TOOLS = re.compile(r"keras(\.src)?\.(utils|saving|legacy|export|config|datasets|distribution)(\.|$)")
_SWITCHES = {"safe_mode", "enable_unsafe_deserialization", "allow_pickle", "trust_remote_code"}
_PLACE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://|~?/[\w.]|\\\\|[A-Za-z]:\\|\.\.[/\\]")
#: Arguments that hold another layer, and the attribute under which it is stored.
_INSIDE = ("layer", "forward_layer", "backward_layer", "cell")


def look(config: Any, report: Report) -> dict[str, tuple[str, str]]:
    """Record what a configuration names, without importing or building anything.

    Args:
        config: Parsed JSON.
        report: Receives the findings.

    Returns:
        Class and name of the layer at each path, as far as the configuration names them.
    """
    layers: dict[str, tuple[str, str]] = {}
    paths = {id(config): ""}
    named: dict[tuple[str, str, str], str] = {}
    stack: list[tuple[Any, str]] = [(config, "config")]
    while stack:
        value, where = stack.pop()
        if isinstance(value, list):
            stack.extend((item, f"{where}[{i}]") for i, item in reversed(list(enumerate(value))))
        if not isinstance(value, dict):
            continue
        is_object = isinstance(value.get("class_name"), str) and "config" in value
        if is_object:
            named.setdefault(_identity(value), where)
            _look_for_code(value, where, report)
            path = paths.get(id(value))
            if path is not None:
                layers[path] = (value["class_name"], _name(value))
                paths.update(_children(value["config"], path))
        for key in sorted(_SWITCHES & value.keys()):
            report.add(Level.REFUSED, where, f"sets {key}; files can't switch safety off")
        for key, item in reversed(value.items()):
            if isinstance(item, str):
                if _PLACE.match(item) and not (is_object and key == "registered_name"):
                    report.add(Level.SUSPICIOUS, f"{where}.{key}", f"names a file or an address: {item}")
            else:
                stack.append((item, short(f"{where}.{key}")))
    providers = {identity: _judge(identity, where, report) for identity, where in named.items()}
    for (_module, class_name, _registered), owner in providers.items():
        if owner not in (None, "corne"):
            need(report, str(owner), "", [short(class_name)])
    return layers


def _identity(value: dict[str, Any]) -> tuple[str, str, str]:
    class_name = value["class_name"]
    if class_name == "function":
        return str(value.get("module") or ""), f"{_FUNCTION}{value['config']}", ""
    # Keras 2 wrote the registered name in the class's place, "Custom>" for optimizers of its own too.
    return (
        str(value.get("module") or ""),
        class_name.removeprefix("Custom>"),
        str(value.get("registered_name") or ""),
    )


def _name(value: dict[str, Any]) -> str:
    inner = value["config"]
    name = value.get("name") or (inner.get("name") if isinstance(inner, dict) else None)
    return name if isinstance(name, str) else ""


def _children(inner: Any, path: str) -> dict[int, str]:
    """Return the path of each layer directly inside a layer's configuration, by its identity."""
    found: dict[int, str] = {}
    used: Counter[str] = Counter()
    layers = inner.get("layers") if isinstance(inner, dict) else None
    for entry in layers if isinstance(layers, list) else ():
        if isinstance(entry, dict) and isinstance(entry.get("class_name"), str):
            stem = to_snake_case(entry["class_name"])
            found[id(entry)] = f"{path}/layers/{stem}_{used[stem]}" if used[stem] else f"{path}/layers/{stem}"
            used[stem] += 1
    for key in _INSIDE if isinstance(inner, dict) else ():
        if isinstance(inner.get(key), dict):
            attribute = (
                "forward_layer" if key == "layer" and "backward_layer" in inner else key
            )  # Bidirectional
            found[id(inner[key])] = f"{path}/{attribute}"
    return {place: child.lstrip("/") for place, child in found.items()}


def _look_for_code(value: dict[str, Any], where: str, report: Report) -> None:
    """Record Python code: in Keras 3's marker, or the marshalled list that Keras 2 wrote for a Lambda."""
    class_name, inner = value["class_name"], value["config"]
    if class_name == "__lambda__":
        report.add(Level.REFUSED, where, "holds Python bytecode; Corne never runs code from a file")
    elif class_name == "Lambda" and isinstance(inner, dict):
        for key in ("function", "output_shape", "mask"):
            marked = inner.get(f"{key}_type") in ("lambda", "raw")
            if marked or (key == "function" and isinstance(inner.get(key), list)):
                report.add(
                    Level.REFUSED, where, f"its {key} is Python bytecode; Corne never runs code from a file"
                )


def _judge(identity: tuple[str, str, str], where: str, report: Report) -> str | None:
    """Record suspicious classes and functions; return the distribution that provides it, or None."""
    module, class_name, registered = identity
    if ":" in registered:  # how plugins' classes and operations are written: "acme-scale:Scale"
        return registered.partition(":")[0]
    if class_name in _MARKERS or class_name == "__lambda__" or _OPERATIONS.match(module):
        return None
    is_function = class_name.startswith(_FUNCTION)
    name = class_name.removeprefix(_FUNCTION)
    full = f"{module}.{name}" if module else name
    kind = next((part for part in reversed(module.split(".")) if part in _KINDS), None)
    owner = "corne" if class_name in _CORE else _owner(name, kind)
    top = module.partition(".")[0]
    if _TOOLS.match(module):
        report.add(Level.REFUSED, where, f"names {full}, a tool and not part of a model")
    elif top in sys.stdlib_module_names and top != "__main__" and not (top == "builtins" and is_function):
        report.add(Level.REFUSED, where, f"names {full}, a part of Python itself")
    elif owner is not None and _OURS.match(module):
        if is_function or name[:1].isupper():
            return owner
        report.add(Level.SUSPICIOUS, where, f"names the function {full} as a class")
    elif ">" in (own := registered or name):
        report.add(
            Level.NOTE, where, f"{own} is a custom object: pass it in "
            "custom_objects, or import the module that registers it before loading",
        )  # fmt: skip
    else:
        report.add(
            Level.SUSPICIOUS, where, f"names {full}, which no installed package provides; Corne imports "
            "nothing that a file names: pass it in custom_objects if you trust it",
        )  # fmt: skip
    return None


def _owner(name: str, kind: str | None) -> str | None:
    for candidate in (kind,) if kind else _KINDS:
        if name in builtin.NAMES.get(candidate, {}):
            return "corne"
        found = known.OWNERS.get(candidate, {}).get(name)
        if found is None and name in registry.unambiguous(candidate):
            provider = registry.provider((candidate, name))
            found = provider.distribution if provider else None
        if found is not None:
            return found
    return None


def need(report: Report, distribution: str, version: str, provides: list[str]) -> None:
    """Record a needed distribution, or complete an earlier record."""
    entry = next((e for e in report.plugins if e.distribution == distribution), None)
    if entry is None:
        entry = Needed(short(distribution), "", [], _installed(distribution))
        report.plugins.append(entry)
    entry.version = entry.version or short(version)
    entry.provides += [name for name in provides if name not in entry.provides]


def _installed(distribution: str) -> str | None:
    for plugin in plugins():
        if plugin.distribution == distribution:
            return plugin.version
    try:
        return metadata.version(distribution)
    except (metadata.PackageNotFoundError, ValueError):
        return None
