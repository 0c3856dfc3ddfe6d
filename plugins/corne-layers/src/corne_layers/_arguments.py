"""Checks of constructor arguments that several layers share."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

from corne import config, dtypes
from corne.backend import Shape
from corne.errors import ArgumentError, ShapeError
from corne.layer import Layer
from corne.symbolic import SymbolicTensor


def positive_integer(where: str, value: Any) -> int:
    """Return ``value`` as a Python integer above 0."""
    try:
        number = -1 if isinstance(value, bool) else operator.index(value)
    except TypeError:
        number = -1
    if number <= 0:
        raise ArgumentError(
            where, "a positive integer", repr(value), "Pass how many there shall be, as in 64."
        )
    return number


def probability(where: str, value: Any) -> float:
    """Return ``value``, a number from 0 to 1."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1:
        raise ArgumentError(
            where, "a number from 0 to 1", repr(value), "Pass a fraction: 0.25 for a quarter."
        )
    return value


def data_format(where: str, value: str | None) -> str:
    """Return ``value``, or the configured format for None."""
    value = config.image_data_format() if value is None else value
    if value not in ("channels_last", "channels_first"):
        raise ArgumentError(
            where, "'channels_last' or 'channels_first'", repr(value), "Leave it out for channels_last."
        )
    return value


def refuse(where: str, feature: str, values: dict[str, Any]) -> None:
    """Raise for arguments of Keras's that ask for a feature Corne's layer does not have."""
    for name, value in values.items():
        if value is not None:
            raise ArgumentError(
                f"{where}({name}=…)",
                "None",
                repr(value),
                f"This layer has no {feature}; leave the argument out.",
            )


def check_axes(where: str, axes: Sequence[int], input_shape: Shape) -> None:
    """Raise when an axis does not exist in ``input_shape``, is named twice, or has no fixed size."""
    rank = len(input_shape)
    for axis in axes:
        if not -rank <= axis < rank:
            raise ShapeError(
                where,
                f"an input with an axis {axis}",
                f"shape {tuple(input_shape)}",
                "Correct the argument axis.",
            )
    if len({axis % rank for axis in axes}) != len(axes):
        raise ArgumentError(where, "different axes", f"{list(axes)}", "Name each axis once.")
    for axis in axes:
        if input_shape[axis] is None:
            raise ShapeError(
                where, f"a fixed size of axis {axis}", f"shape {tuple(input_shape)}",
                "The weights have that size: give the model's Input a full shape there.",
            )  # fmt: skip


def spec_like(layer: Layer, shape: Shape, dtype: str) -> SymbolicTensor:
    """Return a tensor of ``dtype``, or of the layer's compute dtype in place of another floating one.

    For layers that leave integers as they are.
    """
    return SymbolicTensor(shape, layer.compute_dtype if dtypes.is_float(dtype) else dtype)
