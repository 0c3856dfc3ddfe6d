"""Uniform random numbers in C: those of PyTorch's generator, in a tenth of its time."""

from __future__ import annotations

import ctypes
import functools
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from corne_torch.native import build

#: From this size on, the call and the search for a compiler pay.
_LEAST = 2048


def runs(shape: Sequence[int], dtype: torch.dtype, device: torch.device) -> bool:
    """Return whether to draw such an array here. The first such call compiles the library."""
    fits = dtype is torch.float32 and device.type == "cpu" and math.prod(shape) >= _LEAST
    return fits and library() is not None


def rand(seed: int, shape: Sequence[int]) -> torch.Tensor:
    """Return the float32 numbers of ``torch.rand`` with a generator that starts from ``seed``."""
    drawn = torch.empty(tuple(shape), dtype=torch.float32)
    library().corne_uniform(seed, drawn.numel(), drawn.data_ptr())
    return drawn


@functools.cache
def library() -> Any:
    """Return the compiled functions, or None: PyTorch's own draw the same numbers."""
    try:
        functions = build.load(Path(__file__).with_name("random.c"))
    except build.BuildError:
        return None
    if functions is not None:
        functions.corne_uniform.argtypes = [ctypes.c_uint32, ctypes.c_long, ctypes.c_void_p]
        functions.corne_uniform.restype = None
    return functions
