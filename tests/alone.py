"""Look at a plugin installed alone: ``python tests/alone.py corne-conv``, in its own environment.

It must be listed as loaded, import no engine until it is used, and every name it registers must either
import or say in one sentence which package is missing.
"""

from __future__ import annotations

import sys
from importlib import metadata

HEAVY = {"torch", "h5py", "rich", "matplotlib", "pandas", "sklearn", "tensorflow", "jax"}


def check(name: str) -> list[str]:
    """Return what is wrong."""
    from corne import plugins
    from corne.errors import MissingPluginError
    from corne.plugins import registry

    strangers = {d.metadata["Name"] for d in metadata.distributions()} & {"corne-testkit", "pytest", "keras"}
    problems = [f"{stranger} is installed, so the plugin isn't alone" for stranger in strangers]
    found = {plugin.distribution: plugin for plugin in plugins.plugins()}
    if name not in found:
        return [*problems, f"{name} is not discovered; found {sorted(found)}"]
    plugin = found[name]
    if plugin.status != "loaded" or plugin.problems:
        problems.append(f"{name} is {plugin.status}: {plugin.problems}")
    heavy = HEAVY & set(sys.modules)
    if heavy:
        problems.append(f"listing plugins imported {sorted(heavy)}")
    for kind, names in plugin.names.items():
        for registered in names:
            try:
                registry.get(kind, registered)
            except MissingPluginError as error:
                print(f"{kind} {registered}: {error}")
            except Exception as error:
                problems.append(f"{kind} {registered}: {type(error).__name__}: {error}")
    return problems


if __name__ == "__main__":
    found = check(sys.argv[1])
    print("\n".join(found) or f"{sys.argv[1]} works alone.")
    sys.exit(bool(found))
