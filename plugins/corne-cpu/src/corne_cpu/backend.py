"""PyTorch on the processor."""

from __future__ import annotations

import platform

from corne_torch.backend import TorchBackend


class CpuBackend(TorchBackend):
    """The backend "cpu"."""

    name = "cpu"

    def __init__(self) -> None:
        super().__init__("cpu")

    def devices(self) -> list[str]:
        """Return ``["cpu"]``: PyTorch treats all cores as one device."""
        return ["cpu"]

    def facts(self) -> dict[str, str]:
        """Return PyTorch's version and threads, and the processor."""
        return {**super().facts(), "processor": platform.processor() or platform.machine()}
