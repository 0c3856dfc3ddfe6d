"""Keras compatibility for Corne: files of Keras 1 and 2, and programs and libraries written for Keras 3."""

from __future__ import annotations

from importlib import import_module
from typing import Any

_NAMES = ("install", "is_installed", "report", "uninstall")


def load_ipython_extension(shell: object) -> None:
    """Install on ``%load_ext corne_keras``."""
    __getattr__("install")()


def __getattr__(name: str) -> Any:
    if name in _NAMES:
        return getattr(import_module("corne_keras.guests.install"), name)
    raise AttributeError(f"module 'corne_keras' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_NAMES])
