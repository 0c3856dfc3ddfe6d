"""The array-API namespace that default operation bodies are composed from."""

from __future__ import annotations

import functools
from typing import Any

import array_api_compat.torch as compat
import torch

from corne_torch.dtypes import WIDER

_CREATE = ("arange", "empty", "eye", "full", "linspace", "ones", "zeros")


class Namespace:
    """array-api-compat's namespace of PyTorch, making its arrays on one device.

    PyTorch itself lacks some of the standard (``permute_dims`` by tuple, ``astype``, ``isdtype``, sums over
    ``axis``), and ``torch.set_default_device`` would slow down every call of PyTorch.

    Args:
        device: The default device of new arrays.
    """

    def __init__(self, device: torch.device) -> None:
        for name in dir(compat):
            if not name.startswith("_"):
                setattr(self, name, getattr(compat, name))
        for name, dtype in WIDER.items():
            setattr(self, name, dtype)
        self.asarray = functools.partial(_asarray, device)
        if device.type != "cpu":
            for name in _CREATE:
                setattr(self, name, functools.partial(_create, getattr(compat, name), device))

    def __getattr__(self, name: str) -> Any:  # for type checkers: what is there was set above
        raise AttributeError(f"array_api_compat.torch has no {name!r}")


def _create(function: Any, default: torch.device, *args: Any, device: Any = None, **kwargs: Any) -> Any:
    return function(*args, device=default if device is None else device, **kwargs)


def _asarray(
    default: torch.device, x: Any, /, *, dtype: Any = None, device: Any = None, copy: Any = None
) -> Any:
    """Convert ``x``. A tensor stays where it is and on its tape, which torch.asarray warns about."""
    if not isinstance(x, torch.Tensor):
        return compat.asarray(x, dtype=dtype, device=default if device is None else device, copy=copy)
    changed = x.to(device=device or x.device, dtype=dtype or x.dtype)
    return changed.clone() if copy and changed is x else changed
