"""Operations of our own, ``corne::...``: what a graph holds as one node.

A compiler calls an operation that it doesn't know as it is. A graph that is replayed by Python calls the function
behind it, without the way through PyTorch's dispatcher.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

#: What carries operations out.
FUNCTIONS: dict[Any, Callable[..., Any]] = {}

_library: Any = torch.library.Library("corne", "DEF")


def define(schema: str, function: Callable[..., Any], specs: Callable[..., Any] | None = None) -> Any:
    """Define an operation and return it.

    Args:
        schema: Its name and signature in PyTorch's notation, ``"double(Tensor x) -> Tensor"``.
        function: Carries it out, on any device. It has the signature's names and defaults.
        specs: The same for tensors without values. Default: ``function`` itself, which is composed of PyTorch's.
    """
    _library.define(schema)
    name = schema.partition("(")[0]
    if specs is None:
        _library.impl(name, function, "CompositeExplicitAutograd")
    else:
        for key, implementation in (("CPU", function), ("CUDA", function), ("Meta", specs)):
            _library.impl(name, implementation, key)
    operation = getattr(torch.ops.corne, name).default
    FUNCTIONS[operation] = function
    return operation
