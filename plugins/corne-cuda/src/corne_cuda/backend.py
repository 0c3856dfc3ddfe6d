"""PyTorch on NVIDIA GPUs."""

from __future__ import annotations

import torch
from corne.errors import BackendError
from corne_torch.backend import TorchBackend


class CudaBackend(TorchBackend):
    """The backend "cuda": arrays are made on the current GPU, the first one unless PyTorch is set to another.

    Raises:
        BackendError: PyTorch can't use a GPU here.
    """

    name = "cuda"

    def __init__(self) -> None:
        if not torch.cuda.is_available():
            raise BackendError(
                "backend cuda", "a PyTorch that can use an NVIDIA GPU",
                f"torch {torch.__version__}, built for CUDA {torch.version.cuda}, without a usable GPU",
                "Install a driver and a torch that fit each other (https://pytorch.org/get-started), or corne-cpu.",
            )  # fmt: skip
        super().__init__(f"cuda:{torch.cuda.current_device()}")

    def devices(self) -> list[str]:
        """Return every GPU, the current one first."""
        every = [f"cuda:{index}" for index in range(torch.cuda.device_count())]
        return sorted(every, key=lambda name: name != str(self.device))

    def facts(self) -> dict[str, str]:
        """Return PyTorch's version and threads, and the GPU's name and memory."""
        properties = torch.cuda.get_device_properties(self.device)
        memory = f"{properties.total_memory / 2**30:.1f} GiB"
        return {**super().facts(), "gpu": f"{properties.name}, {memory}", "cuda": str(torch.version.cuda)}
