"""Operations that NumPy does better than the default bodies, and arithmetic in bfloat16."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

import ml_dtypes
import numpy as np
from corne import tree
from corne.operation import promoted

Array = np.ndarray[Any, Any]

BFLOAT16 = np.dtype(ml_dtypes.bfloat16)


def einsum(subscripts: str, *operands: Array, **kwargs: Any) -> Array:
    """Sum products over indices."""
    return np.asarray(np.einsum(subscripts, *promoted(*operands), optimize=True))


def segment_sum(
    data: Array, segment_ids: Array, num_segments: int | None = None, sorted: bool = False
) -> Array:
    """Return the sums of rows by segment."""
    count = int(segment_ids.max()) + 1 if num_segments is None else num_segments
    total = np.zeros((count, *data.shape[1:]), data.dtype)
    inside = (segment_ids >= 0) & (segment_ids < count)
    np.add.at(total, segment_ids[inside], data[inside])
    return total


#: Operations that ask for the limits of the dtype itself.
EXACT = {"nan_to_num"}


def widened(function: Callable[..., Any], body: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that computes in float32 where it is given bfloat16.

    NumPy knows bfloat16 only through ml_dtypes: it has no weak Python numbers there (``x * 2.0`` is float32), sums
    lose their digits, and half of the functions are missing.

    Args:
        function: A kernel or the default body of an operation.
        body: The default body, which has the names of the parameters.
    """
    parameters = list(inspect.signature(body).parameters)
    dtype_at = parameters.index("dtype") if "dtype" in parameters else None

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        if not any(_is_low(x) for x in (*args, *kwargs.values())):
            return function(*args, **kwargs)
        leaves = [leaf for leaf in tree.flatten((args, kwargs)) if isinstance(leaf, np.ndarray)]
        args, kwargs = tree.map_structure(_widen, (args, kwargs))
        result = function(*args, **kwargs)
        asked = dtype_at is not None and (
            kwargs.get("dtype") is not None or (len(args) > dtype_at and args[dtype_at] is not None)
        )
        if asked or any(leaf.dtype.kind in "fc" and leaf.dtype != BFLOAT16 for leaf in leaves):
            return result
        return tree.map_structure(_narrow, result)

    return call


def _is_low(x: Any) -> bool:
    if isinstance(x, np.ndarray):
        return bool(x.dtype == BFLOAT16)
    return isinstance(x, (list, tuple)) and any(_is_low(item) for item in x)


def _widen(x: Any) -> Any:
    return x.astype(np.float32) if isinstance(x, np.ndarray) and x.dtype == BFLOAT16 else x


def _narrow(x: Any) -> Any:
    low = isinstance(x, (np.ndarray, np.generic)) and x.dtype == np.float32
    return np.asarray(x).astype(BFLOAT16) if low else x
