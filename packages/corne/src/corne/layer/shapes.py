"""Shapes in structures, and as the arguments of ``build`` and ``compute_output_shape``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from corne.backend import Shape
from corne.layer.signature import signature_of


def is_shape(value: Any) -> bool:
    return isinstance(value, (tuple, list)) and all(isinstance(x, (int, type(None))) for x in value)


def map_shapes(fn: Callable[[Shape], Any], shapes: Any) -> Any:
    """Apply ``fn`` to each shape in a structure of shapes."""
    if shapes is None:
        return None
    if is_shape(shapes):
        return fn(tuple(shapes))
    if isinstance(shapes, dict):
        return {key: map_shapes(fn, value) for key, value in shapes.items()}
    return type(shapes)(map_shapes(fn, value) for value in shapes)


def listed_to_shape(value: Any) -> Any:
    """Turn the lists that JSON made of shape tuples back into tuples."""
    return map_shapes(tuple, value) if isinstance(value, (list, tuple, dict)) else value


def as_arguments(function: Callable[..., Any], shapes: dict[str, Any]) -> dict[str, Any]:
    """Name shapes by the parameters of a ``build`` or ``compute_output_shape``."""
    signature = signature_of(getattr(function, "__func__", function))
    if len(signature.names) == 1 and not signature.accepts_any_keyword:
        return {signature.names[0]: next(iter(shapes.values()), None)}
    if signature.accepts_any_keyword or not signature.names:
        return shapes
    return {name: value for name, value in shapes.items() if name in signature.all_names}
