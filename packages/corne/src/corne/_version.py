"""The version, read from the installed package so that it is written down once."""

from importlib import metadata

__version__ = metadata.version("corne")


def version() -> str:
    """Return Corne's version."""
    return __version__
