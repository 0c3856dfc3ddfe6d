"""What corne-numpy registers: the backend ``numpy``."""

from corne.plugins import hookimpl

CORNE_API = 1


@hookimpl
def corne_backends() -> dict[str, str]:
    return {"numpy": "corne_numpy.spec:SPEC"}
