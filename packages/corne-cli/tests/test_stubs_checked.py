"""The stub package as type checkers read it: nothing of ``corne`` is hidden, and misspelt names are found."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import corne
import pytest
from corne_cli import stubs

#: One import from a module with a face of its own, one from a module without, and a misspelt name.
#: Only that is an error.
PROGRAM = """\
import corne
from corne import Model, layers, ops
from corne.errors import CorneError
from corne.models import Sequential
from corne.random import SeedGenerator
from corne.training import FitOptions

model: Model = Sequential([layers.Dense(3)])
layers.Dens
"""
MISSPELT = 9  # its line


class Environment:
    """An environment with a stub package in its site-packages, and a program to check there."""

    def __init__(self, folder: Path) -> None:
        venv.create(folder / "env", with_pip=False)
        self.python = str(next((folder / "env").glob("[bS]*/python*")))
        scheme = {"base": str(folder / "env"), "platbase": str(folder / "env")}
        site = Path(sysconfig.get_path("purelib", "venv", scheme))
        (site / "here.pth").write_text("\n".join(path for path in sys.path if path) + "\n")
        stubs.write_stub_package(site)
        self.folder = folder / "work"
        self.folder.mkdir()
        (self.folder / "program.py").write_text(PROGRAM)

    def run(self, *command: str) -> str:
        """Run a command beside the program and return what it prints."""
        ran = subprocess.run(
            [*command, "program.py"], cwd=self.folder, capture_output=True, text=True, check=False
        )
        return ran.stdout


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    return Environment(tmp_path)


def executable(*names: str) -> str:
    """Return where the first of these programs is, in the environment of the tests or on the path."""
    places = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    for name in names:
        if found := shutil.which(name, path=places):
            return found
    pytest.skip(f"needs {' or '.join(names)}")


def test_pyright_finds_the_misspelt_name_alone(environment: Environment) -> None:
    pyright = executable("pyright", "basedpyright")
    (environment.folder / "pyrightconfig.json").write_text('{"typeCheckingMode": "standard"}')
    found = json.loads(environment.run(pyright, "--outputjson", "--pythonpath", environment.python))
    errors = [e for e in found["generalDiagnostics"] if e["severity"] == "error"]
    # "Import could not be resolved" and "unknown import symbol" would be on the lines above.
    assert [e["range"]["start"]["line"] + 1 for e in errors] == [MISSPELT], errors


def test_mypy_finds_the_misspelt_name_alone(environment: Environment) -> None:
    pytest.importorskip("mypy")
    text = environment.run(
        sys.executable, "-m", "mypy", "--follow-imports=silent", "--python-executable", environment.python
    )
    assert [int(line.split(":")[1]) for line in text.splitlines() if ": error:" in line] == [MISSPELT], text


def test_a_stub_package_has_every_face_that_the_package_has(tmp_path: Path) -> None:
    """PEP 561: a partial stub package; one with a module missing hides that module's face from Pyright."""
    stubs.write_stub_package(tmp_path)
    root, package = tmp_path / "corne-stubs", Path(corne.__file__).parent
    written = {file.relative_to(root) for file in root.rglob("*.pyi")}
    assert (root / "py.typed").read_text() == "partial\n"
    assert {file.relative_to(package) for file in package.rglob("*.pyi")} <= written
    assert all((root / file).with_name("__init__.pyi").is_file() for file in written)
