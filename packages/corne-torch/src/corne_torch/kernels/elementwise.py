"""Functions of one array, element by element."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from corne_torch.kernels._table import KERNELS

_FLOATING = {
    "exp": torch.exp,
    "expm1": torch.expm1,
    "log": torch.log,
    "log1p": torch.log1p,
    "log2": torch.log2,
    "log10": torch.log10,
    "sqrt": torch.sqrt,
    "rsqrt": torch.rsqrt,
    "reciprocal": torch.reciprocal,
    "sin": torch.sin,
    "cos": torch.cos,
    "tan": torch.tan,
    "arcsin": torch.asin,
    "arccos": torch.acos,
    "arctan": torch.atan,
    "sinh": torch.sinh,
    "cosh": torch.cosh,
    "tanh": torch.tanh,
    "arcsinh": torch.asinh,
    "arccosh": torch.acosh,
    "arctanh": torch.atanh,
    "floor": torch.floor,
    "ceil": torch.ceil,
    "trunc": torch.trunc,
    "isnan": torch.isnan,
    "isfinite": torch.isfinite,
    "isinf": torch.isinf,
    "erf": torch.erf,
    "erfinv": torch.erfinv,
    "absolute": torch.abs,
    "abs": torch.abs,
    "negative": torch.neg,
    "square": torch.square,
    "sign": torch.sign,
}


def _unary(name: str, function: Callable[[torch.Tensor], torch.Tensor]) -> Callable[..., Any]:

    def kernel(x: torch.Tensor) -> Any:
        return function(x) if x.is_floating_point() else NotImplemented

    return kernel


KERNELS.update({name: _unary(name, function) for name, function in _FLOATING.items()})
