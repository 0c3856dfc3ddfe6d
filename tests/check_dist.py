"""Look into every built wheel and sdist: ``python tests/check_dist.py dist``.

Each project must have both; a wheel must hold its package with ``py.typed`` and no tests, an sdist its
tests and README, and both must name the entry point that the project declares.
"""

from __future__ import annotations

import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent


def check(dist: Path) -> list[str]:
    """Return what is wrong."""
    problems = []
    for pyproject in sorted(
        p for folder in ("packages", "plugins") for p in ROOT.glob(f"{folder}/*/pyproject.toml")
    ):
        project = tomllib.loads(pyproject.read_text())["project"]
        stem = project["name"].replace("-", "_")
        wheels, sdists = list(dist.glob(f"{stem}-*.whl")), list(dist.glob(f"{stem}-*.tar.gz"))
        if len(wheels) != 1 or len(sdists) != 1:
            problems.append(f"{stem}: {len(wheels)} wheels and {len(sdists)} sdists, should be one each")
            continue
        with zipfile.ZipFile(wheels[0]) as wheel:
            names = wheel.namelist()
            if f"{stem}/py.typed" not in names:
                problems.append(f"{wheels[0].name}: no {stem}/py.typed")
            strangers = (
                {name.split("/")[0] for name in names} - {stem} - {f"{stem}-{project['version']}.dist-info"}
            )
            if strangers:
                problems.append(f"{wheels[0].name}: unexpected {sorted(strangers)}")
            entry_points = [name for name in names if name.endswith("entry_points.txt")]
            text = wheel.read(entry_points[0]).decode() if entry_points else ""
            for group, entries in project.get("entry-points", {}).items():
                for name, value in entries.items():
                    if f"[{group}]" not in text or f"{name} = {value}" not in text:
                        problems.append(f"{wheels[0].name}: entry point {group}: {name} is missing")
        with tarfile.open(sdists[0]) as sdist:
            files = {name.partition("/")[2] for name in sdist.getnames()}
            problems += [
                f"{sdists[0].name}: no {name}"
                for name in ("README.md", "pyproject.toml")
                if name not in files
            ]
            if (pyproject.parent / "tests").is_dir() and not any(name.startswith("tests/") for name in files):
                problems.append(f"{sdists[0].name}: no tests")
    return problems


if __name__ == "__main__":
    found = check(Path(sys.argv[1]))
    print("\n".join(found) or "Every wheel and sdist holds what it should.")
    sys.exit(bool(found))
