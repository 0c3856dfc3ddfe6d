"""A step as a graph of engine operations, however it was recorded.

The graph maps arrays to arrays: it reads the state, the numbers drawn for the step and the batch, writes the new
state in place, and returns what the step returned. Forward, backward, update and metrics are in it alike.
"""

from __future__ import annotations

import operator
import traceback
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from corne import tree
from corne.backend import Key
from corne.random.seed_generator import SeedState
from corne.variable import Variable

from corne_torch.randomness import DRAW, KINDS, start

Tensor = torch.Tensor
_SEED_PROBES = ((1009, 3), (1 << 20, 77))
_HERE = Path(__file__).parents[1]

#: Why a step that reads values can't be a graph.
READS = "it reads the value of an array, which a graph does not know"

#: Why a step that hands out the memory of arrays can't be a graph.
POINTS = "it hands the memory of an array to code that a graph can't hold; wrap that code in torch.library.custom_op"


class UntraceableError(Exception):
    """The step can't become a graph; the message gives reason and place."""


@dataclass(frozen=True)
class Draw:
    """Numbers to draw before the graph runs.

    Attributes:
        seed: Which of the seeds.
        offset: What to add to its counter.
        kind: How to draw, or None: the graph draws itself and wants the key.
        shape: Of the result.
        dtype: Of the result.
        numbers: What the distribution depends on.
    """

    seed: int
    offset: int
    kind: str | None
    shape: tuple[int, ...]
    dtype: torch.dtype
    numbers: tuple[float, ...]

    def make(self, key: Key, device: torch.device) -> Tensor:
        """Return the numbers, or the key as an array."""
        key = (key[0], (key[1] + self.offset) % 2**32)
        if self.kind is None:
            return torch.tensor(key, dtype=torch.int64)
        return KINDS[self.kind](start(key), (), self.shape, self.dtype, device, self.numbers)


@dataclass(frozen=True)
class StepGraph:
    """A step as a graph.

    Attributes:
        graph: Takes the arrays of ``states``, the batch's arrays, the draws and the constants, in this order;
            returns a tuple.
        states: Variables that the step reads or writes.
        seeds: States of random generators, kept on the host.
        advances: How many keys the step takes from each seed.
        draws: What to draw before the graph runs.
        constants: Arrays that were there before, other than the state.
        rebuild: Turns the graph's results into what the step returns.
    """

    graph: torch.fx.GraphModule
    states: list[Variable]
    seeds: list[SeedState]
    advances: list[int]
    draws: list[Draw]
    constants: list[Tensor]
    rebuild: Callable[[Sequence[Tensor]], Any]


class GraphRecorder:
    """Base of the two recorders.

    A subclass makes the graph: states, seeds and the batch's arrays come in, what the step returned and the new
    seeds come out.

    Args:
        variables: What the step is known to use.
    """

    def __init__(self, variables: Sequence[Variable]) -> None:
        self.seeds = [v for v in variables if isinstance(v, SeedState)]
        self.states = [v for v in variables if not isinstance(v, SeedState)]
        self.found: list[Variable] = []  # variables that the step assigned without being listed
        self._template: Any = None  # what the step returned, with places for arrays

    def take(self, result: Any) -> list[Tensor]:
        """Return the arrays in what the step returned, and remember where they belong."""
        leaves = tree.flatten(result)
        arrays = [leaf for leaf in leaves if isinstance(leaf, torch.Tensor)]
        numbers = iter(range(len(arrays)))
        self._template = tree.pack_sequence_as(
            result, [_Place(next(numbers)) if isinstance(leaf, torch.Tensor) else leaf for leaf in leaves]
        )
        return arrays

    def finish(self, module: torch.fx.GraphModule) -> StepGraph:
        """Take the draws and the seeds out of the graph."""
        graph = module.graph
        placeholders = [node for node in graph.nodes if node.op == "placeholder"]
        first = len(self.states)
        inputs = placeholders[first : first + len(self.seeds)]
        (output,) = [node for node in graph.nodes if node.op == "output"]
        leaves = list(output.args[0])
        split = len(leaves) - len(self.seeds)
        keys = _Keys(module, inputs)
        advances = [keys.advance(node, i) for i, node in enumerate(leaves[split:])]
        output.args = (tuple(leaves[:split]),)  # before a draw among them is replaced
        draws = self._take_draws(graph, placeholders[-1], keys)
        graph.eliminate_dead_code()
        for node in inputs:
            if node.users:
                raise UntraceableError("it uses the state of a random generator as numbers")
            graph.erase_node(node)
        constants = _take_constants(module)
        graph.lint()
        module.recompile()
        return StepGraph(
            module, self.states, self.seeds, advances, draws, constants, _rebuilder(self._template)
        )

    def _take_draws(self, graph: torch.fx.Graph, last: torch.fx.Node, keys: _Keys) -> list[Draw]:
        draws: list[Draw] = []
        for node in graph.find_nodes(op="call_function", target=DRAW):
            kind, key, arguments, shape, dtype, _, numbers = node.args
            seed, offset = keys.locate(key)
            with graph.inserting_after(last):
                last = graph.placeholder(f"drawn_{len(draws)}")
            if arguments:  # it depends on arrays of the graph, so it stays there
                last.meta.update(key.meta)
                node.replace_input_with(key, last)
                draws.append(Draw(seed, offset, None, (2,), torch.int64, ()))
            else:
                last.meta.update(node.meta)
                node.replace_all_uses_with(last)
                graph.erase_node(node)
                draws.append(Draw(seed, offset, kind, tuple(shape), dtype, tuple(numbers)))
        return draws


