"""What corne-cpu registers."""

from __future__ import annotations

from corne.plugins import hookimpl

CORNE_API = 1


@hookimpl
def corne_backends() -> dict[str, str]:
    """Return name to ``module:attribute``."""
    return {"cpu": "corne_cpu.spec:SPEC"}
