"""What every module of every package keeps to: no circles of imports, no long files, a small core."""

from __future__ import annotations

import ast
import graphlib
import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from code_lines import ROOT, code_lines, projects, sources

sys.path.pop(0)

#: Lines of code of ``packages/corne``, at most. The aim is 12,000: lower this when the core gets smaller.
CORE = 14_600


def _name(path: Path) -> str:
    parts = path.with_suffix("").parts
    parts = parts[parts.index("src") + 1 :]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {_name(path): path for project in projects() for path in sources(project)}


def _imports(path: Path) -> Iterator[str]:
    """Yield the modules that a module imports as it is imported itself, those for type checkers left out."""
    package = _name(path) if path.name == "__init__.py" else _name(path).rpartition(".")[0]
    stack: list[ast.stmt] = list(ast.parse(path.read_text()).body)
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                base = importlib.util.resolve_name("." * node.level + base, package)
            for alias in node.names:
                inner = f"{base}.{alias.name}"
                yield inner if inner in MODULES else base
        elif isinstance(node, ast.If) and "TYPE_CHECKING" not in ast.unparse(node.test):
            stack += [*node.body, *node.orelse]
        elif isinstance(node, (ast.Try, ast.With)):
            stack += node.body


GRAPH = {
    name: {found for found in _imports(path) if found in MODULES and found != name}
    for name, path in MODULES.items()
}


def _assert_no_circle(graph: dict[str, set[str]]) -> None:
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        pytest.fail("circle of imports: " + " <- ".join(error.args[1]))


def test_modules_import_each_other_in_no_circle():
    _assert_no_circle(GRAPH)


@pytest.mark.parametrize("depth", [1, 2])
def test_packages_import_each_other_in_no_circle(depth):
    # A package's __init__ counts to the package itself, its modules to the package at this depth.
    graph: dict[str, set[str]] = {}
    for name, found in GRAPH.items():
        key = ".".join(name.split(".")[:depth])
        graph.setdefault(key, set()).update(".".join(other.split(".")[:depth]) for other in found)
    for key, found in graph.items():
        found.discard(key)
        if depth > 1:  # the package above, whose __init__ re-exports, and what it holds
            found.discard(key.partition(".")[0])
            graph[key] = {other for other in found if not other.startswith(key + ".")}
    for root in [key for key in graph if "." not in key and depth > 1]:
        graph[root] = set()
    _assert_no_circle(graph)


@pytest.mark.parametrize("path", list(MODULES.values()), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_is_longer_than_500_lines(path):
    assert len(path.read_text().splitlines()) <= 500


def test_the_core_is_small():
    assert sum(map(code_lines, sources(ROOT / "packages" / "corne"))) <= CORE
