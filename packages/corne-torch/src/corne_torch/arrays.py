"""Conversion between tensors and everything else that holds numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from corne import config
from corne.backend import Array
from corne.errors import DataError, DTypeError
from corne.variable import Variable

from corne_torch.dtypes import name_of, to_torch

_INT32 = np.iinfo(np.int32)
_AS_BITS = {"bfloat16": np.int16, "float8_e4m3fn": np.int8, "float8_e5m2": np.int8}  # not NumPy's own dtypes
_WIDEN = {"uint16": np.int32, "uint32": np.int64, "uint64": np.int64}


def asarray(x: Any, dtype: str | None, device: torch.device) -> torch.Tensor:
    """Return ``x`` as a tensor on ``device``: memory is shared with ``x`` where that is safe.

    Python floats become floatx, Python integers int32 (int64 where they don't fit), and arrays keep their
    dtype, if ``dtype`` is None.
    """
    wanted = None if dtype is None else to_torch(dtype)
    if isinstance(x, Variable):
        x = x.value
    if isinstance(x, torch.Tensor):
        return _place(x, wanted, device)
    if isinstance(x, (bool, int, float, complex)):
        return torch.tensor(x, dtype=wanted or _scalar_dtype(x), device=device)
    if isinstance(x, (list, tuple)):
        return _from_sequence(x, wanted, device)
    if isinstance(x, (np.ndarray, np.generic)):
        return _from_numpy(np.asarray(x), wanted, device)
    if hasattr(x, "__dlpack__"):
        return _place(torch.utils.dlpack.from_dlpack(x), wanted, device)
    if hasattr(x, "__array__"):
        return _from_numpy(np.asarray(x), wanted, device)
    raise DTypeError(
        "convert_to_tensor(x)", "numbers, nested lists of them or an array", f"{type(x).__name__} {x!r:.80}",
        "Pass a NumPy array, for example.",
    )  # fmt: skip


def to_numpy(x: Array) -> np.ndarray[Any, Any]:
    """Copy a tensor to a NumPy array on the host."""
    x = x.detach()
    if x.device.type != "cpu":
        x = x.cpu()
    name = name_of(x)
    if name in _AS_BITS:
        import ml_dtypes

        bits = x.contiguous().view(getattr(torch, np.dtype(_AS_BITS[name]).name)).numpy()
        return np.array(bits.view(getattr(ml_dtypes, name)))
    return np.array(x.resolve_conj().resolve_neg().numpy())


def _place(x: torch.Tensor, dtype: torch.dtype | None, device: torch.device) -> torch.Tensor:
    if x.device != device and x.device.type != "meta":
        return x.to(device=device, dtype=dtype or x.dtype, non_blocking=device.type == "cuda")
    return x if dtype is None or x.dtype == dtype else x.to(dtype)


def _scalar_dtype(x: complex) -> torch.dtype:
    if isinstance(x, bool):
        return torch.bool
    if isinstance(x, int):
        return torch.int32 if _INT32.min <= x <= _INT32.max else torch.int64
    if isinstance(x, float):
        return to_torch(config.floatx())
    return torch.complex64


def _from_sequence(x: Sequence[Any], dtype: torch.dtype | None, device: torch.device) -> torch.Tensor:
    leaf: Any = x
    while isinstance(leaf, (list, tuple)) and leaf:
        leaf = leaf[0]
    if _holds_tensor(x):
        parts = [asarray(item, None, device) for item in x]
        common = parts[0].dtype
        for part in parts[1:]:
            common = torch.promote_types(common, part.dtype)
        return _place(torch.stack([part.to(common) for part in parts]), dtype, device)
    try:
        array = np.asarray(x)
    except ValueError as error:
        raise DataError(
            "convert_to_tensor(x)",
            "nested lists of equal lengths",
            f"{x!r:.80}",
            "Pad them to one length.",
        ) from error
    if dtype is None and not isinstance(leaf, (np.ndarray, np.generic)):
        if array.dtype == np.float64:
            dtype = to_torch(config.floatx())
        elif array.dtype == np.int64 and (
            not array.size or (array.min() >= _INT32.min and array.max() <= _INT32.max)
        ):
            dtype = torch.int32
        elif array.dtype == np.complex128:
            dtype = torch.complex64
    return _from_numpy(array, dtype, device)


def _holds_tensor(x: Any) -> bool:
    if isinstance(x, (list, tuple)):
        return any(_holds_tensor(item) for item in x)
    return isinstance(x, (torch.Tensor, Variable))


#: NumPy's dtypes that PyTorch has as they are; looking one up takes less time than its name.
_SHARED = {np.dtype(name): getattr(torch, name) for name in ("float32", "float64", "int32", "int64", "uint8")}


def _from_numpy(x: np.ndarray[Any, Any], dtype: torch.dtype | None, device: torch.device) -> torch.Tensor:
    alike = _SHARED.get(x.dtype)
    if alike is not None and dtype in (None, alike) and device.type == "cpu":
        flags = x.flags
        if flags.c_contiguous and flags.writeable:
            return torch.from_numpy(x)
    name = x.dtype.name
    if name in _WIDEN:
        if name == "uint64" and x.size and x.max() > np.iinfo(np.int64).max:
            raise DTypeError(
                "convert_to_tensor(x)",
                "uint64 values below 2**63",
                str(x.max()),
                "PyTorch computes in int64.",
            )
        x = x.astype(_WIDEN[name])
    elif name in _AS_BITS:
        bits = torch.from_numpy(np.array(x.view(_AS_BITS[name])))
        return _place(bits.view(getattr(torch, name)), dtype, device)
    if x.dtype.kind not in "biufc":
        raise DTypeError(
            "convert_to_tensor(x)", "numbers", f"a NumPy array of dtype {x.dtype}",
            "Encode text and other objects as numbers first.",
        )  # fmt: skip
    # PyTorch shares memory, so it wants arrays that may be written to, without negative strides.
    if not x.flags.writeable or any(stride < 0 for stride in x.strides):
        x = x.copy()
    if not x.dtype.isnative:
        x = x.astype(x.dtype.newbyteorder("="))
    return _place(_pinned(torch.from_numpy(x), device), dtype, device)


def _pinned(x: torch.Tensor, device: torch.device) -> torch.Tensor:
    """Return ``x`` in page-locked memory, which a GPU reads asynchronously."""
    worthwhile = device.type == "cuda" and x.nbytes > 1 << 16
    return x.pin_memory() if worthwhile else x
