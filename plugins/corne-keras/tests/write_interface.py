"""Write ``guests/interface.py``, the names and modules of Keras, from the installed Keras: run it with the oracle's Python."""

from __future__ import annotations

import importlib
import inspect
import os
import pkgutil
import textwrap
from pathlib import Path
from types import ModuleType

TARGET = Path(__file__).parent.parent / "src" / "corne_keras" / "guests" / "interface.py"
HEAD = '''"""Which modules and names Keras has: facts, written by ``tests/write_interface.py`` from Keras {version}."""

# fmt: off
VERSION = "{version}"

#: Public modules, and the names in each.
PUBLIC: dict[str, str] = {{
{public}
}}

#: Modules below ``keras.src``, without that prefix.
_BELOW = """
{private}
"""
PRIVATE = frozenset(_BELOW.split())
'''


def public(module: ModuleType, found: dict[str, list[str]]) -> dict[str, list[str]]:
    """Collect the public modules below one, and their names."""
    names = [name for name in vars(module) if not name.startswith("_") and name != "src"]
    inner = [name for name in names if inspect.ismodule(getattr(module, name))]
    found[module.__name__] = [name for name in names if name not in inner]
    for name in inner:
        child = getattr(module, name)
        if child.__name__ == f"{module.__name__}.{name}":
            public(child, found)
    return found


def interface() -> str:
    """Return the module's text."""
    os.environ.setdefault("KERAS_BACKEND", "torch")
    keras = importlib.import_module("keras")
    tables = public(keras, {})
    lines = []
    for module, names in sorted(tables.items()):
        wrapped = textwrap.wrap(" ".join(sorted(names)), 100)
        lines.append(f'    "{module}": (')
        lines += [
            f'        "{line}{" " if i + 1 < len(wrapped) else ""}"' for i, line in enumerate(wrapped or [""])
        ]
        lines.append("    ),")
    below = [
        module.name.removeprefix("keras.src.")
        for module in pkgutil.walk_packages(keras.src.__path__, "keras.src.", onerror=lambda _: None)
        if not module.name.endswith("_test")
    ]
    text = textwrap.fill(" ".join(sorted(below)), 110, break_on_hyphens=False)
    return HEAD.format(version=keras.__version__, public="\n".join(lines), private=text)


if __name__ == "__main__":
    TARGET.write_text(interface())
