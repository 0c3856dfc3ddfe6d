"""Distributions made on the fly, for tests of the plugin system and the command line."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace

import pytest
from corne.plugins import discovery

HEADER = "from corne.plugins import hookimpl\n\nCORNE_API = 1\n\n"


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Path]]:
    """A function that installs a fake distribution; the only ones that exist in the test are these.

    ``install("acme-scale", source, modules={"scale": "..."})`` writes the package ``acme_scale`` with
    ``_plugin.py`` (``source`` after a header with the usual import and CORNE_API) and the modules.
    """
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.syspath_prepend(str(site))
    real = metadata.distributions
    fake = SimpleNamespace(distributions=lambda: real(path=[str(site)]))
    monkeypatch.setattr(discovery, "metadata", fake)
    packages: set[str] = set()

    def make(
        distribution: str,
        source: str = "",
        *,
        version: str = "1.0",
        modules: dict[str, str] | None = None,
        package: str | None = None,
        entries: dict[str, str] | None = None,
        header: str = HEADER,
    ) -> Path:
        package = package or distribution.replace("-", "_")
        packages.add(package)
        folder = site / package
        folder.mkdir(exist_ok=True)
        (folder / "__init__.py").write_text("")
        (folder / "_plugin.py").write_text(header + textwrap.dedent(source))
        for name, text in (modules or {}).items():
            (folder / f"{name}.py").write_text(textwrap.dedent(text))
        info = site / f"{distribution.replace('-', '_')}-{version}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n")
        entries = entries or {distribution: f"{package}._plugin"}
        lines = [f"{name} = {value}" for name, value in entries.items()]
        (info / "entry_points.txt").write_text("[corne]\n" + "\n".join(lines) + "\n")
        discovery.forget()
        return folder

    discovery.forget()
    yield make
    monkeypatch.undo()
    for name in [name for name in sys.modules if name.partition(".")[0] in packages]:
        del sys.modules[name]
    discovery.forget()
