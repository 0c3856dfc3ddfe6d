"""What corne-data registers."""

from __future__ import annotations

from corne.plugins import hookimpl

CORNE_API = 1


@hookimpl
def corne_names() -> dict[str, str]:
    """Return public names by their paths below ``corne``."""
    return {"utils.get_file": "corne_data.download:get_file"}
