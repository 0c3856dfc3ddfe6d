"""Operations that NumPy does better than the default bodies."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from corne.ops._xp import promoted
from corne.ops.linalg import matmul


def _einsum(operands: Sequence[Any], subscripts: str) -> Any:
    return np.einsum(subscripts, *promoted(*operands), optimize=True)


def _full(shape: tuple[int, ...], fill_value: Any, dtype: str) -> Any:
    from corne import backend

    return np.array(np.broadcast_to(backend.active().asarray(fill_value, dtype), shape))


def _matmul(x1: Any, x2: Any) -> Any:
    x1, x2 = promoted(x1, x2)
    product = matmul.body(x1, x2)  # type: ignore[attr-defined]
    return product if product.dtype == x1.dtype else product.astype(x1.dtype)  # bfloat16 comes out as float32


KERNELS: Mapping[str, Callable[..., Any]] = {"_einsum": _einsum, "full": _full, "matmul": _matmul}
