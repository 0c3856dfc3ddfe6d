"""Whether the backend "cuda" can run here, determined without importing PyTorch."""

from __future__ import annotations

import ctypes
import os
import sys
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

from corne.backend import BackendSpec

_DRIVERS = {"win32": "nvcuda.dll"}


@cache
def probe() -> str | None:
    """Return None if PyTorch is built for CUDA and a GPU is visible, else the missing part."""
    if find_spec("torch") is None:
        return "PyTorch is not installed (pip install torch)"
    try:
        installed = version("torch")
    except PackageNotFoundError:
        installed = ""  # made from source; its own answer comes when the backend starts
    if "+cpu" in installed:
        return f"PyTorch {installed} is built for processors only (install a CUDA build of torch)"
    if os.environ.get("CUDA_VISIBLE_DEVICES", "0").strip() in ("", "-1"):
        return "CUDA_VISIBLE_DEVICES hides every GPU"
    return _count_devices()


def _count_devices() -> str | None:
    """Ask NVIDIA's driver itself, which takes milliseconds: CUDA driver API, 6.2 and 6.3.

    https://docs.nvidia.com/cuda/cuda-driver-api/
    """
    library = _DRIVERS.get(sys.platform, "libcuda.so.1")
    try:
        driver = ctypes.CDLL(library)
    except OSError:
        return f"no NVIDIA driver is installed ({library} not found)"
    failed = driver.cuInit(0)
    if failed:
        return f"the NVIDIA driver can't start (cuInit returned {failed})"
    count = ctypes.c_int()
    failed = driver.cuDeviceGetCount(ctypes.byref(count))
    if failed or not count.value:
        return "the NVIDIA driver finds no GPU"
    return None


SPEC = BackendSpec(name="cuda", priority=100, probe=probe, factory="corne_cuda.backend:CudaBackend")
