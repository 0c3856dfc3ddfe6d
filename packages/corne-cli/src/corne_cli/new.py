"""``corne plugins new``: write a working plugin package to start from."""

from __future__ import annotations

import keyword
import re
import sys
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from corne._version import __version__
from corne.errors import ArgumentError
from corne.naming import to_snake_case
from corne.plugins import builtin, discovery, known
from corne.plugins.catalog import normalized


def write_package(name: str, layer: str | None, output: Path) -> Path:
    """Write the package and return its folder.

    Args:
        name: The distribution, such as ``"acme-scale"``.
        layer: The layer's class name; None takes the last word of ``name``, capitalized.
        output: The parent of the new folder, which has the distribution's name.

    Raises:
        ArgumentError: An invalid or taken name, or a folder that is not empty.
    """
    distribution = _distribution(name)
    package = distribution.replace("-", "_")
    layer = layer or distribution.rpartition("-")[2].capitalize()
    _check_layer(layer)
    folder = (output / distribution).absolute()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ArgumentError(
            "corne plugins new", "a new or empty folder", str(folder), "Use --output for another place."
        )
    module = to_snake_case(layer)
    major, minor = map(int, __version__.split(".")[:2])
    words = {
        "DISTRIBUTION": distribution,
        "PACKAGE": package,
        "LAYER": layer,
        "MODULE": module,
        "API": str(discovery.CORNE_API),
        "LOWEST": f"{major}.{minor}",
        "NEXT": f"0.{minor + 1}" if major == 0 else str(major + 1),
    }
    for source, path in _files(resources.files("corne_cli") / "template", ""):
        target = folder / _fill(path.removesuffix(".in"), words)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(_fill(source.read_text(encoding="utf-8"), words), encoding="utf-8")
    return folder


def _distribution(name: str) -> str:
    distribution = normalized(name)
    package = distribution.replace("-", "_")
    if not re.fullmatch(r"[a-z]([a-z0-9-]*[a-z0-9])?", distribution) or keyword.iskeyword(package):
        raise ArgumentError(
            "corne plugins new NAME", "letters, digits and hyphens, starting with a letter", repr(name),
            "Use a name such as acme-scale.",
        )  # fmt: skip
    if package == "corne" or distribution in known.FIRST_PARTY or package in sys.stdlib_module_names:
        raise ArgumentError(
            "corne plugins new NAME", "an unused name", repr(name),
            f"Use your own prefix: acme-{distribution.removeprefix('corne-')}.",
        )  # fmt: skip
    return distribution


def _check_layer(layer: str) -> None:
    if not layer.isidentifier() or not layer[0].isupper():
        raise ArgumentError(
            "--layer", "a class name such as Scale", repr(layer), "Start with a capital letter."
        )
    owner = known.OWNERS["layers"].get(layer) or ("corne" if layer in builtin.NAMES["layers"] else None)
    if owner is not None:
        raise ArgumentError(
            "the layer's name", f"a name that {owner} does not use", repr(layer),
            f"Use --layer My{layer}, for example.",
        )  # fmt: skip


def _files(folder: Traversable, path: str) -> list[tuple[Traversable, str]]:
    found: list[tuple[Traversable, str]] = []
    for item in sorted(folder.iterdir(), key=lambda item: item.name):
        inside = f"{path}/{item.name}" if path else item.name
        found += _files(item, inside) if item.is_dir() else [(item, inside)]
    return found


def _fill(text: str, words: dict[str, str]) -> str:
    return re.sub(r"@([A-Z]+)@", lambda match: words[match[1]], text)
