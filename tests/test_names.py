"""Every name that a first-party package registers leads somewhere."""

from __future__ import annotations

import importlib

import pytest
from corne.plugins import builtin, plugins, registry
from corne.plugins.catalog import KINDS, normalized
from corne.plugins.known import FIRST_PARTY

REGISTERED = sorted(
    {(kind, name) for kind, table in builtin.NAMES.items() for name in table}
    | {
        (kind, name)
        for plugin in plugins()
        if normalized(plugin.distribution) in FIRST_PARTY
        for kind, table in plugin.names.items()
        for name in table
    }
)


def test_no_first_party_plugin_has_a_problem():
    found = [(p.distribution, problem) for p in plugins() for problem in p.problems]
    assert [pair for pair in found if normalized(pair[0]) in FIRST_PARTY] == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_registered_name_imports_and_is_found_again(kind):
    for name in [name for its_kind, name in REGISTERED if its_kind == kind]:
        found = registry.get(kind, name)
        assert registry.find(kind, name) is found
        if kind not in ("backends", "weight_formats"):  # instances have no name
            entry = registry.entry_of(found)
            assert entry is not None, name
            assert registry.get(entry.kind, entry.name) is found


@pytest.mark.parametrize("module", ["corne", "corne.models", "corne.utils"])
def test_every_lazy_name_resolves(module):
    face = importlib.import_module(module)
    for name in vars(face)["_NAMES"]:
        target = vars(face)["_NAMES"][name].partition(".")[0].partition(":")[0]
        if target != "corne":
            pytest.importorskip(target)
        assert getattr(face, name) is not None
    for name in vars(face).get("_SUBMODULES", ()):
        assert importlib.import_module(f"{module}.{name}") is getattr(face, name)
