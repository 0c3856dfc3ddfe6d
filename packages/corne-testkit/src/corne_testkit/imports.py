"""What importing a module brings with it, found out in a new process."""

from __future__ import annotations

import functools
import json
import subprocess
import sys

ENGINES = ("torch", "tensorflow", "jax")
HEAVY = (*ENGINES, "h5py", "rich", "matplotlib", "pandas", "scipy", "sklearn", "PIL")

_SCRIPT = """
import importlib, json, sys
names, watched = json.loads(sys.argv[1])
before, found = set(sys.modules), {}
for name in names:
    try:
        importlib.import_module(name)
    except ModuleNotFoundError as error:
        found[name] = {"error": str(error)}
        continue
    new = set(sys.modules) - before
    before |= new
    found[name] = {"new": sorted(new), "watched": sorted(w for w in watched if w in new)}
print(json.dumps(found))
"""


@functools.cache
def imported_by(
    names: tuple[str, ...], watched: tuple[str, ...] = ENGINES
) -> dict[str, dict[str, list[str]]]:
    """Import modules one after the other in a new process.

    Returns:
        For each module what it was the first to import: all of it under "new", what is among ``watched``
        under "watched"; or "error", if it can't be imported there (a test module, say).
    """
    process = subprocess.run(
        [sys.executable, "-c", _SCRIPT, json.dumps([names, watched])],
        capture_output=True,
        text=True,
        check=False,
    )
    if process.returncode:
        raise RuntimeError(f"importing {names} in a new process failed:\n{process.stderr}")
    found: dict[str, dict[str, list[str]]] = json.loads(process.stdout.splitlines()[-1])
    return found
