"""What `import corne` may cost: the set of modules it loads, and its time against what it stands on."""

from __future__ import annotations

import json
import subprocess
import sys
from statistics import median

import pytest

HEAVY = ("torch", "h5py", "rich", "click", "optree", "matplotlib", "ml_dtypes", "numpy")


def modules_after(code: str) -> set[str]:
    program = f"{code}\nimport sys, json\nprint(json.dumps(sorted(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(json.loads(run.stdout.splitlines()[-1]))


def packages(modules: set[str]) -> set[str]:
    return {module.partition(".")[0] for module in modules}


def plugin_code(modules: set[str]) -> set[str]:
    """First-party plugins' modules other than their package and its ``_plugin``."""
    return {
        module
        for module in modules
        if module.startswith("corne_") and "." in module and not module.endswith("._plugin")
    }


def test_importing_corne_loads_nothing_else():
    loaded = modules_after("import corne")
    assert packages(loaded).isdisjoint({*HEAVY, "pluggy"})
    assert not [module for module in loaded if module.startswith("corne_") and not finder(module)]
    assert {m for m in loaded if m.partition(".")[0] == "corne"} <= {"corne", "corne._lazy", "corne.errors"}


def finder(module: str) -> bool:
    """Editable installs leave an import hook of their own behind."""
    return "finder" in module or "editable" in module


@pytest.mark.parametrize("kind", ["layers", "activations", "losses", "metrics", "optimizers", "callbacks"])
def test_the_first_use_of_a_namespace_loads_only_plugin_modules(kind):
    loaded = modules_after(f"import corne\ndir(corne.{kind})")
    assert plugin_code(loaded) == set()
    assert packages(loaded).isdisjoint(HEAVY)


def test_a_plugin_module_needs_little():
    loaded = modules_after("from corne.plugins import hookimpl")
    assert packages(loaded).isdisjoint(HEAVY)
    ours = {module for module in loaded if module.startswith("corne.")}
    assert ours <= {"corne._lazy", "corne.errors"} | {m for m in ours if m.startswith("corne.plugins")}


def test_importing_corne_costs_at_most_one_and_a_half_times_its_foundations():
    """Wall time, best of several alternating runs, so that a busy machine does not decide.

    The foundation is what any such package pays: numpy, pluggy and one scan of the entry points.
    """
    foundation = (
        "import numpy, pluggy; from importlib import metadata; list(metadata.entry_points(group='corne'))"
    )
    times: dict[str, list[float]] = {"import corne": [], foundation: []}
    for _ in range(5):
        for code in times:
            program = f"import time; t = time.perf_counter(); {code}\nprint(time.perf_counter() - t)"
            run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
            times[code].append(float(run.stdout))
    ours, theirs = median(times["import corne"]), median(times[foundation])
    print(f"import corne: {ours * 1e3:.1f} ms; numpy, pluggy and the scan: {theirs * 1e3:.1f} ms")
    assert ours <= 1.5 * theirs
