"""Functions of two arrays, element by element.

Two tensors of one floating dtype, or one and a real Python number, go straight to PyTorch; its own
promotion differs from Corne's where an array without axes meets another (float32 and float64 give float32).
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import torch
from corne.operation import promoted

from corne_torch.kernels._table import KERNELS, kernel

Tensor = torch.Tensor

#: Operations that take a Python number in either place.
_MIXED: dict[str, Callable[..., Any]] = {
    "add": operator.add,
    "subtract": operator.sub,
    "multiply": operator.mul,
    "power": operator.pow,
    "equal": operator.eq,
    "not_equal": operator.ne,
    "less": operator.lt,
    "less_equal": operator.le,
    "greater": operator.gt,
    "greater_equal": operator.ge,
}

#: Operations that take a Python number as the second only.
_SECOND: dict[str, Callable[..., Any]] = {
    "divide": torch.div,
    "true_divide": torch.div,
    "mod": torch.remainder,
}

#: Operations of two tensors; a number becomes one.
_TENSORS: dict[str, Callable[..., Any]] = {
    "maximum": torch.maximum,
    "minimum": torch.minimum,
    "arctan2": torch.atan2,
    "logaddexp": torch.logaddexp,
    "hypot": torch.hypot,
}


def _binary(name: str, function: Callable[..., Any], numbers: str) -> Callable[..., Any]:

    def tensors(x1: Any, x2: Any) -> Any:
        if isinstance(x1, Tensor) and x1.is_floating_point():
            if isinstance(x2, (float, int)):
                # On the processor even if x1 is not: PyTorch takes such a number along without waiting.
                x2 = torch.scalar_tensor(x2, dtype=x1.dtype)
            if isinstance(x2, Tensor) and x1.dtype is x2.dtype:
                return function(x1, x2)
        return NotImplemented

    def second(x1: Any, x2: Any) -> Any:
        if isinstance(x1, Tensor) and x1.is_floating_point():
            if isinstance(x2, Tensor):
                if x1.dtype is x2.dtype:
                    return function(x1, x2)
            elif isinstance(x2, (float, int)):
                return function(x1, x2)
        return NotImplemented

    def mixed(x1: Any, x2: Any) -> Any:
        if isinstance(x1, Tensor):
            if x1.is_floating_point():
                if isinstance(x2, Tensor):
                    if x1.dtype is x2.dtype:
                        return function(x1, x2)
                elif isinstance(x2, (float, int)):
                    return function(x1, x2)
        elif isinstance(x2, Tensor) and x2.is_floating_point() and isinstance(x1, (float, int)):
            return function(x1, x2)
        return NotImplemented

    return {"mixed": mixed, "second": second, "tensors": tensors}[numbers]


for _table, _numbers in ((_MIXED, "mixed"), (_SECOND, "second"), (_TENSORS, "tensors")):
    KERNELS.update({name: _binary(name, function, _numbers) for name, function in _table.items()})


@kernel("where")
def where(condition: Any, x1: Any = None, x2: Any = None) -> Any:
    """Choose between two tensors, or a tensor and a number."""
    if isinstance(condition, Tensor) and condition.dtype is torch.bool:
        one, two = isinstance(x1, Tensor), isinstance(x2, Tensor)
        if one and two:
            if x1.dtype is x2.dtype:
                return torch.where(condition, x1, x2)
        elif one or two:
            tensor, number = (x1, x2) if one else (x2, x1)
            if tensor.is_floating_point() and isinstance(number, (float, int)):
                return torch.where(condition, x1, x2)
    return NotImplemented


@kernel("floor_divide")
def floor_divide(x1: Any, x2: Any) -> Any:
    """Divide and round down, with a gradient of 0; torch.floor_divide has none."""
    x1, x2 = promoted(x1, x2)
    if x1.dtype is torch.bool:
        x1, x2 = x1.to(torch.int32), x2.to(torch.int32)
    return torch.div(x1, x2, rounding_mode="floor")


@kernel("clip")
def clip(x: Any, x_min: Any, x_max: Any) -> Any:
    """Limit a tensor by numbers; at a limit the gradient is 1."""
    if isinstance(x, Tensor) and x.is_floating_point():
        bounds = [b for b in (x_min, x_max) if b is not None]
        if bounds and all(isinstance(b, (float, int)) for b in bounds):
            return torch.clamp(x, x_min, x_max)
    return NotImplemented
