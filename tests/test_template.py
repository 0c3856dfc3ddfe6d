"""What `corne plugins new` writes works: it is found, and its own tests pass."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from corne_cli.new import write_package

EXAMPLE = Path(__file__).parents[1] / "examples" / "corne-example-layer"


def install(folder: Path, site: Path) -> None:
    """Do what an editable installation does, without building anything: metadata and a path."""
    project = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    info = site / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    info.mkdir(parents=True)
    metadata = f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    (info / "METADATA").write_text(metadata)
    entries = project["entry-points"]["corne"]
    lines = ["[corne]", *(f"{name} = {value}" for name, value in entries.items())]
    (info / "entry_points.txt").write_text("\n".join(lines) + "\n")


def run(folder: Path, site: Path, *command: str) -> str:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(site), str(folder / "src")])}
    ran = subprocess.run(
        [sys.executable, *command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


@pytest.mark.slow
@pytest.mark.parametrize("which", ["generated", "example"])
def test_a_third_partys_package_passes_its_tests(which, tmp_path):
    pytest.importorskip("corne_testkit")
    folder = EXAMPLE if which == "example" else write_package("acme-demo", None, tmp_path)
    install(folder, tmp_path / "site")
    listed = json.loads(run(folder, tmp_path / "site", "-m", "corne_cli", "plugins", "list", "--json"))
    (ours,) = [plugin for plugin in listed if plugin["name"] in ("acme-demo", "corne-example-layer")]
    assert (ours["status"], ours["problems"]) == ("loaded", [])
    assert ours["registers"]["layers"]
    out = run(folder, tmp_path / "site", "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider", "tests")
    assert " passed" in out
    # The kit skips what does not apply (gradients on numpy); it must not skip for want of the plugin.
    assert "installed plugin" not in out
    assert "can't be imported" not in out
