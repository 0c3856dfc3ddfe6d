"""What corne-preprocessing registers."""

from __future__ import annotations

from corne.plugins import hookimpl

CORNE_API = 1

#: ``{module: names in it}``
_NAMES = {
    "normalization": "Normalization",
    "rescaling": "Rescaling",
}


@hookimpl
def corne_layers() -> dict[str, str]:
    """Return name to ``module:class``."""
    return {
        name: f"corne_preprocessing.{module}:{name}"
        for module, names in _NAMES.items()
        for name in names.split()
    }
