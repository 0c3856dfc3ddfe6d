"""Recurrence as one operation: what the tape and a recorded graph hold.

Eagerly the memory of the inputs' products becomes that of the gates. In a graph each is an operation
``corne::...`` without side effects, which the compiler calls as it is, however many time steps there are.

Code in C carries them out where it can (float32 on the processor), else loops of PyTorch's operations.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from corne_torch.abstract import is_traced
from corne_torch.kernels import _recurrence_loops as loops
from corne_torch.native import recurrence as native
from corne_torch.operations import define

Tensor = torch.Tensor


def simple_rnn_forward(x: Tensor, h: Tensor, kernel: Tensor, scale: Tensor | None, activation: str) -> Tensor:
    """Return the states before the first step and after each."""
    run = _OPS.simple_rnn_forward if _recorded(x) else _simple_rnn_forward
    hs: Tensor = run(x, h, kernel, scale, activation)
    return hs


def simple_rnn_backward(
    dhs: Tensor, kernel: Tensor, scale: Tensor | None, hs: Tensor, activation: str
) -> tuple[Tensor, Tensor]:
    """Return the gradients with respect to the inputs' products and the first state."""
    run = _OPS.simple_rnn_backward if _recorded(hs) else _simple_rnn_backward
    dz, dh = run(dhs, kernel, scale, hs, activation)
    return dz, dh


def lstm_forward(
    x: Tensor, h: Tensor, c: Tensor, kernel: Tensor, scale: Tensor | None, keep: bool
) -> tuple[Tensor, Tensor, Tensor]:
    """Return the states h and c before the first step and after each, and the gates; ``x`` is used up.

    Only where ``keep`` is true do the gates hold what the backward pass needs.
    """
    run = _OPS.lstm_forward if _recorded(x) else _lstm_forward
    hs, cs, gates = run(x, h, c, kernel, scale, keep)
    return hs, cs, gates


