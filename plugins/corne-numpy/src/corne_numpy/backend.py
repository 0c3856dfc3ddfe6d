"""The numpy backend: the living definition of every operation, and inference without PyTorch.

Nearly everything is the core's default body on NumPy. What stands here is what an engine must say about
itself, and abstract evaluation.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import local
from typing import Any

import ml_dtypes
import numpy as np
from corne import config, dtypes, tree
from corne.backend.base import Backend, Key, TensorSpec
from corne.errors import DataError, DTypeError
from corne.variable import StatelessScope

Array = np.ndarray[Any, Any]

_EXTENSION = {
    "bfloat16": ml_dtypes.bfloat16,
    "float8_e4m3fn": ml_dtypes.float8_e4m3fn,
    "float8_e5m2": ml_dtypes.float8_e5m2,
}

#: How many equal steps a dtype of low precision divides [0, 1) into.
_STEPS = {"bfloat16": 2**8, "float16": 2**11}

#: Two sizes of the first axis, and pairs of sizes of the others, for axes that may have any size. Results
#: that differ between the two depend on it. Small sizes come first since everything is computed; larger
#: ones are for windows and divisors that don't fit.
_FIRST = (2, 3)
_OTHERS = ((12, 24), (60, 120), (240, 480))


class _Thread(local):
    computes_stand_ins = False  # whether infer_specs is at work in this thread


_thread = _Thread()


class NumpyBackend(Backend):
    """NumPy behind Corne's operations. It evaluates and predicts; it has no gradients."""

    name = "numpy"
    xp = np

    kernels = {"einsum": "corne_numpy.kernels:einsum", "segment_sum": "corne_numpy.kernels:segment_sum"}

    def adapt(self, function: Callable[..., Any], operation: Any) -> Callable[..., Any]:
        from corne_numpy.kernels import EXACT, widened

        return function if operation.__name__ in EXACT else widened(function, operation.body)

    def devices(self) -> list[str]:
        return ["cpu"]

    def is_array(self, x: object) -> bool:
        return isinstance(x, (np.ndarray, np.generic))

    def asarray(self, x: Any, dtype: str | None = None) -> Array:
        if hasattr(x, "detach"):
            x = x.detach().cpu().numpy()
        try:
            array = np.asarray(x)
        except ValueError as error:
            raise DataError(
                "convert_to_tensor(…)",
                "nested lists of one shape",
                str(error),
                "Pad them to a common length.",
            ) from error
        if array.dtype.kind in "OUSMm":
            kind = type(array.flat[0]).__name__ if array.size else "nothing"
            raise DTypeError(
                "convert_to_tensor(…)", "numbers", f"an array of {kind} ({array.dtype})",
                "Convert each element to a number, and pad lists to one length.",
            )  # fmt: skip
        if dtype is None and not hasattr(x, "dtype"):
            dtype = self._dtype_of_python(array)
        return array if dtype is None else self.cast(array, dtype)

    def _dtype_of_python(self, array: Array) -> str | None:
        """Return the dtype for Python numbers; integers too large for 32 bits keep NumPy's."""
        if array.dtype.kind == "i":
            fits = not array.size or (array.min() >= -(2**31) and array.max() < 2**31)
            return "int32" if fits else None
        return {"f": config.floatx(), "c": "complex64"}.get(array.dtype.kind)

    def to_numpy(self, x: Array) -> Array:
        return np.asarray(x)

    def cast(self, x: Array, dtype: str) -> Array:
        native = _EXTENSION.get(dtype, dtype)
        return x if x.dtype == native else np.asarray(x).astype(native)

    def dtype_name(self, x: Any) -> str:
        return dtypes.standardize_dtype(getattr(x, "dtype", x))

    def variable(self, value: Array, trainable: bool) -> Array:
        return np.array(value)

    def assign(self, storage: Array, value: Array) -> Array:
        return np.array(value)  # a new array: results handed out earlier may share the old one

    def computes_stand_ins(self) -> bool:
        return _thread.computes_stand_ins

    def infer_specs(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        given = tree.flatten((args, kwargs))
        if not any(isinstance(leaf, TensorSpec) and None in leaf.shape for leaf in given):
            return tree.map_structure(lambda x: self._spec(x, x), _evaluate(fn, args, kwargs, 0, 0))
        failure: Exception | None = None
        found: list[Any] = []
        for sizes in _OTHERS:
            try:
                results = [_evaluate(fn, args, kwargs, *chosen) for chosen in zip(_FIRST, sizes, strict=True)]
            except Exception as error:
                failure = failure or error
                continue
            found.append(tree.map_structure(self._spec, *results))
            if not any(isinstance(s, TensorSpec) and 0 in s.shape for s in tree.flatten(found[-1])):
                break  # an empty result may only mean that the sizes were too small
        if found:
            return found[-1]
        assert failure is not None
        raise failure

    def _spec(self, one: Any, two: Any) -> Any:
        if not self.is_array(one):
            return one
        shape = tuple(a if a == b else None for a, b in zip(one.shape, two.shape, strict=True))
        return TensorSpec(shape, self.dtype_name(one))

    def random_uniform(self, key: Key, shape: Sequence[int], dtype: str) -> Array:
        drawn = _generator(key).random(tuple(shape), dtype=_drawn(dtype))
        if dtype in _STEPS:  # rounding would reach 1
            drawn = np.floor(drawn * _STEPS[dtype]) / _STEPS[dtype]
        return self.cast(drawn, dtype)

    def random_normal(self, key: Key, shape: Sequence[int], dtype: str) -> Array:
        return self.cast(_generator(key).standard_normal(tuple(shape), dtype=_drawn(dtype)), dtype)


def _drawn(dtype: str) -> Any:
    return np.float64 if dtype == "float64" else np.float32


def _generator(key: Key) -> np.random.Generator:
    """Return a generator that is a function of the key (Philox: counter-based, so keys don't overlap)."""
    return np.random.Generator(np.random.Philox(key=[int(part) % 2**64 for part in key]))


def _evaluate(
    fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], first: int, other: int
) -> Any:
    def stand_in(leaf: Any) -> Any:
        if not isinstance(leaf, TensorSpec):
            return leaf
        sizes = [
            size if size is not None else (first if axis == 0 else other)
            for axis, size in enumerate(leaf.shape)
        ]
        return np.zeros(sizes, _EXTENSION.get(leaf.dtype, leaf.dtype))

    # In the scope, variables that fn assigns keep their values.
    before, _thread.computes_stand_ins = _thread.computes_stand_ins, True
    try:
        with np.errstate(all="ignore"), StatelessScope():
            args, kwargs = tree.map_structure(stand_in, (args, kwargs))
            return fn(*args, **kwargs)
    finally:
        _thread.computes_stand_ins = before
