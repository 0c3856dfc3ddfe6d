"""Recurrence in C: float32 on the processor, all time steps in one call.

Arguments are those of ``corne_torch.kernels._recurrence``. ``gates``, where given, is where the gates' values go, and may
be ``x`` itself.
"""

from __future__ import annotations

import ctypes
import functools
import warnings
from pathlib import Path
from typing import Any

import torch

from corne_torch.native import build

Tensor = torch.Tensor

#: Multiplications of a call that make up for waking one more thread.
_FOR_A_THREAD = 500_000


class NativeCodeWarning(UserWarning):
    """Compiled kernels are unavailable, so slower ones run."""


def runs(x: Tensor) -> bool:
    """Return whether arrays such as ``x`` can be computed here. The first call compiles the library."""
    return x.dtype is torch.float32 and x.device.type == "cpu" and x.numel() > 0 and library() is not None


@functools.cache
def library() -> Any:
    """Return the compiled functions, or None after one warning with the reason."""
    try:
        functions = build.load(Path(__file__).with_name("recurrence.c"))
    except build.BuildError as error:
        warnings.warn(
            f"Recurrent layers run without native code, more slowly: {error}.",
            NativeCodeWarning,
            stacklevel=2,
        )
        return None
    if functions is None:
        return None
    for name, arguments in _ARGUMENTS.items():
        function = getattr(functions, name)
        function.argtypes = [_TYPES[letter] for letter in arguments]
        function.restype = ctypes.c_int
    # OpenMP as PyTorch has it loaded, so that its threads are used: a second set would fight for the processor
    parallel = getattr(ctypes.CDLL(None), "GOMP_parallel", None)
    functions.corne_set_parallel(None if parallel is None else ctypes.cast(parallel, ctypes.c_void_p))
    return functions


#: By letter: an int, a long, an array.
_TYPES = {"i": ctypes.c_int, "l": ctypes.c_long, "p": ctypes.c_void_p}
_ARGUMENTS = {
    "corne_simple_rnn_forward": "illlli" + "p" * 4,
    "corne_simple_rnn_backward": "illllipll" + "p" * 5,
    "corne_lstm_forward": "illlli" + "p" * 6,
    "corne_lstm_backward": "illllpllpll" + "p" * 7,
    "corne_gru_forward": "illlli" + "p" * 7,
    "corne_gru_backward": "illllpll" + "p" * 8,
    "corne_gate_functions": "lppp",
}


