"""How the numpy backend presents itself; NumPy is always there, so it can always run."""

from corne.backend.base import BackendSpec


def probe() -> str | None:
    """Return None: the core itself needs NumPy."""
    return None


SPEC = BackendSpec(name="numpy", priority=10, probe=probe, factory="corne_numpy.backend:NumpyBackend")
