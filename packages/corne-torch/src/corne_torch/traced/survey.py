"""What a step consists of, counted while it runs once, and whether recording or compiling it pays."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

#: Seconds. They were measured on two cores of a 2025 server processor, with the benchmarks' workloads; they decide
#: which way is taken, never what comes out, and being constants they decide alike in every run of a program.
_RECORD_START = 5e-3
_RECORD_OPERATION = 60e-6
_RECORDED_OPERATION = 6e-6  # saved by recording, for each operation that no longer passes Python and tape
_COMPILER_START = 5.0
_COMPILE_OPERATION = 0.05
_COMPILED_OPERATION = 2e-6  # saved by compiling what is recorded, for each operation
_COMPILED_BYTE = 1 / 40e9  # and for each byte that element-wise operations no longer write and read again
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
        return _MARGIN * cost / (self.operations * _RECORDED_OPERATION) if self.operations else math.inf

    def calls_to_compile(self) -> float:
        """Return after how many calls a compiled step has saved, beside a recorded one, what compiling takes.

        With the margin. On the benchmarks' workloads a training that is compiled for it takes at most 6% longer in
        all than one that isn't; the longer it is, the more it gains.
        """
        saved = self.operations * _COMPILED_OPERATION + self.moved * _COMPILED_BYTE
        cost = _COMPILER_START + self.operations * _COMPILE_OPERATION
        return _MARGIN * cost / saved if saved else math.inf

    def __str__(self) -> str:
        return f"{self.operations} operations, {self.moved / 1e6:.1f} MB through element-wise ones"
