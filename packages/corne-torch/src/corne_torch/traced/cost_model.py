"""Count a step's operations while it runs once, and estimate when recording or compiling it pays."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

#: Seconds, measured on two cores of a 2025 server processor with the benchmarks' workloads. They decide how a step
#: runs, never its result; as constants, they decide alike in every run of a program.
_RECORD_START = 5e-3
_RECORD_OPERATION = 60e-6
_RECORDED_OPERATION = 6e-6  # saved by recording, for each operation that no longer passes Python and tape
_COMPILER_START = 5.0
_COMPILE_OPERATION = 0.05
_COMPILED_OPERATION = 2e-6  # saved by compiling what is recorded, for each operation
_COMPILED_BYTE = 1 / 40e9  # and for each byte that element-wise operations no longer write and read again
#: The expected saving must be this many times the cost.
_MARGIN = 1.5


class Observer(TorchDispatchMode):
    """Base of modes that observe each operation as it runs."""

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False  # skipping it means to import all of torch._dynamo, which takes a second


class CostModel(Observer):
    """Counts operations, and the bytes that element-wise ones move, in a ``with`` block."""

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
        """Return the number of calls after which recording a step pays, with a margin."""
        cost = _RECORD_START + self.operations * _RECORD_OPERATION
        return _MARGIN * cost / (self.operations * _RECORDED_OPERATION) if self.operations else math.inf

    def calls_to_compile(self) -> float:
        """Return the number of calls after which compiling a recorded step pays.

        With the margin. On the benchmarks' workloads, training that compiles takes at most 6% longer in all than
        training that doesn't; the longer it runs, the more it gains.
        """
        saved = self.operations * _COMPILED_OPERATION + self.moved * _COMPILED_BYTE
        cost = _COMPILER_START + self.operations * _COMPILE_OPERATION
        return _MARGIN * cost / saved if saved else math.inf

    def __str__(self) -> str:
        return f"{self.operations} operations, {self.moved / 1e6:.1f} MB through element-wise ones"
