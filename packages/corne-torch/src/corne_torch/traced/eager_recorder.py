"""Record a step while it runs, and replay it operation by operation, without a tape or Python per layer."""

from __future__ import annotations

import operator
import traceback
from collections.abc import Callable, Sequence
from typing import Any

import torch
from corne._changes import attribute_changes
from corne.variable import StatelessScope, Variable
from torch.overrides import TorchFunctionMode
from torch.utils._pytree import tree_map
from torch.utils.weak import WeakIdKeyDictionary

from corne_torch.abstract import taped
from corne_torch.operations import FUNCTIONS
from corne_torch.traced.cost_model import Observer
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

#: Ways to read an array's values other than by operations.
_READS = frozenset({
    "__array__", "__bool__", "__complex__", "__float__", "__index__", "__int__", "item", "numpy", "tolist",
})  # fmt: skip

#: Ways to hand an array's memory to code that no recorder sees: C by ctypes, another library by DLPack.
_POINTS = frozenset({"__dlpack__", "data_ptr", "storage", "untyped_storage"})


class EagerRecorder(GraphRecorder):
    """Records one run of a step.

    The step computes as usual: values it reads exist, and what it assigns is assigned.

    Args:
        step: The step, a function of the batch.
        variables: Those it is known to use.
    """

    def __init__(self, step: Callable[..., Any], variables: Sequence[Variable]) -> None:
        super().__init__(variables)
        self._step = step
        self._graph = torch.fx.Graph()
        self._nodes: Any = WeakIdKeyDictionary()  # arrays alive to the nodes that made them
        self._constants: list[Tensor] = []
        self._results: list[torch.fx.Node] = []
        self.refusal: str | None = None  # why the run can't be replayed
        self.has_effects = False  # whether it sets attributes
        self.hands_out_memory = False  # whether code outside the engine may read or write arrays

    def run(self, batch: Any, arrays: Sequence[Tensor]) -> Any:
        """Run the step and return what it returns.

        Args:
            batch: What the step is called with.
            arrays: The arrays in it.
        """
        keys = [torch.tensor(seed.key, dtype=torch.int64) for seed in self.seeds]
        states = [v._storage for v in self.states]
        inputs = [*states, *keys, *arrays]
        for i, array in enumerate(inputs):
            self._nodes[array] = self._graph.placeholder(f"input_{i}")
        given = [*zip(self.states, states, strict=True), *zip(self.seeds, keys, strict=True)]
        scope = StatelessScope(given, in_place=True)
        before = attribute_changes.count_here
        with taped(), scope, _Reads(self), _Operations(self):
            result = self._step(batch)
        self.has_effects = attribute_changes.count_here != before
        if self.has_effects and self.refusal is None:
            self.refusal = "it sets attributes of a layer or model; keep changing state in a corne.Variable"
        listed = {id(v) for v, _ in given}
        self.found = [v for v, _ in scope._values.values() if id(v) not in listed]
        for variable in self.found:
            variable.assign(scope.get(variable))
        new_keys: list[Any] = [scope.get(seed) for seed in self.seeds]
        for seed, key in zip(self.seeds, new_keys, strict=True):
            seed.key = (int(key[0]), int(key[1]))
        owned = {memory(x) for x in inputs}
        for array in self.take(result):
            node = self.node(array)
            if memory(array) in owned:  # of the state, which later steps change
                node = self._graph.call_function(torch.ops.aten.clone.default, (node,))
            self._results.append(node)
        self._results += [self.node(key) for key in new_keys]
        return result

    def recording(self) -> StepGraph:
        """Return the run as a graph.

        Raises:
            UntraceableError: The step can't be replayed from its operations; the message gives the reason.
        """
        if self.refusal is not None:
            raise UntraceableError(self.refusal)
        self._graph.output(tuple(self._results))
        holder = torch.nn.Module()
        for i, constant in enumerate(self._constants):
            holder.register_buffer(_name(i), constant, persistent=False)
        return self.finish(torch.fx.GraphModule(holder, self._graph))

    def refuse(self, reason: str) -> None:
        """Record why the run can't be replayed and which line causes it; the first reason counts."""
        if self.refusal is None:
            self.refusal = reason + where(traceback.extract_stack())

    def add(self, function: Any, args: Any, kwargs: Any, result: Any) -> None:
        """Record an operation and its result."""
        if function is torch.ops.aten.detach.default:  # it ends a tape, and a replay has none
            self._nodes[result] = self.node(args[0])
            return
        if _DYNAMIC & set(function.tags):
            self.refuse(READS)
        args, kwargs = tree_map(self._argument, (args, kwargs))
        node = self._graph.call_function(function, args, kwargs)
        if isinstance(result, Tensor):
            self._nodes[result] = node
        elif isinstance(result, (tuple, list)):
            for i, part in enumerate(result):
                if isinstance(part, Tensor):
                    self._nodes[part] = self._graph.call_function(operator.getitem, (node, i))

    def _argument(self, x: Any) -> Any:
        return self.node(x) if isinstance(x, Tensor) else x

    def node(self, array: Tensor) -> torch.fx.Node:
        """Return the node of an array; an array from before the step is a constant."""
        node: torch.fx.Node | None = self._nodes.get(array)
        if node is None:
            node = self._nodes[array] = self._graph.get_attr(_name(len(self._constants)))
            self._constants.append(array)
        return node


_DYNAMIC = {torch.Tag.data_dependent_output, torch.Tag.dynamic_output_shape}


def _name(number: int) -> str:
    return f"constant_{number}"


class _Operations(Observer):
    """Records operations, those of the backward pass included."""

    def __init__(self, tape: EagerRecorder) -> None:
        super().__init__()
        self._tape = tape

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        with torch._C.DisableTorchFunction():
            result = func(*args, **(kwargs or {}))
        self._tape.add(func, args, kwargs or {}, result)
        return result


class _Reads(TorchFunctionMode):
    """Detects reads of values, and of memory, other than by operations."""

    def __init__(self, tape: EagerRecorder) -> None:
        super().__init__()
        self._tape = tape

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        name = getattr(func, "__name__", "")
        if name in _READS:
            self._tape.refuse(READS)
        elif name in _POINTS:
            self._tape.hands_out_memory = True
            self._tape.refuse(POINTS)
        return func(*args, **(kwargs or {}))


def replay(recording: StepGraph) -> Callable[[list[Tensor]], Sequence[Tensor]]:
    """Return a function of a list of inputs that runs the graph's operations as the step itself would."""
    for node in recording.graph.graph.nodes:
        if node.target is torch.ops.aten._to_copy.default and node.kwargs.keys() == {"dtype"}:
            non_blocking, copy = False, True
            node.args = (*node.args, node.kwargs["dtype"], non_blocking, copy)
            node.target, node.kwargs = Tensor.to, {}
        elif isinstance(node.target, torch._ops.OpOverload):
            node.target = _python_function(node.target)
    recording.graph.recompile()
    run = recording.graph.forward
    return lambda inputs: run(*inputs)


def _python_function(operation: Any) -> Callable[..., Any]:
    """Return the Python function for an operation's overload, which takes less time to call, or itself."""
    if operation.namespace != "aten":
        own: Callable[..., Any] = FUNCTIONS.get(operation, operation)
        return own
    name = operation._schema.name.removeprefix("aten::")
    for home in (torch._C._VariableFunctions, torch._C._nn, Tensor):
        found = getattr(home, name, None)
        if found is not None:
            return found  # type: ignore[no-any-return]
    return operation  # type: ignore[no-any-return]
