"""Recurrence on the processor, forward and backward, with few and large steps.

PyTorch's own LSTM for processors is fast forward but slow backward, and its GRU puts some twenty operations a
time step on the tape. Here the tape holds one entry for all time steps: what does not depend on the state
is computed for all of them at once, and the rest in place, five or six operations a step. New memory is what
costs most beside the products, so the backward pass first fills the gradients' own memory with the factors
that the state's gradient will meet, and then multiplies them step by step.

Inputs come as their products with the kernel, time first: ``(steps, batch, gates * units)``. They are used
up: LSTM and GRU turn them into the gates' values in place, so nobody else may hold them. ``scale``, the
dropout of the state, has shape ``(gates, batch, units)`` or, for all gates, ``(1, batch, units)``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch.autograd.function import once_differentiable

Tensor = torch.Tensor


class _Product:
    """The product of the state with a kernel: forward, and back to either.

    Args:
        kernel: ``(units, gates * units)``.
        scale: Dropout of the state, for these gates.
    """

    def __init__(self, kernel: Tensor, scale: Tensor | None) -> None:
        self.scale = scale
        count = 1 if scale is None else scale.shape[0]
        self.size = kernel.shape[1] // count
        self.columns = [slice(g * self.size, (g + 1) * self.size) for g in range(count)]
        self.kernels = kernel.split(self.size, 1)
        self.transposed: list[Tensor] = []

    def add_to(self, out: Tensor, h: Tensor) -> None:
        """Add ``h @ kernel`` to ``out``."""
        for state, kernel, columns in self._parts(h):
            out[:, columns].addmm_(state, kernel)

    def write_to(self, out: Tensor, h: Tensor, add: Tensor | None) -> None:
        """Write ``(add +) h @ kernel`` to ``out``."""
        for state, kernel, columns in self._parts(h):
            if add is None:
                torch.mm(state, kernel, out=out[:, columns])
            else:
                torch.addmm(add[..., columns], state, kernel, out=out[:, columns])

    def _parts(self, h: Tensor) -> Iterator[tuple[Tensor, Tensor, slice]]:
        states = (h,) if self.scale is None else (h * self.scale).unbind(0)
        return zip(states, self.kernels, self.columns, strict=True)

    def into_state(self, add: Tensor | None, dz: Tensor) -> Tensor:
        """Return ``add`` plus the gradient with respect to the state."""
        if not self.transposed:
            self.transposed = [kernel.t().contiguous() for kernel in self.kernels]
        if self.scale is None:
            (kernel,) = self.transposed
            return torch.mm(dz, kernel) if add is None else torch.addmm(add, dz, kernel)
        total = add
        for kernel, columns, scale in zip(self.transposed, self.columns, self.scale.unbind(0), strict=True):
            dh = torch.mm(dz[:, columns], kernel)
            total = dh.mul_(scale) if total is None else torch.addcmul(total, dh, scale)
        assert total is not None
        return total

    def into_kernel(self, before: Tensor, dz: Tensor) -> Tensor:
        """Return the gradient with respect to the kernel, from the states before all steps."""
        dz = dz.flatten(0, 1)
        if self.scale is None:
            return before.flatten(0, 1).t() @ dz
        parts = [
            (before * scale).flatten(0, 1).t() @ dz[:, columns]
            for scale, columns in zip(self.scale.unbind(0), self.columns, strict=True)
        ]
        return parts[0] if len(parts) == 1 else torch.cat(parts, dim=1)


def _gates(scale: Tensor | None, gates: slice) -> Tensor | None:
    """Return the part of the dropout that is for these gates."""
    return scale if scale is None or scale.shape[0] == 1 else scale[gates]


def _room_for(first: Tensor, steps: int) -> Tensor:
    """Return memory for the state before the first step, which it holds, and after each."""
    states = first.new_empty((steps + 1, *first.shape))
    states[0] = first
    return states


class SimpleRNN(torch.autograd.Function):
    """``apply(x, h, kernel, scale, activation) -> states of all steps``; activation "tanh" or "relu"."""

    @staticmethod
    def forward(
        ctx: Any, x: Tensor, h: Tensor, kernel: Tensor, scale: Tensor | None, activation: str
    ) -> Tensor:
        states = _room_for(h, x.shape[0])
        apply = torch.tanh_ if activation == "tanh" else torch.relu_
        product = _Product(kernel, scale)
        for inputs, last, now in zip(x.unbind(0), states[:-1].unbind(0), states[1:].unbind(0), strict=True):
            product.write_to(now, last, inputs)
            apply(now)
        ctx.save_for_backward(kernel, scale, states)
        ctx.activation = activation
        return states[1:]

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, dstates: Tensor) -> Any:
        kernel, scale, states = ctx.saved_tensors
        after = states[1:]
        dz = (after * after).neg_().add_(1) if ctx.activation == "tanh" else (after > 0).to(after.dtype)
        product = _Product(kernel, scale)
        given = dstates.unbind(0)
        dh = given[-1]
        for t, z in reversed(list(enumerate(dz.unbind(0)))):
            z.mul_(dh)
            dh = product.into_state(given[t - 1] if t else None, z)
        return dz, dh, product.into_kernel(states[:-1], dz), None, None


class LSTM(torch.autograd.Function):
    """``apply(x, h, c, kernel, scale) -> (h, c) of all steps``; gates input, forget, candidate, output."""

    @staticmethod
    def forward(
        ctx: Any, x: Tensor, h: Tensor, c: Tensor, kernel: Tensor, scale: Tensor | None
    ) -> tuple[Tensor, Tensor]:
        steps, batch, width = x.shape
        units = width // 4
        gates = x
        squashed = x.new_empty((steps, batch, units))  # tanh(c)
        hs, cs = _room_for(h, steps), _room_for(c, steps)
        product = _Product(kernel, scale)
        all_h, all_c = hs.unbind(0), cs.unbind(0)
        for t, (z, tanh_c) in enumerate(zip(gates.unbind(0), squashed.unbind(0), strict=True)):
            product.add_to(z, all_h[t])
            take, keep, candidate, show = z.split(units, 1)
            z[:, : 2 * units].sigmoid_()
            candidate.tanh_()
            show.sigmoid_()
            torch.mul(keep, all_c[t], out=all_c[t + 1])
            all_c[t + 1].addcmul_(take, candidate)
            torch.tanh(all_c[t + 1], out=tanh_c)
            torch.mul(show, tanh_c, out=all_h[t + 1])
        ctx.save_for_backward(kernel, scale, gates, hs, cs, squashed)
        ctx.set_materialize_grads(False)
        return hs[1:], cs[1:]

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, dhs: Tensor | None, dcs: Tensor | None) -> Any:
        kernel, scale, gates, hs, cs, squashed = ctx.saved_tensors
        steps, batch, width = gates.shape
        units = width // 4
        take, keep, candidate, show = gates.split(units, 2)
        # What the sums of the gates get: the first three of the gradient of c, the last of that of h.
        dz = torch.empty_like(gates)
        of_take, of_keep, of_candidate, of_show = dz.split(units, 2)
        torch.mul(candidate, take, out=of_take)
        of_take.addcmul_(of_take, take, value=-1)
        torch.mul(cs[:-1], keep, out=of_keep)
        of_keep.addcmul_(of_keep, keep, value=-1)
        torch.mul(candidate, candidate, out=of_candidate)
        torch.addcmul(take, of_candidate, take, value=-1, out=of_candidate)
        torch.mul(squashed, show, out=of_show)
        c_of_h = torch.addcmul(show, of_show, squashed, value=-1)  # what c gets of the gradient of h
        of_show.addcmul_(of_show, show, value=-1)

        product = _Product(kernel, scale)
        given = None if dhs is None else dhs.unbind(0)
        dh = gates.new_zeros((batch, units)) if given is None else given[-1]
        dc = gates.new_zeros((batch, units))
        for t in range(steps - 1, -1, -1):
            z = dz[t]
            if dcs is not None:
                dc = dc + dcs[t]
            dc = torch.addcmul(dc, dh, c_of_h[t])
            z[:, : 3 * units].unflatten(1, (3, units)).mul_(dc.unsqueeze(1))
            z[:, 3 * units :].mul_(dh)
            dc = dc * keep[t]
            dh = product.into_state(given[t - 1] if t and given is not None else None, z)
        return dz, dh, dc, product.into_kernel(hs[:-1], dz), None


class GRU(torch.autograd.Function):
    """``apply(x, h, kernel, bias, scale) -> states of all steps``; gates update, reset, candidate.

    ``bias``, ``(units,)``, is what the reset gate multiplies along with the candidate's product; that of the
    other gates is in ``x`` already.
    """

    @staticmethod
    def forward(
        ctx: Any, x: Tensor, h: Tensor, kernel: Tensor, bias: Tensor | None, scale: Tensor | None
    ) -> Tensor:
        steps, batch, width = x.shape
        units = width // 3
        gates = x
        inner = x.new_empty((steps, batch, units))  # the candidate's product with the state
        hs = _room_for(h, steps)
        of_gates = _Product(kernel[:, : 2 * units], _gates(scale, slice(0, 2)))
        of_candidate = _Product(kernel[:, 2 * units :], _gates(scale, slice(2, 3)))
        all_h = hs.unbind(0)
        for t, (z, product) in enumerate(zip(gates.unbind(0), inner.unbind(0), strict=True)):
            both = z[:, : 2 * units]
            of_gates.add_to(both, all_h[t])
            both.sigmoid_()
            update, reset, candidate = z.split(units, 1)
            of_candidate.write_to(product, all_h[t], bias)
            candidate.addcmul_(reset, product).tanh_()
            torch.lerp(candidate, all_h[t], update, out=all_h[t + 1])
        ctx.save_for_backward(kernel, scale, gates, inner, hs)
        ctx.has_bias = bias is not None
        return hs[1:]

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, dhs: Tensor) -> Any:
        kernel, scale, gates, inner, hs = ctx.saved_tensors
        steps, _, width = gates.shape
        units = width // 3
        two = 2 * units
        update, reset, candidate = gates.split(units, 2)
        before = hs[:-1]
        # What the sums of the gates get of the gradient of h, and what the candidate's product gets.
        dx, dinner = torch.empty_like(gates), torch.empty_like(inner)
        of_update, of_reset, of_candidate = dx.split(units, 2)
        torch.sub(before, candidate, out=of_update).mul_(update)
        of_update.addcmul_(of_update, update, value=-1)
        torch.mul(candidate, candidate, out=of_candidate).neg_().add_(1)
        of_candidate.addcmul_(of_candidate, update, value=-1)
        torch.mul(of_candidate, reset, out=dinner)
        torch.mul(dinner, inner, out=of_reset)
        of_reset.addcmul_(of_reset, reset, value=-1)

        of_gates = _Product(kernel[:, :two], _gates(scale, slice(0, 2)))
        of_product = _Product(kernel[:, two:], _gates(scale, slice(2, 3)))
        given = dhs.unbind(0)
        dh = given[-1]
        for t in range(steps - 1, -1, -1):
            z, product = dx[t], dinner[t]
            z.unflatten(1, (3, units)).mul_(dh.unsqueeze(1))
            product.mul_(dh)
            kept = torch.addcmul(given[t - 1], dh, update[t]) if t else dh * update[t]
            dh = of_product.into_state(of_gates.into_state(kept, z[:, :two]), product)
        dkernel = torch.cat(
            [of_gates.into_kernel(before, dx[:, :, :two]), of_product.into_kernel(before, dinner)], dim=1
        )
        return dx, dh, dkernel, dinner.sum((0, 1)) if ctx.has_bias else None, None
