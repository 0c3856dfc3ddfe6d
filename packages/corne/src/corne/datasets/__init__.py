"""Data sets that many programs use, from whichever packages are installed."""

from corne.plugins.namespace import open_module

__getattr__, __dir__ = open_module(__name__)
