"""What a recorded step holds as a constant: the settings of layers and optimizers."""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Any

import numpy as np

from corne.layer import tracking
from corne.optimizer import Optimizer
from corne.variable import Variable

#: Set by the loops themselves; no step reads them.
_OF_LOOPS = frozenset({"stop_training", "stop_evaluating", "stop_predicting", "steps_per_execution"})
_PLAIN = (bool, int, float, complex, str, bytes, type(None), np.generic)
_DEPTH = 4  # of lists in lists; one may hold itself
_FUNCTIONS = (types.FunctionType, types.BuiltinFunctionType, types.MethodType, type)


def constants_of(model: Any) -> tuple[Any, ...]:
    """Return a value that differs after a setting that steps depend on was changed.

    These are the numbers, names and functions that layers and optimizers hold as public attributes, and what is
    trainable.

    Args:
        model: A model with its layers, and the optimizer that it was compiled with.
    """
    parts: list[Any] = []
    for layer in model._flatten_layers():
        trainable = tuple(v.trainable for v in tracking.own_variables(layer))
        parts.append((id(layer), layer._trainable, layer.dtype_policy.name, trainable, *_settings(layer)))
    parts += [(id(each), *_settings(each)) for each in _with_inner(model._optimizers())]
    return tuple(parts)


def _with_inner(optimizers: list[Any]) -> Iterator[Any]:
    for optimizer in optimizers:
        yield optimizer
        yield from _with_inner(
            [value for value in list(vars(optimizer).values()) if isinstance(value, Optimizer)]
        )


def _settings(holder: Any) -> Iterator[tuple[str, Any]]:
    for name, value in list(vars(holder).items()):
        if name[0] != "_" and name not in _OF_LOOPS:
            yield name, _plain(value)
        elif name == "_learning_rate" and not isinstance(value, Variable):
            yield name, value


def _plain(value: Any, depth: int = 0) -> Any:
    """Return a setting as something that can be compared, or its kind if it is something else."""
    if isinstance(value, _PLAIN + _FUNCTIONS):
        return value
    if isinstance(value, (list, tuple)) and depth < _DEPTH:
        return tuple(_plain(item, depth + 1) for item in value)
    if isinstance(value, dict) and depth < _DEPTH:
        return tuple((str(key), _plain(item, depth + 1)) for key, item in value.items())
    return type(value)