def lstm_backward(
    dhs: Tensor | None, dcs: Tensor | None, kernel: Tensor, scale: Tensor | None, gates: Tensor, cs: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """Return the gradients with respect to the inputs' products and the first states."""
    run = _OPS.lstm_backward if _recorded(gates) else _lstm_backward
    dz, dh, dc = run(dhs, dcs, kernel, scale, gates, cs)
    return dz, dh, dc


def gru_forward(
    x: Tensor, h: Tensor, kernel: Tensor, bias: Tensor | None, scale: Tensor | None, keep: bool
) -> tuple[Tensor, Tensor, Tensor]:
    """Return the states before the first step and after each, the candidate's products, and the gates.

    ``x`` is used up. Only where ``keep`` is true do the last two hold what the backward pass needs.
    """
    run = _OPS.gru_forward if _recorded(x) else _gru_forward
    hs, inner, gates = run(x, h, kernel, bias, scale, keep)
    return hs, inner, gates


def gru_backward(
    dhs: Tensor, kernel: Tensor, scale: Tensor | None, gates: Tensor, inner: Tensor, hs: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """Return the gradients with respect to the inputs' products, the candidate's, and the first state."""
    run = _OPS.gru_backward if _recorded(gates) else _gru_backward
    dx, dinner, dh = run(dhs, kernel, scale, gates, inner, hs)
    return dx, dinner, dh


def _recorded(x: Tensor) -> bool:
    return is_traced() or x.is_meta


def _simple_rnn_forward(
    x: Tensor, h: Tensor, kernel: Tensor, scale: Tensor | None, activation: str
) -> Tensor:
    if native.runs(x):
        return native.simple_rnn_forward(x, h, kernel, scale, activation)
    return loops.simple_rnn_forward(x, h, kernel, scale, activation)


def _simple_rnn_backward(
    dhs: Tensor, kernel: Tensor, scale: Tensor | None, hs: Tensor, activation: str
) -> tuple[Tensor, Tensor]:
    if native.runs(dhs):
        return native.simple_rnn_backward(dhs, kernel, scale, hs, activation)
    return loops.simple_rnn_backward(dhs, kernel, scale, hs, activation)


def _lstm_forward(
    x: Tensor, h: Tensor, c: Tensor, kernel: Tensor, scale: Tensor | None, keep: bool, recorded: bool = False
) -> tuple[Tensor, Tensor, Tensor]:
    gates = _room_for_gates(x, keep, recorded)
    if native.runs(x):
        return (*native.lstm_forward(x, h, c, kernel, scale, gates if keep else None), gates)
    used = x.clone() if recorded else x
    states = loops.lstm_forward(used, h, c, kernel, scale)
    return (*states, used if keep else gates)


def _lstm_backward(
    dhs: Tensor | None, dcs: Tensor | None, kernel: Tensor, scale: Tensor | None, gates: Tensor, cs: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    if native.runs(gates):
        return native.lstm_backward(dhs, dcs, kernel, scale, gates, cs)
    return loops.lstm_backward(dhs, dcs, kernel, scale, gates, cs)


def _gru_forward(
    x: Tensor,
    h: Tensor,
    kernel: Tensor,
    bias: Tensor | None,
    scale: Tensor | None,
    keep: bool,
    recorded: bool = False,
) -> tuple[Tensor, Tensor, Tensor]:
    gates = _room_for_gates(x, keep, recorded)
    if native.runs(x):
        return (*native.gru_forward(x, h, kernel, bias, scale, gates if keep else None), gates)
    used = x.clone() if recorded else x
    hs, inner = loops.gru_forward(used, h, kernel, bias, scale)
    return hs, inner if keep else inner[:0].clone(), used if keep else gates


def _gru_backward(
    dhs: Tensor, kernel: Tensor, scale: Tensor | None, gates: Tensor, inner: Tensor, hs: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    if native.runs(gates):
        return native.gru_backward(dhs, kernel, scale, gates, inner, hs)
    return loops.gru_backward(dhs, kernel, scale, gates, inner, hs)


def _room_for_gates(x: Tensor, keep: bool, recorded: bool) -> Tensor:
    """Return memory for the gates: that of the inputs' products, unless a graph owns them."""
    return (x.new_empty(x.shape) if recorded else x) if keep else x.new_empty((0, *x.shape[1:]))


# -- operations of a graph: nothing that comes in is changed, and what comes out is contiguous -----------------
def _states(first: Tensor, steps: int) -> Tensor:
    return first.new_empty((steps + 1, *first.shape))


def _contiguous(tensors: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """Return tensors with the layout that the graph expects, in memory of their own."""
    return tuple(x.contiguous() for x in tensors)


#: By name: the schema, what computes it, and what makes results without values.
_SCHEMAS: dict[str, tuple[str, Callable[..., Any], Callable[..., Any]]] = {
    "simple_rnn_forward": (
        "(Tensor x, Tensor h, Tensor kernel, Tensor? scale, str activation) -> Tensor",
        _simple_rnn_forward,
        lambda x, h, *_: _states(h, x.shape[0]),
    ),
    "simple_rnn_backward": (
        "(Tensor dhs, Tensor kernel, Tensor? scale, Tensor hs, str activation) -> (Tensor, Tensor)",
        lambda *given: _contiguous(_simple_rnn_backward(*given)),
        lambda dhs, kernel, scale, hs, _: (hs.new_empty(dhs.shape), hs.new_empty(hs.shape[1:])),
    ),
    "lstm_forward": (
        "(Tensor x, Tensor h, Tensor c, Tensor kernel, Tensor? scale, bool keep) -> (Tensor, Tensor, Tensor)",
        lambda x, h, c, kernel, scale, keep: _lstm_forward(x.contiguous(), h, c, kernel, scale, keep, True),
        lambda x, h, c, kernel, scale, keep: (
            _states(h, x.shape[0]),
            _states(c, x.shape[0]),
            x.new_empty(x.shape if keep else (0, *x.shape[1:])),
        ),
    ),
    "lstm_backward": (
        "(Tensor? dhs, Tensor? dcs, Tensor kernel, Tensor? scale, Tensor gates, Tensor cs)"
        " -> (Tensor, Tensor, Tensor)",
        lambda *given: _contiguous(_lstm_backward(*given)),
        lambda dhs, dcs, kernel, scale, gates, cs: (
            gates.new_empty(gates.shape),
            *(cs.new_empty(cs.shape[1:]) for _ in "hc"),
        ),
    ),
    "gru_forward": (
        "(Tensor x, Tensor h, Tensor kernel, Tensor? bias, Tensor? scale, bool keep)"
        " -> (Tensor, Tensor, Tensor)",
        lambda x, h, kernel, bias, scale, keep: _gru_forward(
            x.contiguous(), h, kernel, bias, scale, keep, True
        ),
        lambda x, h, kernel, bias, scale, keep: (
            _states(h, x.shape[0]),
            h.new_empty((x.shape[0] if keep else 0, *h.shape)),
            x.new_empty(x.shape if keep else (0, *x.shape[1:])),
        ),
    ),
    "gru_backward": (
        "(Tensor dhs, Tensor kernel, Tensor? scale, Tensor gates, Tensor inner, Tensor hs)"
        " -> (Tensor, Tensor, Tensor)",
        lambda *given: _contiguous(_gru_backward(*given)),
        lambda dhs, kernel, scale, gates, inner, hs: (
            gates.new_empty(gates.shape),
            inner.new_empty(inner.shape),
            hs.new_empty(hs.shape[1:]),
        ),
    ),
}

for _name, (_schema, _compute, _spec) in _SCHEMAS.items():
    define(_name + _schema, _compute, _spec)
_OPS: Any = torch.ops.corne
