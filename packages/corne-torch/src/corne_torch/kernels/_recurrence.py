"""Recurrence with one entry on the tape for all time steps.

PyTorch's own GRU and simple network put some twenty operations a time step on the tape, and none of its functions
knows dropout of the state.

Inputs come as their products with the kernel, time first: ``(steps, batch, gates * units)``. They are used
up: LSTM and GRU turn them into the gates' values in place, so nobody else may hold them. ``scale``, the
dropout of the state, has shape ``(gates, batch, units)`` or, for all gates, ``(1, batch, units)``.
"""

from __future__ import annotations

from typing import Any

import torch
from torch.autograd.function import once_differentiable

from corne_torch.kernels import _recurrence_ops as run
from corne_torch.kernels._product import product

Tensor = torch.Tensor


class SimpleRNN(torch.autograd.Function):
    """``apply(x, h, kernel, scale, activation) -> states of all steps``; activation "tanh" or "relu"."""

    @staticmethod
    def forward(
        ctx: Any, x: Tensor, h: Tensor, kernel: Tensor, scale: Tensor | None, activation: str
    ) -> Tensor:
        hs = run.simple_rnn_forward(x, h, kernel, scale, activation)
        ctx.save_for_backward(kernel, scale, hs)
        ctx.activation = activation
        return hs[1:]

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, dhs: Tensor) -> Any:
        kernel, scale, hs = ctx.saved_tensors
        dz, dh = run.simple_rnn_backward(dhs, kernel, scale, hs, ctx.activation)
        return dz, dh, _into_kernel(hs[:-1], dz, scale), None, None


class LSTM(torch.autograd.Function):
    """``apply(x, h, c, kernel, scale) -> (h, c) of all steps``; gates input, forget, candidate, output."""

    @staticmethod
    def forward(
        ctx: Any, x: Tensor, h: Tensor, c: Tensor, kernel: Tensor, scale: Tensor | None
    ) -> tuple[Tensor, Tensor]:
        hs, cs, gates = run.lstm_forward(x, h, c, kernel, scale, keep=True)
        ctx.save_for_backward(kernel, scale, gates, hs, cs)
        ctx.set_materialize_grads(False)
        return hs[1:], cs[1:]

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, dhs: Tensor | None, dcs: Tensor | None) -> Any:
        kernel, scale, gates, hs, cs = ctx.saved_tensors
        dz, dh, dc = run.lstm_backward(dhs, dcs, kernel, scale, gates, cs)
        return dz, dh, dc, _into_kernel(hs[:-1], dz, scale), None


class GRU(torch.autograd.Function):
    """``apply(x, h, kernel, bias, scale) -> states of all steps``; gates update, reset, candidate.

    ``bias``, ``(units,)``, is what the reset gate multiplies along with the candidate's product; that of the
    other gates is in ``x`` already.
    """

    @staticmethod
    def forward(
        ctx: Any, x: Tensor, h: Tensor, kernel: Tensor, bias: Tensor | None, scale: Tensor | None
    ) -> Tensor:
        hs, inner, gates = run.gru_forward(x, h, kernel, bias, scale, keep=True)
        ctx.save_for_backward(kernel, scale, gates, inner, hs)
        ctx.has_bias = bias is not None
        return hs[1:]

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, dhs: Tensor) -> Any:
        kernel, scale, gates, inner, hs = ctx.saved_tensors
        dx, dinner, dh = run.gru_backward(dhs, kernel, scale, gates, inner, hs)
        two = 2 * dinner.shape[2]
        of_gates, of_candidate = (scale, scale) if scale is None or len(scale) == 1 else scale.split([2, 1])
        dkernel = torch.cat(
            [
                _into_kernel(hs[:-1], dx[:, :, :two], of_gates),
                _into_kernel(hs[:-1], dinner, of_candidate),
            ],
            dim=1,
        )
        return dx, dh, dkernel, dinner.sum((0, 1)) if ctx.has_bias else None, None


def lstm(x: Tensor, h: Tensor, c: Tensor, kernel: Tensor, scale: Tensor | None) -> tuple[Tensor, Tensor]:
    """Return h and c of all steps, on the tape where there is one."""
    if torch.is_grad_enabled():
        hs, cs = LSTM.apply(x, h, c, kernel, scale)
        return hs, cs
    hs, cs, _ = run.lstm_forward(x, h, c, kernel, scale, keep=False)
    return hs[1:], cs[1:]


def gru(x: Tensor, h: Tensor, kernel: Tensor, bias: Tensor | None, scale: Tensor | None) -> Tensor:
    """Return the states of all steps, on the tape where there is one."""
    if torch.is_grad_enabled():
        hs: Tensor = GRU.apply(x, h, kernel, bias, scale)
        return hs
    return run.gru_forward(x, h, kernel, bias, scale, keep=False)[0][1:]


def _into_kernel(before: Tensor, dz: Tensor, scale: Tensor | None) -> Tensor:
    """Return the gradient with respect to the recurrent kernel, from the states before all steps."""
    dz = dz.flatten(0, 1)
    if scale is None:
        return product(before.flatten(0, 1).t(), dz)
    parts = [
        product((before * one).flatten(0, 1).t(), part)
        for one, part in zip(scale.unbind(0), dz.chunk(len(scale), 1), strict=True)
    ]
    return parts[0] if len(parts) == 1 else torch.cat(parts, dim=1)
