"""Tests of the package around the things: what it imports, what it registers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import pytest
from corne.plugins import discovery, registry

from corne_testkit.conformance import fail
from corne_testkit.imports import ENGINES, HEAVY, imported_by


class PackageConformance:
    """Tests that hold for the package of every kind of thing."""

    cases: ClassVar[Sequence[Any]] = ()

    def test_imports_no_engine(self, case: Any) -> None:
        """A module imports no engine, so that what it holds runs on all of them."""
        modules = tuple(sorted({c.target.__module__ for c in self.cases}))
        found = imported_by(modules)[case.target.__module__]
        if "error" in found:
            pytest.skip(f"its module can't be imported in a new process: {found['error']}")
        if found["watched"]:
            fail(
                case,
                f"expected a backend-neutral module, without {', '.join(ENGINES)}",
                f"it imports {found['watched']}",
                "Compute with corne.ops; what an engine does better belongs in a backend's kernel.",
            )

    def test_is_found_by_name(self, case: Any) -> None:
        """A class of an installed plugin is registered under its own name."""
        cls = case.target
        if registry.provider(cls) is None:
            pytest.skip(f"{cls.__module__} belongs to no installed plugin")
        entry = registry.entry_of(cls)
        if entry is None or registry.get(case.kind, f"{entry.distribution}:{entry.name}") is not cls:
            fail(case, f"the plugin should have the name {cls.__name__}", "it is not registered",
                 f"Return it from corne_{case.kind}() in _plugin.py.")  # fmt: skip

    def test_plugin_module_is_light(self) -> None:
        """``_plugin`` imports ``corne.plugins`` and nothing else: users pay for it in every process."""
        packages = {case.target.__module__.partition(".")[0] for case in self.cases}
        plugins = [p for p in discovery.plugins() if p.package in packages]
        if not plugins:
            pytest.skip("what is tested belongs to no installed plugin")
        for plugin in plugins:
            module = f"{plugin.package}._plugin"
            found = imported_by((module,), HEAVY)[module]
            own = [name for name in found["new"] if name.startswith(f"{plugin.package}.") and name != module]
            if own or found["watched"]:
                fail(plugin.distribution, f"{module} should import corne.plugins only",
                     f"it imports {own + found['watched']}",
                     "Name modules in strings, and keep __init__.py empty of imports.")  # fmt: skip
            if plugin.problems:
                fail(plugin.distribution, "expected a plugin that Corne can load", f"{plugin.problems}",
                     "Run `corne plugins list`.")  # fmt: skip
