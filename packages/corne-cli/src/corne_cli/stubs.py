"""Type stubs of ``corne.layers`` and the like, for type checkers and editors.

At run time those modules look names up in the registry, which static tools can't follow. A stub declares
the names as plain imports, without a fallback that would accept misspelt names.
"""

from __future__ import annotations

import json
import keyword
from collections.abc import Iterable, Mapping
from importlib import import_module
from pathlib import Path

from corne.errors import PluginError
from corne.operation.namespaces import SHARED
from corne.ops._face import NAMESPACES
from corne.plugins import builtin, known, plugins
from corne.plugins.catalog import KINDS, normalized

HEADER = "# Written by `corne plugins stubs`; changes are lost.\n# ruff: noqa\n# fmt: off\n"

#: Modules with a fixed table of names, each a package.
_FIXED = (
    "corne",
    "corne.models",
)

#: Modules to which plugins add names, and tables of their own.
_OPEN = {"corne.applications": "", "corne.utils": "_NAMES", "corne.datasets": "", "corne.preprocessing": "", "corne.visualization": "",
         "corne.wrappers": ""}  # fmt: skip

#: Kinds without a namespace ``corne.<kind>``.
_UNNAMED = ("backends", "ops", "kernels", "readers", "weight_formats", "names", "weights")

_SCHEDULES = ("Decay", "DecayRestarts", "Schedule")


def names(first_party: bool) -> dict[str, dict[str, str]]:
    """Return ``{kind: {name: target}}`` of installed names; names that two plugins claim are left out.

    Args:
        first_party: Leave third parties out.
    """
    claims: dict[str, dict[str, set[str]]] = {kind: {} for kind in KINDS}
    for kind, targets in builtin.NAMES.items():
        for name, target in targets.items():
            claims[kind].setdefault(name, set()).add(target)
    for plugin in plugins():
        own = normalized(plugin.distribution)
        for kind, targets in plugin.names.items():
            for name, target in targets.items():
                owner = (
                    "corne"
                    if name in builtin.NAMES.get(kind, {})
                    else known.OWNERS.get(kind, {}).get(name, own)
                )
                if owner == own and (own in known.FIRST_PARTY or not first_party):
                    claims[kind].setdefault(name, set()).add(target)
    return {
        kind: {name: min(targets) for name, targets in sorted(table.items()) if len(targets) == 1}
        for kind, table in claims.items()
    }


def faces(first_party: bool) -> dict[str, str]:
    """Return the text of every namespace's stub by its path inside the package ``corne``."""
    found = names(first_party)
    texts = {f"{kind}/__init__.pyi": namespace(kind, found[kind]) for kind in KINDS if kind not in _UNNAMED}
    texts |= operations(found["ops"])
    schedules = {name: target for name, target in found["optimizers"].items() if name.endswith(_SCHEDULES)}
    texts["optimizers/schedules.pyi"] = namespace("optimizers", schedules, ("serialize", "deserialize"))
    inner = _open_faces(found["names"])
    both = "applications/__init__.pyi"  # a kind's namespace with modules inside
    texts[both] += inner.pop(both).removeprefix(HEADER).lstrip("\n")
    return texts | inner


def _open_faces(targets: Mapping[str, str]) -> dict[str, str]:
    """Return the stubs of the open modules and of the modules that plugins' names create in them."""
    tables: dict[str, dict[str, str]] = {module: {} for module in _OPEN}
    submodules: dict[str, set[str]] = {}
    for path, target in targets.items():
        module, _, name = f"corne.{path}".rpartition(".")
        tables.setdefault(module, {})[name] = target
        above, _, child = module.rpartition(".")
        if above != "corne":
            submodules.setdefault(above, set()).add(child)
    texts = {}
    for module, table in tables.items():
        own = getattr(import_module(module), _OPEN[module]) if _OPEN.get(module) else {}
        inner = [f"from {module} import {name} as {name}" for name in sorted(submodules.get(module, ()))]
        body = "\n".join(inner + imports({**own, **table}))
        texts["/".join([*module.split(".")[1:], "__init__.pyi"])] = f"{HEADER}\n{body}".rstrip() + "\n"
    return texts


def operations(targets: Mapping[str, str]) -> dict[str, str]:
    """Return the stubs of ``corne.ops`` and of its namespaces."""
    plain = {name: target for name, target in targets.items() if "." not in name}
    spaces = [f"from corne.ops import {space} as {space}" for space in NAMESPACES]
    texts = {"ops/__init__.pyi": "\n".join([HEADER, *sorted([*imports(plain), *spaces]), ""])}
    for space in NAMESPACES:
        inside = {name: target for name, target in plain.items() if name in SHARED.get(space, ())}
        for name, target in targets.items():
            if name.startswith(f"{space}."):
                inside[name.removeprefix(f"{space}.")] = target
        texts[f"ops/{space}.pyi"] = "\n".join([HEADER, *imports(inside), ""])
    return texts