def _take_constants(module: torch.fx.GraphModule) -> list[Tensor]:
    """Make the graph take the arrays it refers to as inputs, and return them."""
    graph = module.graph
    last = [node for node in graph.nodes if node.op == "placeholder"][-1]
    constants: dict[str, torch.fx.Node] = {}
    for node in graph.find_nodes(op="get_attr"):
        name = str(node.target)
        if name not in constants:
            with graph.inserting_after(last):
                last = constants[name] = graph.placeholder(f"constant_{len(constants)}")
        node.replace_all_uses_with(constants[name])
        graph.erase_node(node)
    arrays = [getattr(module, name) for name in constants]
    for name in [name for name in vars(module) if name.startswith("_tensor_constant")]:
        delattr(module, name)
    for name in list(module._buffers):
        delattr(module, name)
    return arrays


@dataclass(frozen=True)
class _Place:
    """Placeholder for one of the graph's results."""

    index: int


def _rebuilder(template: Any) -> Callable[[Sequence[Tensor]], Any]:
    """Return a function that puts the graph's results into the places of a template."""
    if template is None:
        return lambda results: None
    if isinstance(template, _Place):
        return lambda results: results[0]
    leaves = tree.flatten(template)
    return lambda results: tree.pack_sequence_as(
        template, [results[x.index] if isinstance(x, _Place) else x for x in leaves]
    )


class _Keys:
    """How keys and new seeds depend on the seeds: by running their few operations on two examples."""

    def __init__(self, module: torch.fx.GraphModule, inputs: list[torch.fx.Node]) -> None:
        self._module, self._inputs = module, inputs

    def advance(self, node: torch.fx.Node, index: int) -> int:
        """Return the increment of a seed's counter."""
        seed, offset = self.locate(node)
        if seed != index:
            raise UntraceableError("it sets one random generator from another")
        return offset

    def locate(self, node: torch.fx.Node) -> tuple[int, int]:
        """Return the seed that a key comes from and the offset of its counter."""
        for index, _ in enumerate(self._inputs):
            offsets = {self._offset(node, index, probe) for probe in _SEED_PROBES}
            if len(offsets) == 1 and None not in offsets:
                return index, offsets.pop() or 0
        raise UntraceableError("a random number's key is computed in a way that can't be predicted")

    def _offset(self, node: torch.fx.Node, index: int, probe: Key) -> int | None:
        values: dict[torch.fx.Node, Any] = {}
        for i, seed in enumerate(self._inputs):
            values[seed] = torch.tensor(probe if i == index else (0, 0))
        try:
            seed, counter = self._value(node, values).tolist()
        except KeyError:
            return None
        offset = int(counter) - probe[1]
        return offset if seed == probe[0] and 0 <= offset < probe[0] else None

    def _value(self, node: Any, values: dict[torch.fx.Node, Any]) -> Any:
        if not isinstance(node, torch.fx.Node):
            return node
        if node not in values:
            if node.op == "get_attr":
                values[node] = operator.attrgetter(str(node.target))(self._module)
            elif node.op == "call_function":
                args, kwargs = torch.fx.node.map_aggregate(
                    (node.args, node.kwargs), lambda argument: self._value(argument, values)
                )
                values[node] = node.target(*args, **kwargs)  # type: ignore[operator]
            else:
                raise KeyError(node)
        return values[node]


def memory(x: Tensor) -> int:
    """Return a number for the memory an array lies in."""
    return int(x.untyped_storage()._cdata)


def where(frames: Iterable[traceback.FrameSummary]) -> str:
    """Return the innermost of these lines that is the user's, for a message; nothing if there is none."""
    own = (str(_HERE), str(Path(torch.__file__).parent), str(Path(tree.__file__).parent))
    for frame in reversed(list(frames)):
        if not frame.filename.startswith((*own, "<")):
            return f" (at {frame.filename}:{frame.lineno}: {frame.line})"
    return ""
