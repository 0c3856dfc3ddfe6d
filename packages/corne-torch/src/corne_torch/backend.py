"""The engine that the backends "cpu" and "cuda" share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

import numpy as np
import torch
from corne.backend import Array, Backend, Key, PlainStep, Step
from corne.variable import Variable

from corne_torch import abstract, arrays, gradients, randomness
from corne_torch.dtypes import TORCH, name_of, to_torch
from corne_torch.kernels import KERNELS
from corne_torch.memory import keep_freed_memory
from corne_torch.namespace import Namespace


class TorchBackend(Backend):
    """PyTorch on one device.

    Args:
        device: The device of new arrays, such as "cpu" or "cuda:0".
    """

    capabilities = frozenset({"gradients", "compile"})
    engine = "torch"
    kernels: Mapping[str, Callable[..., Any] | str] = KERNELS

    def __init__(self, device: str) -> None:
        self.device = torch.device(device)
        self.xp = Namespace(self.device)
        if self.device.type == "cpu":
            keep_freed_memory()

    # -- arrays ---------------------------------------------------------------------------------------
    def is_array(self, x: object) -> bool:
        """Return whether ``x`` is a tensor."""
        return isinstance(x, torch.Tensor)

    def asarray(self, x: Any, dtype: str | None = None) -> Array:
        """Convert numbers, nested lists, NumPy and foreign arrays; memory is shared where that is safe."""
        if isinstance(x, torch.Tensor) and dtype is None and x.device == self.device:
            return x
        if abstract.is_abstract() and not isinstance(x, (torch.Tensor, Variable)):
            with abstract.real():  # a constant, which keeps its values
                return arrays.asarray(x, dtype, self.device)
        return arrays.asarray(x, dtype, self.device)

    def to_numpy(self, x: Array) -> np.ndarray[Any, Any]:
        """Copy to the host."""
        return arrays.to_numpy(x)

    def cast(self, x: Array, dtype: str) -> Array:
        """Return ``x`` in the dtype named ``dtype``; ``x`` itself if it has it already."""
        wanted = TORCH.get(dtype) or to_torch(dtype)
        return x if x.dtype == wanted else x.to(wanted)

    def dtype_name(self, x: Any) -> str:
        """Return the standard name of a dtype. Unsigned integers above 8 bits live in larger signed ones."""
        return name_of(x)

    # -- state ----------------------------------------------------------------------------------------
    def variable(self, value: Array, trainable: bool) -> Array:
        """Return an owned copy, a leaf of the tape if trainable."""
        storage = torch.empty_like(value, memory_format=torch.contiguous_format, requires_grad=False)
        with torch.no_grad():
            storage.copy_(value)
        return storage.requires_grad_(trainable and storage.is_floating_point())

    def assign(self, storage: Array, value: Array) -> Array:
        """Copy into the storage."""
        with torch.no_grad():
            storage.copy_(value)
        return storage

    def assign_add(self, storage: Array, value: Any) -> Array:
        """Add in place."""
        with torch.no_grad():
            storage.add_(value)
        return storage

    def track(self, storage: Array, trainable: bool) -> Array:
        """Make the storage a leaf of the tape, or a constant for it."""
        return storage.requires_grad_(trainable)

    def concrete(self) -> AbstractContextManager[Any]:
        """Suspend abstract evaluation and tracing in a ``with`` block."""
        return abstract.real()

    # -- gradients --------------------------------------------------------------------------------------
    def value_and_grad(
        self, fn: Callable[[], tuple[Array, Any]], variables: Sequence[Variable]
    ) -> tuple[tuple[Array, Any], list[Array | None]]:
        """Run ``fn() -> (scalar, aux)``; return ``((scalar, aux), gradients)``, all detached."""
        return gradients.value_and_grad(fn, variables)

    def zero_grad(self, array: Array) -> None:
        """Drop the gradient that ``loss.backward()`` left on a weight's tensor."""
        array.grad = None

    def stop_gradient(self, x: Array) -> Array:
        """Return ``x`` as a constant for differentiation."""
        return x.detach()

    def custom_gradient(self, fn: Callable[..., Any]) -> Callable[..., Any]:
        """Decorate ``fn(*arrays) -> (value, grad_fn)``."""
        return gradients.custom_gradient(fn)

    def checkpoint(self, fn: Callable[..., Any]) -> Callable[..., Any]:
        """Make ``fn`` recompute its intermediate values in the backward pass."""
        return gradients.checkpoint(fn)

    # -- evaluation -------------------------------------------------------------------------------------
    def infer_specs(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Evaluate ``fn`` on the "meta" device; axes of unknown size are tried with two sizes."""
        return abstract.infer_specs(fn, args, kwargs)

    def lacks_value(self, error: Exception) -> bool:
        """Return whether PyTorch was asked for the value of a tensor on the "meta" device."""
        return abstract.lacks_value(error)

    def step(
        self,
        fn: Callable[..., Any],
        variables: Sequence[Any],
        *,
        training: bool,
        jit_compile: bool | str | None,
    ) -> Step:
        """Return ``fn`` as a step that is recorded and, unless disabled, compiled when that pays.

        Without a tape if not training, but not in PyTorch's inference mode: what is computed there can't take
        part in a gradient later, and predictions, masks and variables made on the way would carry that with
        them.
        """
        if jit_compile is not None and all(v.backend is self for v in variables):
            from corne_torch.traced import TracedStep

            return TracedStep(fn, variables, training, jit_compile, self.device)
        if training:
            return PlainStep(fn)

        def without_tape(batch: Any) -> Any:
            with torch.no_grad():
                return fn(batch)

        return PlainStep(without_tape)

    # -- randomness -------------------------------------------------------------------------------------
    def random_uniform(self, key: Key, shape: Sequence[int], dtype: str) -> Array:
        """Draw from the uniform distribution on [0, 1)."""
        return randomness.draw("uniform", key, shape, to_torch(dtype), self.device)

    def random_normal(self, key: Key, shape: Sequence[int], dtype: str) -> Array:
        """Draw from the standard normal distribution."""
        return randomness.draw("normal", key, shape, to_torch(dtype), self.device)

    def get_random_state(self) -> tuple[bytes, ...]:
        """Return the states of PyTorch's global generators: the host's, and the device's own if it has one."""
        states = [torch.get_rng_state()]
        if self.device.type == "cuda":
            states.append(torch.cuda.get_rng_state(self.device))
        return tuple(state.numpy().tobytes() for state in states)

    def set_random_state(self, state: Sequence[bytes]) -> None:
        """Set PyTorch's global generators; ignore states of devices that are not used here."""
        host, *device = (torch.frombuffer(bytearray(part), dtype=torch.uint8) for part in state)
        torch.set_rng_state(host)
        if device and self.device.type == "cuda":
            torch.cuda.set_rng_state(device[0], self.device)

    # -- describing -------------------------------------------------------------------------------------
    def facts(self) -> dict[str, str]:
        """Return the engine's version, its number of threads, and the compiler of steps."""
        from corne_torch.traced.compiler import cpp_compiler

        compiler = cpp_compiler() or "none found: steps run eagerly"
        return {"torch": torch.__version__, "threads": str(torch.get_num_threads()), "compiler": compiler}
