"""Dtypes by their standard names, and the rules by which they combine.

The rules are JAX's: https://docs.jax.dev/en/latest/type_promotion.html. Python numbers are weak: they take
the dtype of the array they meet, where its kind can hold them. Keras has the same rules but for 64 bits, which
it turns into 32; Corne keeps them.
"""

from __future__ import annotations

from functools import cache, reduce
from typing import Any

from corne import config
from corne.errors import DTypeError, nearest

_BOOL = ("bool",)
_UNSIGNED = ("uint8", "uint16", "uint32", "uint64")
_SIGNED = ("int8", "int16", "int32", "int64")
_FLOAT = ("float16", "bfloat16", "float32", "float64")
_COMPLEX = ("complex64", "complex128")
_FLOAT8 = ("float8_e4m3fn", "float8_e5m2")
NAMES = frozenset((*_BOOL, *_UNSIGNED, *_SIGNED, *_FLOAT, *_COMPLEX, *_FLOAT8, "string"))

_ITEMSIZE = {"bool": 1, "uint8": 1, "int8": 1, "uint16": 2, "int16": 2, "uint32": 4, "int32": 4, "uint64": 8,
             "int64": 8, "float16": 2, "bfloat16": 2, "float32": 4, "float64": 8, "complex64": 8,
             "complex128": 16, "float8_e4m3fn": 1, "float8_e5m2": 1}  # fmt: skip

_LARGEST = {"float16": 65504.0, "bfloat16": 3.3895313892515355e38, "float32": 3.4028234663852886e38,
            "float64": 1.7976931348623157e308, "float8_e4m3fn": 448.0, "float8_e5m2": 57344.0}  # fmt: skip

#: Each dtype and those directly above it in the lattice; "int", "float" and "complex" are weak.
_ABOVE = {
    "bool": ("int",),
    "int": ("uint8", "int8"),
    "uint8": ("int16", "uint16"),
    "uint16": ("int32", "uint32"),
    "uint32": ("int64", "uint64"),
    "uint64": ("float",),
    "int8": ("int16",),
    "int16": ("int32",),
    "int32": ("int64",),
    "int64": ("float",),
    "float": ("bfloat16", "float16", "complex"),
    "bfloat16": ("float32",),
    "float16": ("float32",),
    "float32": ("float64", "complex64"),
    "float64": ("complex128",),
    "complex": ("complex64",),
    "complex64": ("complex128",),
    "complex128": (),
}


def standardize_dtype(dtype: Any) -> str:
    """Return the standard name of a dtype given as a name, a Python type or any engine's own object.

    None means ``config.floatx()``.

    Raises:
        DTypeError: Unknown dtype.

    >>> import numpy as np
    >>> standardize_dtype(np.dtype("int8")), standardize_dtype(float), standardize_dtype(None)
    ('int8', 'float32', 'float32')
    """
    if dtype is None:
        return config.floatx()
    if isinstance(dtype, str) and dtype in NAMES:
        return dtype
    if isinstance(dtype, type) and dtype in (bool, int, float):
        return {bool: "bool", int: "int32", float: config.floatx()}[dtype]
    name = getattr(dtype, "name", None) or getattr(dtype, "__name__", None) or str(dtype)
    name = {"bool_": "bool", "str_": "string"}.get(name, name.rsplit(".", 1)[-1])
    if name in NAMES:
        return name
    raise DTypeError("dtype", "a dtype's name such as 'float32'", repr(dtype), nearest(name, NAMES).strip())


def is_float(dtype: Any) -> bool:
    """Return whether a dtype is a floating one.

    >>> is_float("bfloat16"), is_float("int32")
    (True, False)
    """
    return standardize_dtype(dtype) in (*_FLOAT, *_FLOAT8)


def is_int(dtype: Any) -> bool:
    """Return whether a dtype is an integer one, signed or not; bool is not."""
    return standardize_dtype(dtype) in (*_SIGNED, *_UNSIGNED)


def itemsize(dtype: Any) -> int:
    """Return the number of bytes of one element."""
    return _ITEMSIZE[standardize_dtype(dtype)]


def limits(dtype: Any) -> tuple[float, float]:
    """Return the smallest and largest finite numbers of a dtype.

    >>> limits("int8"), limits("float16")
    ((-128, 127), (-65504.0, 65504.0))
    """
    name = standardize_dtype(dtype)
    if name in _LARGEST:
        return -_LARGEST[name], _LARGEST[name]
    bits = 1 if name == "bool" else 8 * _ITEMSIZE[name]
    return (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if name in _SIGNED else (0, 2**bits - 1)


def result_type(*dtypes: Any) -> str:
    """Return the dtype of an operation on arrays of these dtypes.

    Python's ``bool``, ``int``, ``float`` and ``complex`` types stand for Python numbers, which are weak.

    Raises:
        DTypeError: A float8 dtype with another dtype: cast it first.

    >>> result_type("int32", "float16"), result_type("float16", float), result_type("int8", "uint8")
    ('float16', 'float16', 'int16')
    >>> result_type(int, float)
    'float32'
    """
    nodes = tuple(d.__name__ if _is_python_number(d) else standardize_dtype(d) for d in dtypes)
    if any(node in _FLOAT8 for node in nodes) and len(set(nodes)) > 1:
        raise DTypeError(
            "the dtypes of an operation",
            "dtypes that can be combined",
            ", ".join(nodes),
            "Cast it first.",
        )
    joined = reduce(_join, nodes) if nodes else config.floatx()
    return {"int": "int32", "float": config.floatx(), "complex": "complex64"}.get(joined, joined)


def _is_python_number(dtype: Any) -> bool:
    return isinstance(dtype, type) and dtype in (bool, int, float, complex)


@cache
def _upper(node: str) -> frozenset[str]:
    return frozenset({node}).union(*(_upper(above) for above in _ABOVE[node]))


@cache
def _join(one: str, two: str) -> str:
    """Return the lowest node above both."""
    if one == two:
        return one
    common = _upper(one) & _upper(two)
    return next(node for node in common if common == _upper(node) & common and common <= _upper(node))
