"""Preparing data that models read."""

from corne._lazy import attach

_NAMES: dict[str, str] = {}
_SUBMODULES = ("image",)

__getattr__, __dir__ = attach(__name__, _NAMES, _SUBMODULES)
