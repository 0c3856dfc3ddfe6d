"""Replace Keras with Corne for the rest of the process, and undo that."""

from __future__ import annotations

import sys

from corne.errors import StateError

from corne_keras.guests import modules

_finder = modules.Finder()


def install() -> None:
    """Make ``import keras`` import Corne for the rest of the process. Calling it again changes nothing.

    Modules named ``keras.*`` are made as they are imported; their classes are Corne's. ``keras.src.*`` is found by
    name. ``keras.backend.backend()`` says "torch" on the backends cpu and cuda.

    Raises:
        StateError: The real Keras is loaded already.
    """
    if _finder in sys.meta_path:
        return
    loaded = sys.modules.get("keras")
    if loaded is not None:
        raise StateError(
            "corne_keras.install()", "a process that has not imported keras",
            f"the one at {getattr(loaded, '__file__', 'an unknown place')}",
            "Call corne_keras.install() before the first import of keras, or run: python -m corne_keras script.py",
        )  # fmt: skip
    sys.meta_path.insert(0, _finder)


def uninstall() -> None:
    """Undo :func:`install`: later imports find the real Keras, if there is one."""
    if _finder in sys.meta_path:
        sys.meta_path.remove(_finder)
        for name in [name for name, module in sys.modules.items() if isinstance(module, modules.Facade)]:
            del sys.modules[name]
        modules.FOUND.clear()
        modules.MISSING.clear()


def is_installed() -> bool:
    """Return whether Corne replaces Keras."""
    return _finder in sys.meta_path


def report() -> dict[str, dict[str, str]]:
    """Return the requested names: ``{"found": {name: file and line}, "missing": {...}}``."""
    return {"found": dict(modules.FOUND), "missing": dict(modules.MISSING)}
