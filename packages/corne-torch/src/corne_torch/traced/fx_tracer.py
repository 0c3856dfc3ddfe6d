"""Trace a step's Python into one graph for the compiler, without computing anything."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from typing import Any

import torch
from corne.variable import StatelessScope, Variable

from corne_torch.traced.step_graph import (
    POINTS,
    READS,
    GraphRecorder,
    StepGraph,
    UntraceableError,
    memory,
    where,
)

Tensor = torch.Tensor


def trace_step(
    step: Callable[..., Any], variables: Sequence[Variable], arrays: list[Tensor], batch: Callable[..., Any]
) -> StepGraph:
    """Run a step once on abstract arrays and return it as a graph for the compiler.

    Args:
        step: Called with the batch.
        variables: Those it is known to use; the tracer finds others that it assigns.
        arrays: The batch's arrays.
        batch: Makes the batch from arrays.

    Raises:
        UntraceableError: The step reads values, or does something that a graph can't express.
    """
    known = list(variables)
    while True:
        tracer = _Tracer(step, known, arrays, batch)
        try:
            graph = tracer.trace()
        except UntraceableError:
            raise
        except Exception as error:
            raise UntraceableError(_explain(error)) from error
        if not tracer.found:
            return tracer.finish(graph)
        known += tracer.found


class _Tracer(GraphRecorder):
    """One attempt to record."""

    def __init__(
        self,
        step: Callable[..., Any],
        variables: list[Variable],
        arrays: list[Tensor],
        batch: Callable[..., Any],
    ) -> None:
        super().__init__(variables)
        self.step, self.arrays, self.batch = step, arrays, batch

    def trace(self) -> torch.fx.GraphModule:
        """Return the graph from states, seeds and batch to results and new seeds."""
        from torch._functorch import config
        from torch._subclasses.fake_tensor import FakeTensorMode
        from torch.fx.experimental.proxy_tensor import make_fx

        given = [v._storage.detach() for v in self.states]
        given += [torch.zeros(2, dtype=torch.int64) for _ in self.seeds]
        given += [x.detach() for x in self.arrays]
        # A fake array's address is null, and C would follow it; by default PyTorch hands it out with a warning.
        with config.patch(fake_tensor_allow_unsafe_data_ptr_access=False):
            mode = FakeTensorMode(allow_non_fake_inputs=True)
        with torch.enable_grad():
            return make_fx(self._run, tracing_mode="fake")(*(mode.from_tensor(x) for x in given))

    def _run(self, *flat: Tensor) -> list[Any]:
        count = len(self.states)
        values, seeds = flat[:count], flat[count : count + len(self.seeds)]
        before = [*zip(self.states, values, strict=True), *zip(self.seeds, seeds, strict=True)]
        with StatelessScope(before) as scope:
            result = self.step(self.batch(list(flat[count + len(self.seeds) :])))
        listed = {id(v) for v, _ in before}
        self.found = [v for v, _ in scope._values.values() if id(v) not in listed]
        owned = {memory(x) for x in flat}

        def free(x: Tensor) -> Tensor:
            """Return x in memory that nothing else has: that of the state is about to be written."""
            x = x.clone() if memory(x) in owned else x
            owned.add(memory(x))
            return x

        results = [free(array.detach()) for array in self.take(result)]
        changes = []
        for variable, value in zip(self.states, values, strict=True):
            new = scope.get(variable)
            if new is not None and new is not value:
                changes.append((value, free(new.detach())))
        for value, new in changes:
            value.copy_(new)
        return [*results, *(scope.get(seed) for seed in self.seeds)]


def _explain(error: Exception) -> str:
    """Return why a step can't be recorded, with the line of the user's program where there is one."""
    text = (str(error).strip().splitlines() or [type(error).__name__])[0]
    if (
        "data-dependent" in str(error).lower()
        or "DataDependent" in type(error).__name__
        or ".numpy()" in text
    ):
        text = READS
    elif "data pointer" in text:
        text = POINTS
    return text + where(traceback.extract_tb(error.__traceback__))
