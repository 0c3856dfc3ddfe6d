"""The packages move in lockstep: one version, and bounds that follow from it."""

from __future__ import annotations

import re
import runpy
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
VERSION = runpy.run_path(str(ROOT / "VERSION.py"))["__version__"]
PROJECTS = sorted(
    path for folder in ("packages", "plugins") for path in ROOT.glob(f"{folder}/*/pyproject.toml")
)


@pytest.mark.parametrize("path", PROJECTS, ids=lambda path: path.parent.name)
def test_version_and_bounds(path):
    project = tomllib.loads(path.read_text())["project"]
    assert project["version"] == VERSION
    major, minor, _ = VERSION.split(".")
    bounds = f">={major}.{minor},<{major}.{int(minor) + 1}"
    optional = [r for group in project.get("optional-dependencies", {}).values() for r in group]
    for requirement in [*project["dependencies"], *optional]:
        name = re.match(r"[\w-]+(\[[\w,]+\])?", requirement).group()
        if name.startswith("corne") and "[" not in name:
            assert requirement == name + bounds


@pytest.mark.parametrize("path", PROJECTS, ids=lambda path: path.parent.name)
def test_lower_bounds_are_not_pins(path):
    project = tomllib.loads(path.read_text())["project"]
    for requirement in project["dependencies"]:
        assert ">=" in requirement
        assert "==" not in requirement
