"""What is wrong with an operation's arguments, told after an engine has refused them.

Engines check arguments as they compute; asking first would cost every call. So an operation is just run, and only
where that fails its arguments are looked at, to raise an error that names them. What isn't understood here is left as
the engine said it: its own control flow (tracers, memory) must pass.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from corne.errors import ArgumentError, CorneError, DTypeError, ShapeError

_AXES = ("axis", "axes", "axis1", "axis2", "source", "destination")
_GROWN = {
    "expand_dims",
    "stack",
    "one_hot",
    "multi_hot",
}  # their axis counts in the result, which has one more


def find_fault(body: Callable[..., Any], args: Sequence[Any], kwargs: dict[str, Any]) -> CorneError | None:
    """Return the error that the arguments of an operation deserve; None if nothing is found."""
    try:
        bound = inspect.signature(body).bind(*args, **kwargs)
    except TypeError:
        return None
    bound.apply_defaults()
    values = dict(bound.arguments)
    if any(callable(value) and not hasattr(value, "shape") for value in values.values()):
        return None  # the error may be the function's own
    name = body.__name__
    first = next(iter(values.values()), None)
    finders = (_axis_fault, _special.get(name, _nothing), _order_fault, _broadcast_fault)
    found = (finder(f"ops.{name}", name, values, first) for finder in finders)
    return next((fault for fault in found if fault is not None), None)


def _nothing(where: str, name: str, values: dict[str, Any], first: Any) -> CorneError | None:
    return None


def _shape(x: Any) -> tuple[int, ...] | None:
    return tuple(x.shape) if hasattr(x, "shape") else None


def _arrays(x: Any) -> list[Any]:
    items = x if isinstance(x, (list, tuple)) else [x]
    return [item for item in items if hasattr(item, "shape")]


def _axis_fault(where: str, name: str, values: dict[str, Any], first: Any) -> CorneError | None:
    arrays = _arrays(first)
    if not arrays:
        return None
    rank = len(arrays[0].shape)
    for parameter in _AXES:
        given = values.get(parameter)
        axes = given if isinstance(given, (list, tuple)) else (given,)
        if not all(isinstance(axis, int) for axis in axes):
            continue
        grown = rank + (len(axes) if name in _GROWN else 0)
        if any(not -grown <= axis < grown for axis in axes):
            return ArgumentError(
                f"{where}({parameter}=…)", f"an axis from {-grown} to {grown - 1} of shape {_shape(arrays[0])}",
                repr(given),
            )  # fmt: skip
        if len({axis % grown for axis in axes}) < len(axes):
            return ArgumentError(f"{where}({parameter}=…)", "different axes", repr(given))
    return None


def _reshape_fault(where: str, name: str, values: dict[str, Any], first: Any) -> CorneError | None:
    new = values.get("newshape")
    sizes = (new,) if isinstance(new, int) else tuple(new or ())
    if not all(isinstance(size, int) for size in sizes):
        return DTypeError(f"{where}(newshape)", "integers, -1 for the size left over", repr(new))
    if sum(size == -1 for size in sizes) > 1 or min(sizes, default=0) < -1:
        return ArgumentError(f"{where}(newshape)", "sizes, of which one may be -1", repr(new))
    count, wanted = math.prod(first.shape), math.prod(size for size in sizes if size != -1)
    if (count % wanted if wanted else count) if -1 in sizes else count != wanted:
        return ShapeError(
            f"{where}(newshape)", f"a shape of {count} elements, as x of shape {_shape(first)} has", repr(new)
        )
    return None


def _transpose_fault(where: str, name: str, values: dict[str, Any], first: Any) -> CorneError | None:
    axes = values.get("axes")
    rank = len(first.shape)
    if axes is not None and sorted(axis % rank for axis in axes) != list(range(rank)):
        return ArgumentError(f"{where}(axes=…)", f"each of the {rank} axes once", repr(axes))
    return None


def _joined_fault(where: str, name: str, values: dict[str, Any], first: Any) -> CorneError | None:
    arrays = _arrays(first)
    if not arrays:
        return ArgumentError(where, "at least one array", repr(first))
    shapes = [tuple(x.shape) for x in arrays]
    axis = values.get("axis") or 0

    def rest(shape: tuple[int, ...]) -> tuple[int, ...]:
        if name == "stack" or values.get("axis", 0) is None:
            return shape
        place = axis % max(len(shape), 1)
        return (*shape[:place], *shape[place + 1 :])

    unequal = (
        {len(shape) for shape in shapes}
        if name == "concatenate" and values.get("axis", 0) is not None
        else {0}
    )
    if len(unequal) > 1 or len({rest(shape) for shape in shapes}) > 1:
        but = "" if name == "stack" else f" but for axis {axis}"
        return ShapeError(where, f"arrays of one shape{but}", f"shapes {shapes}")
    return None


def _index_fault(where: str, name: str, values: dict[str, Any], first: Any) -> CorneError | None:
    indices, axis = values.get("indices"), values.get("axis")
    if indices is None or first is None or not math.prod(indices.shape):
        return None
    size = math.prod(first.shape) if axis is None else first.shape[axis]
    low, high = _limits(indices)
    if low < -size or high >= size:
        given = low if low < -size else high
        return ArgumentError(f"{where}(indices)", f"indices from {-size} to {size - 1}", f"{given:g}")
    return None


def _limits(x: Any) -> tuple[float, float]:
    """Return the smallest and the largest element; nothing of interest where there are no values."""
    try:
        return float(x.min()), float(x.max())
    except (RuntimeError, ValueError, NotImplementedError):
        return 0.0, 0.0


def _classes_fault(where: str, name: str, values: dict[str, Any], first: Any) -> CorneError | None:
    count = values.get("num_classes")
    if not isinstance(count, int) or count < 1:
        return ArgumentError(f"{where}(num_classes=…)", "an integer >= 1", repr(count))
    return None


_special: dict[str, Callable[..., CorneError | None]] = {
    "reshape": _reshape_fault,
    "transpose": _transpose_fault,
    "concatenate": _joined_fault,
    "stack": _joined_fault,
    "take": _index_fault,
    "one_hot": _classes_fault,
    "multi_hot": _classes_fault,
}

_ORDERED = {
    "maximum", "minimum", "max", "min", "argmax", "argmin", "sort", "argsort", "top_k", "clip", "less",
    "less_equal", "greater", "greater_equal", "floor", "ceil", "median", "quantile", "relu",
}  # fmt: skip


def _order_fault(where: str, name: str, values: dict[str, Any], first: Any) -> CorneError | None:
    if name in _ORDERED:
        for parameter, value in values.items():
            dtype = str(getattr(value, "dtype", ""))
            if "complex" in dtype:
                return DTypeError(
                    f"{where}({parameter})", "numbers that have an order", dtype.rpartition(".")[2],
                    "Compare ops.abs(x), or real and imaginary parts.",
                )  # fmt: skip
    return None


_BROADCAST = {
    "add", "arctan2", "bitwise_and", "bitwise_or", "bitwise_xor", "divide", "divide_no_nan", "equal",
    "floor_divide", "greater", "greater_equal", "hypot", "isclose", "less", "less_equal", "logaddexp", "logical_and",
    "logical_or", "logical_xor", "maximum", "minimum", "mod", "multiply", "not_equal", "power", "squared_difference",
    "subtract", "true_divide", "where", "allclose", "fmax", "fmin", "fmod", "gcd", "heaviside", "lcm", "ldexp",
    "logaddexp2", "nextafter",
}  # fmt: skip


def _broadcast_fault(where: str, name: str, values: dict[str, Any], first: Any) -> CorneError | None:
    if name not in _BROADCAST:
        return None
    shapes = [tuple(value.shape) for value in values.values() if hasattr(value, "shape")]
    if all(len(sizes - {1}) <= 1 for sizes in _by_place(shapes)):
        return None
    return ShapeError(
        where, "shapes that broadcast: equal or 1 on each axis, counted from the last",
        " and ".join(map(str, shapes)), "Insert axes with ops.expand_dims where they are missing.",
    )  # fmt: skip


def _by_place(shapes: list[tuple[int, ...]]) -> Iterator[set[int]]:
    for place in range(1, max(map(len, shapes), default=0) + 1):
        yield {shape[-place] for shape in shapes if len(shape) >= place}
