"""What a step consists of, counted while it runs once, and whether recording or compiling it pays."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

#: Seconds. They were measured on two cores of a 2021 server processor; they decide which way is taken, never
#: what comes out, and being constants they decide alike in every run of a program.
_PER_OPERATION = 6e-6  # saved for each operation that no longer passes Python, dispatcher and tape
_PER_BYTE = 1 / 10e9  # saved for each byte that element-wise operations no longer write and read again
_RECORD_START = 5e-3
_RECORD_OPERATION = 60e-6
_COMPILER_START = 5.0
_COMPILE_OPERATION = 0.05
#: How many times its costs something must be expected to save.
_MARGIN = 1.5


class Observer(TorchDispatchMode):
    """Base of modes that look on as operations are carried out."""

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False  # skipping it means to import all of torch._dynamo, which takes a second


class Survey(Observer):
    """Counts operations, and the bytes that element-wise ones move, while it is on."""

    def __init__(self) -> None:
        super().__init__()
        self.operations = 0
        self.moved = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        if not func.is_view:
            self.operations += 1
            if torch.Tag.pointwise in func.tags:
                arrays = [x for x in tree_leaves((args, result)) if isinstance(x, torch.Tensor)]
                self.moved += sum(x.nbytes for x in arrays)
        return result

    def calls_to_record(self) -> float:
        """Return after how many calls a recorded step has saved what recording takes, with a margin."""
        cost = _RECORD_START + self.operations * _RECORD_OPERATION
        return _MARGIN * cost / (self.operations * _PER_OPERATION) if self.operations else math.inf

    def calls_to_compile(self) -> float:
        """Return after how many calls a compiled step has saved what compiling takes, with a margin."""
        saved = self.operations * _PER_OPERATION + self.moved * _PER_BYTE / 2
        cost = _COMPILER_START + self.operations * _COMPILE_OPERATION
        return _MARGIN * cost / saved if saved else math.inf

    def __str__(self) -> str:
        return f"{self.operations} operations, {self.moved / 1e6:.1f} MB through element-wise ones"
