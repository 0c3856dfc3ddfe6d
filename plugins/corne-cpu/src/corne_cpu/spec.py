"""Whether the backend "cpu" can run here, determined without importing PyTorch."""

from __future__ import annotations

from importlib.util import find_spec

from corne.backend import BackendSpec


def probe() -> str | None:
    """Return None if PyTorch is installed, else the missing part."""
    return None if find_spec("torch") else "PyTorch is not installed (pip install torch)"


SPEC = BackendSpec(name="cpu", priority=50, probe=probe, factory="corne_cpu.backend:CpuBackend")