def _call(name: str, steps: int, batch: int, units: int, scale: Tensor | None, *others: Any) -> None:
    """Call a function with the common arguments and its own, including arrays."""
    work = steps * batch * units * units
    threads = max(1, min(torch.get_num_threads(), work // _FOR_A_THREAD))
    scales = 0 if scale is None else len(scale)
    given = [x.data_ptr() if isinstance(x, torch.Tensor) else x for x in others]
    if getattr(library(), name)(threads, steps, batch, units, scales, *given):
        raise MemoryError(f"{name} ran out of memory")


def _shaped(x: Tensor, *shape: int) -> Tensor:
    """Return an array in the form that the C code reads; the code trusts the shape."""
    return x.to(torch.float32).expand(shape).contiguous()


def _dropout(scale: Tensor | None, kernel: Tensor, batch: int) -> Tensor | None:
    """Return the dropout of the state with all its axes."""
    if scale is None:
        return None
    units, width = kernel.shape
    if len(scale) not in (1, width // units):
        raise ValueError(f"dropout of the state for {len(scale)} gates, expected 1 or {width // units}")
    return _shaped(scale, len(scale), batch, units)


def _strided(gradient: Tensor | None) -> tuple[Tensor | None, int, int]:
    """Return gradients of states with the strides of steps and samples."""
    if gradient is None:
        return None, 0, 0
    if gradient.stride(2) != 1:
        gradient = gradient.contiguous()
    return gradient, gradient.stride(0), gradient.stride(1)


def _states(first: Tensor, steps: int) -> Tensor:
    """Return memory for the state before the first step, which it holds, and after each."""
    states = first.new_empty((steps + 1, *first.shape))
    states[0] = first
    return states


def simple_rnn_forward(x: Tensor, h: Tensor, kernel: Tensor, scale: Tensor | None, activation: str) -> Tensor:
    """Return the states ``hs``."""
    hs, x, scale = _states(h, len(x)), x.contiguous(), _dropout(scale, kernel, len(h))
    _call(
        "corne_simple_rnn_forward",
        *x.shape,
        scale,
        activation == "relu",
        x,
        _shaped(kernel, h.shape[1], h.shape[1]),
        scale,
        hs,
    )
    return hs


def simple_rnn_backward(
    dhs: Tensor, kernel: Tensor, scale: Tensor | None, hs: Tensor, activation: str
) -> tuple[Tensor, Tensor]:
    """Return the gradients with respect to the inputs' products and the first state."""
    dz, dh, scale = hs.new_empty(dhs.shape), hs.new_empty(hs.shape[1:]), _dropout(scale, kernel, hs.shape[1])
    _call(
        "corne_simple_rnn_backward", *dhs.shape, scale, activation == "relu", *_strided(dhs),
        _shaped(kernel, hs.shape[2], hs.shape[2]), scale, hs, dz, dh,
    )  # fmt: skip
    return dz, dh


def lstm_forward(
    x: Tensor, h: Tensor, c: Tensor, kernel: Tensor, scale: Tensor | None, gates: Tensor | None
) -> tuple[Tensor, Tensor]:
    """Return the states ``hs`` and ``cs``."""
    hs, cs, scale = _states(h, len(x)), _states(c, len(x)), _dropout(scale, kernel, len(h))
    _call(
        "corne_lstm_forward", len(x), *h.shape, scale, gates is not None, x.contiguous(), _shaped(kernel, h.shape[1], 4 * h.shape[1]),
        scale, hs, cs, gates,
    )  # fmt: skip
    return hs, cs


def lstm_backward(
    dhs: Tensor | None,
    dcs: Tensor | None,
    kernel: Tensor,
    scale: Tensor | None,
    gates: Tensor,
    cs: Tensor,
) -> tuple[Tensor, Tensor, Tensor]:
    """Return the gradients with respect to the inputs' products and the first states."""
    first = cs.shape[1:]
    dz, dh, dc, scale = (
        torch.empty_like(gates),
        cs.new_empty(first),
        cs.new_empty(first),
        _dropout(scale, kernel, first[0]),
    )
    _call(
        "corne_lstm_backward", len(gates), *first, scale, *_strided(dhs), *_strided(dcs), _shaped(kernel, first[1], 4 * first[1]),
        scale, gates, cs, dz, dh, dc,
    )  # fmt: skip
    return dz, dh, dc


def gru_forward(
    x: Tensor, h: Tensor, kernel: Tensor, bias: Tensor | None, scale: Tensor | None, gates: Tensor | None
) -> tuple[Tensor, Tensor]:
    """Return the states ``hs``, and the candidate's products with the state, empty without ``gates``."""
    hs, scale = _states(h, len(x)), _dropout(scale, kernel, len(h))
    inner = h.new_empty((0 if gates is None else len(x), *h.shape))
    _call(
        "corne_gru_forward", len(x), *h.shape, scale, gates is not None, x.contiguous(), _shaped(kernel, h.shape[1], 3 * h.shape[1]),
        None if bias is None else _shaped(bias, h.shape[1]), scale, hs, inner, gates,
    )  # fmt: skip
    return hs, inner


def gru_backward(
    dhs: Tensor, kernel: Tensor, scale: Tensor | None, gates: Tensor, inner: Tensor, hs: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """Return the gradients with respect to the inputs' products, ``inner`` and the first state."""
    dx, dinner, dh, scale = (
        torch.empty_like(gates), torch.empty_like(inner), hs.new_empty(hs.shape[1:]), _dropout(scale, kernel, hs.shape[1]),
    )  # fmt: skip
    _call(
        "corne_gru_backward", *dhs.shape, scale, *_strided(dhs), _shaped(kernel, hs.shape[2], 3 * hs.shape[2]), scale, gates, inner, hs,
        dx, dinner, dh,
    )  # fmt: skip
    return dx, dinner, dh
