"""Compile a graph to machine code with PyTorch's compiler Inductor."""

from __future__ import annotations

import functools
import os
import platform
import subprocess
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import torch

from corne_torch.toolchain import find_compiler
from corne_torch.traced.step_graph import StepGraph

aten = torch.ops.aten
Tensor = torch.Tensor
#: The batch's signature says sizes already, and asserting them takes time (and fails for oneDNN's LSTM).
_SETTINGS = {"size_asserts": False, "alignment_asserts": False}


class CompilerError(Exception):
    """A graph can't be compiled; the message gives the reason."""


def cpp_compiler() -> str | None:
    """Return the path of the C++ compiler for processor code, or None."""
    command = find_compiler("CXX", "g++", "clang++")
    return None if command is None else command[0]


def compile_graph(
    recording: StepGraph, examples: Sequence[Tensor]
) -> Callable[[list[Tensor]], Sequence[Tensor]]:
    """Return a compiled function of a list of inputs for the graph.

    The machine code is kept on the disk by Inductor, so another process finds it there.

    Args:
        recording: The graph.
        examples: Inputs for it. Their values are neither read nor changed.

    Raises:
        CompilerError: The compiler fails.
    """
    compiler = cpp_compiler()
    if examples and examples[0].device.type == "cpu" and compiler is None:
        raise CompilerError("there is no C++ compiler; install g++ or clang++, or set CXX to one")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # PyTorch's about itself
        import torch._inductor.compile_fx

        from corne_torch.traced.rewrites import keep_sums_whole, rewrite
    from torch._functorch.compile_utils import fx_graph_cse
    from torch._guards import TracingContext, tracing
    from torch._inductor import config
    from torch._inductor.compile_fx import compile_fx_inner
    from torch._inductor.decomposition import select_decomp_table
    from torch._inductor.virtualized import V
    from torch._subclasses.fake_tensor import FakeTensorMode
    from torch.fx.experimental.proxy_tensor import make_fx
    from torch.fx.experimental.symbolic_shapes import ShapeEnv

    settings: dict[str, Any] = dict(_SETTINGS)
    if config.cpp.vec_isa_ok is None and compiler is not None and _knows_instructions(compiler):
        settings["cpp.vec_isa_ok"] = True
    mode = FakeTensorMode(shape_env=ShapeEnv())  # without a ShapeEnv Inductor keeps nothing on the disk
    inputs = [mode.from_tensor(x, static_shapes=True) for x in examples]
    try:
        with torch.no_grad(), tracing(TracingContext(mode)), V.set_fake_mode(mode), config.patch(settings):
            # Functional but for the writes to the state at its end, and in the terms that Inductor knows.
            run = torch.func.functionalize(keep_sums_whole(recording.graph), remove="mutations")
            graph = make_fx(run, select_decomp_table(), tracing_mode="fake")(*inputs)
            graph.graph = fx_graph_cse(graph.graph)  # each weight's update works out the same rate
            suited = rewrite(graph.graph)
            graph.recompile()
            with config.patch(suited):
                code: Any = compile_fx_inner(graph, inputs, is_inference=True)
    except Exception as error:
        text = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise CompilerError(f"PyTorch's compiler failed: {text}") from error
    machine_code: Callable[[list[Tensor]], Sequence[Tensor]] = code.current_callable
    return machine_code


@functools.cache
def _knows_instructions(compiler: str) -> bool:
    """Return whether a compiler supports the newest instructions of x86 processors, and so all of this one's.

    Inductor finds out by building and loading a library for each set of them, which takes three seconds.
    """
    if platform.machine() not in ("x86_64", "AMD64"):
        return False
    flags = ("-mavx2", "-mavx512vnni", "-mamx-tile")
    command = [compiler, *flags, "-fsyntax-only", "-x", "c++", os.devnull]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0
