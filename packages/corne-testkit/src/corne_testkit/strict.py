"""A backend on array-api-strict, to prove that a default body uses nothing but the array-API standard."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import array_api_strict
import numpy as np
from corne import config, dtypes
from corne.backend import Backend


class StrictBackend(Backend):
    """array-api-strict, which has what the standard demands and nothing else; no kernels."""

    name = "strict"
    xp = array_api_strict

    def devices(self) -> list[str]:
        return ["CPU_DEVICE"]

    def is_array(self, x: object) -> bool:
        return isinstance(x, type(array_api_strict.asarray(0)))

    def asarray(self, x: Any, dtype: str | None = None) -> Any:
        if not self.is_array(x):
            array = np.asarray(x)
            if dtype is None and not hasattr(x, "dtype"):
                dtype = {"f": config.floatx(), "i": "int32", "b": "bool"}.get(array.dtype.kind)
            x = array_api_strict.asarray(array)
        return x if dtype is None else self.cast(x, dtype)

    def to_numpy(self, x: Any) -> Any:
        return np.asarray(x)

    def cast(self, x: Any, dtype: str) -> Any:
        return array_api_strict.astype(x, getattr(array_api_strict, dtype))

    def dtype_name(self, x: Any) -> str:
        return dtypes.standardize_dtype(str(getattr(x, "dtype", x)))

    def variable(self, value: Any, trainable: bool) -> Any:
        return value

    def assign(self, storage: Any, value: Any) -> Any:
        return value

    def infer_specs(self, fn: Any, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError

    def random_uniform(self, key: Any, shape: Sequence[int], dtype: str) -> Any:
        raise NotImplementedError

    def random_normal(self, key: Any, shape: Sequence[int], dtype: str) -> Any:
        raise NotImplementedError
