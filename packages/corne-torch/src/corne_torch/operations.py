"""Custom operations, ``corne::...``, each one node of a graph.

A compiler calls an operation that it does not know unchanged. A graph that Python replays calls the function
behind it, without PyTorch's dispatcher.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

#: The implementations of operations.
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
