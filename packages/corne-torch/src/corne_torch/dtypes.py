"""PyTorch's dtypes by their standard names."""

from __future__ import annotations

from typing import Any

import torch
from corne.dtypes import standardize_dtype
from corne.errors import DTypeError

#: PyTorch stores the wide unsigned integers but can't compute with them ("add_stub" not implemented for
#: 'UInt32', torch 2.13), so they live in the next larger signed type.
WIDER = {"uint16": torch.int32, "uint32": torch.int64, "uint64": torch.int64}

_NAMES = (
    "bool", "uint8", "int8", "int16", "int32", "int64", "float16", "bfloat16", "float32", "float64",
    "complex64", "complex128", "float8_e4m3fn", "float8_e5m2",
)  # fmt: skip

#: Standard name to the torch dtype that stands for it.
TORCH = {name: getattr(torch, name) for name in _NAMES} | WIDER

#: torch dtype to its standard name.
NAME = {getattr(torch, name): name for name in (*_NAMES, *WIDER)}


def to_torch(dtype: str) -> torch.dtype:
    """Return the torch dtype that stands for a standard name.

    Raises:
        DTypeError: PyTorch has no such dtype.
    """
    found: torch.dtype | None = TORCH.get(dtype)
    if found is not None:
        return found
    raise DTypeError(
        "dtype", f"one of {', '.join(TORCH)}", repr(dtype), "PyTorch has no arrays of that dtype."
    )


def name_of(x: Any) -> str:
    """Return the standard name of a tensor's dtype, or of a dtype object of any engine."""
    name = NAME.get(getattr(x, "dtype", x))
    return standardize_dtype(getattr(x, "dtype", x)) if name is None else name
