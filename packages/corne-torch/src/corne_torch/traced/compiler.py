"""From a graph to machine code, by PyTorch's compiler Inductor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch

from corne_torch.traced.record import Recording, UntraceableError

Tensor = torch.Tensor
#: The batch's signature says sizes already, and asserting them takes time (and fails for oneDNN's LSTM).
_SETTINGS = {"size_asserts": False, "alignment_asserts": False}


def compile_graph(
    recording: Recording, examples: Sequence[Tensor]
) -> Callable[[list[Tensor]], Sequence[Tensor]]:
    """Return a function of a list of inputs that does what the graph does.

    The machine code is kept on the disk by Inductor, so another process finds it there.

    Args:
        recording: The graph.
        examples: Inputs for it. Their values are neither read nor changed.

    Raises:
        UntraceableError: The compiler can't make something of it.
    """
    from torch._inductor.compile_fx import compile_fx, compile_fx_inner

    made: list[Any] = []

    def inner(graph: Any, inputs: Any, **options: Any) -> Any:
        code = compile_fx_inner(graph, inputs, **options)
        made.append((graph, code))
        return code

    try:
        with torch.no_grad():
            whole: Any = compile_fx(
                recording.graph, list(examples), inner_compile=inner, config_patches=_SETTINGS
            )
    except Exception as error:
        text = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise UntraceableError(f"PyTorch's compiler failed: {text}") from error
    if len(made) == 1 and _shape(made[0][0]) == _shape(recording.graph):
        # Nothing is left for the layers around the machine code to do: no tape, no arrays that share memory.
        code: Callable[[list[Tensor]], Sequence[Tensor]] = made[0][1].current_callable
        return code
    return lambda inputs: whole(*inputs)


def _shape(module: torch.fx.GraphModule) -> tuple[int, int]:
    """Return how many inputs and results a graph has."""
    inputs = sum(node.op == "placeholder" for node in module.graph.nodes)
    (output,) = [node for node in module.graph.nodes if node.op == "output"]
    return inputs, len(output.args[0])