def own_faces() -> dict[str, str]:
    """Return the text of the stubs of ``corne`` and of its modules with fixed names."""
    texts = {}
    for module in _FIXED:
        members = vars(import_module(module))
        submodules = [f"from {module} import {name} as {name}" for name in members.get("_SUBMODULES", ())]
        body = "\n".join(submodules + imports(members["_NAMES"]))
        path = "/".join([*module.split(".")[1:], "__init__.pyi"])
        texts[path] = f"{HEADER}\n{body}\n"
    return texts


def imports(targets: Mapping[str, str]) -> list[str]:
    """Return import statements for ``{name: "module:attribute"}``, sorted by module."""
    lines = []
    for name, target in targets.items():
        module, _, attribute = target.partition(":")
        if name.isidentifier() and not keyword.iskeyword(name) and "." not in attribute:
            lines.append(f"from {module} import {attribute} as {name}")
    return sorted(lines)


def namespace(
    kind: str, targets: Mapping[str, str], functions: Iterable[str] = ("get", "serialize", "deserialize")
) -> str:
    """Return the stub of one namespace."""
    result = {"activations": "Callable[..., Array]"}.get(kind, "Any")
    extra = ["from typing import Any"]
    if kind == "activations":
        extra = [*extra, "from collections.abc import Callable", "from corne.backend import Array"]
    signatures = {
        "get": f"def get(identifier: Any) -> {result}: ...",
        "serialize": "def serialize(obj: Any) -> Any: ...",
        "deserialize": "def deserialize(\n"
        f"    config: Any, custom_objects: Mapping[str, Any] | None = None\n) -> {result}: ...",
    }
    extra = sorted([*extra, "from collections.abc import Mapping"])
    body = "\n".join([*extra, "", *imports(targets), "", *(signatures[name] for name in functions)])
    return f"{HEADER}\n{body}\n"


def known_names() -> str:
    """Return the text of ``corne/plugins/known.json``, the current names of first-party plugins."""
    table: dict[str, dict[str, list[str]]] = {}
    for plugin in plugins():
        own = normalized(plugin.distribution)
        for kind in KINDS:
            offered = plugin.names.get(kind, {})
            if own in known.FIRST_PARTY and offered:
                table.setdefault(kind, {})[own] = sorted(offered)
    rows = []
    for kind in KINDS:
        if kind in table:
            lines = [
                f"  {json.dumps(name)}: {json.dumps(offered)}"
                for name, offered in sorted(table[kind].items())
            ]
            rows.append(f" {json.dumps(kind)}: {{\n" + ",\n".join(lines) + "\n }")
    return "{\n" + ",\n".join(rows) + "\n}\n"


def write(folder: Path, texts: Mapping[str, str]) -> list[Path]:
    """Write texts by relative path into ``folder`` and return the files."""
    written = []
    for path, text in texts.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        written.append(file)
    return written


def write_stub_package(folder: Path) -> list[Path]:
    """Write ``corne-stubs``, a partial stub package (PEP 561) that includes third parties.

    It has every face that ``corne`` itself has: Pyright reads a module that is missing here from its ``.py``, whose
    names are looked up at run time, and no longer from the ``.pyi`` beside it.
    """
    package = Path(known.__file__).parents[1]
    shipped = {
        file.relative_to(package).as_posix(): file.read_text("utf-8") for file in package.rglob("*.pyi")
    }
    texts = {"py.typed": "partial\n", **shipped, **faces(first_party=False)}
    return write(folder / "corne-stubs", texts)


def write_own(package: Path) -> list[Path]:
    """Write the stubs and the table of known names inside the package ``corne``.

    Raises:
        PluginError: A first-party plugin that the table lists is missing or broken.
    """
    listed = {distribution for table in known.NAMES.values() for distribution in table}
    sound = {normalized(plugin.distribution) for plugin in plugins() if not plugin.problems}
    if listed - sound:
        raise PluginError(
            "corne plugins stubs --first-party",
            "all first-party plugins installed and working",
            f"problems with {', '.join(sorted(listed - sound))}",
            "Install them, or fix what `corne doctor` reports.",
        )
    texts = {**own_faces(), **faces(first_party=True), "plugins/known.json": known_names()}
    return write(package, texts)
