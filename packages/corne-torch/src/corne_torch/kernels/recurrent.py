"""Recurrent networks: PyTorch's fused kernels where the configuration has one, the default scan elsewhere.

Masks of any form take the fast way too. A masked step leaves the state alone, so the network sees exactly
the steps that count: they are moved to the front, the network runs over all, and each step's output is
looked up where the latest step that counts has it. No value is read by the host, so nothing waits for it
and it can be recorded.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from corne.kernels.recurrence import Activation, check

from corne_torch.abstract import is_for_compiler, is_traced
from corne_torch.kernels import _recurrence
from corne_torch.kernels._product import product
from corne_torch.kernels._projection import ByGate
from corne_torch.kernels._table import kernel
from corne_torch.native import recurrence as native

Tensor = torch.Tensor
_VF: Any = torch._VF


_ONEDNN = torch.backends.mkldnn.is_available()

#: Up to so many units native code beats oneDNN's LSTM. One thread, forward and backward, batch 64: 64 units 0.85 of its
#: time, 256 units 0.68; with 512 it is 1.09, and 1.6 for 8 samples forward, where reading the kernel is what takes time.
_LARGEST_NATIVE = 256

#: Added to the sums of gates that a step of padding has to close or open: sigmoid gives 0 and 1 exactly, also
#: in float16, whose largest number is 65504.
_SHUT = 1e4


@kernel("simple_rnn")
def simple_rnn(
    inputs: Tensor,
    initial_state: Tensor,
    kernel: Tensor,
    recurrent_kernel: Tensor,
    bias: Tensor | None = None,
    mask: Tensor | None = None,
    dropout_mask: Tensor | None = None,
    recurrent_dropout_mask: Tensor | None = None,
    activation: Activation = "tanh",
    go_backwards: bool = False,
    return_sequences: bool = True,
    zero_output_for_mask: bool = False,
    fused: bool = True,
) -> Any:
    """Run a simple network; fused for tanh and relu."""
    known = activation in ("tanh", "relu") and _alike(inputs, initial_state, kernel)
    if not fused or not known or _learned(recurrent_dropout_mask):
        return NotImplemented
    check("simple_rnn", 1, inputs, (initial_state,), kernel, recurrent_kernel, mask)
    x, steps = _in_order(inputs, mask, go_backwards)
    if _has_engine(x, dropout_mask, recurrent_dropout_mask):
        engine = _VF.rnn_tanh if activation == "tanh" else _VF.rnn_relu
        hs, _ = _run_engine(
            engine, _drop(x, dropout_mask), initial_state.unsqueeze(0), [kernel, recurrent_kernel, bias, None]
        )
    else:
        hs = _recurrence.SimpleRNN.apply(
            _project(x, kernel, bias, dropout_mask), initial_state, recurrent_kernel,
            _by_gate(recurrent_dropout_mask), activation,
        )  # fmt: skip
    return steps.finish(hs, initial_state, return_sequences, zero_output_for_mask)


@kernel("lstm")
def lstm(
    inputs: Tensor,
    initial_h: Tensor,
    initial_c: Tensor,
    kernel: Tensor,
    recurrent_kernel: Tensor,
    bias: Tensor | None = None,
    mask: Tensor | None = None,
    dropout_mask: Tensor | None = None,
    recurrent_dropout_mask: Tensor | None = None,
    activation: Activation = "tanh",
    recurrent_activation: Activation = "sigmoid",
    go_backwards: bool = False,
    return_sequences: bool = True,
    zero_output_for_mask: bool = False,
    fused: bool = True,
) -> Any:
    """Run an LSTM network; fused for its usual activations."""
    usual = activation == "tanh" and recurrent_activation == "sigmoid"
    known = usual and _alike(inputs, initial_h, initial_c, kernel)
    if not fused or not known or _learned(recurrent_dropout_mask):
        return NotImplemented
    check("lstm", 4, inputs, (initial_h, initial_c), kernel, recurrent_kernel, mask)
    x, steps = _in_order(inputs, mask, go_backwards)
    if _has_engine(x, dropout_mask, recurrent_dropout_mask, on_cpu=True, units=recurrent_kernel.shape[0]):
        hs, c = engine_lstm(
            _drop(x, dropout_mask), initial_h, initial_c, kernel, recurrent_kernel, bias, steps
        )
    else:
        hs, cs = _recurrence.lstm(
            _project(x, kernel, bias, dropout_mask), initial_h, initial_c, recurrent_kernel,
            _by_gate(recurrent_dropout_mask),
        )  # fmt: skip
        c = steps.last(cs, initial_c)
    return (*steps.finish(hs, initial_h, return_sequences, zero_output_for_mask), c)


@kernel("gru")
def gru(
    inputs: Tensor,
    initial_state: Tensor,
    kernel: Tensor,
    recurrent_kernel: Tensor,
    bias: Tensor | None = None,
    mask: Tensor | None = None,
    dropout_mask: Tensor | None = None,
    recurrent_dropout_mask: Tensor | None = None,
    activation: Activation = "tanh",
    recurrent_activation: Activation = "sigmoid",
    reset_after: bool = True,
    go_backwards: bool = False,
    return_sequences: bool = True,
    zero_output_for_mask: bool = False,
    fused: bool = True,
) -> Any:
    """Run a GRU network; fused for its usual activations and ``reset_after``."""
    usual = activation == "tanh" and recurrent_activation == "sigmoid" and reset_after
    known = usual and _alike(inputs, initial_state, kernel)
    if not fused or not known or _learned(recurrent_dropout_mask):
        return NotImplemented
    check("gru", 3, inputs, (initial_state,), kernel, recurrent_kernel, mask)
    x, steps = _in_order(inputs, mask, go_backwards)
    if _has_engine(x, dropout_mask, recurrent_dropout_mask):
        biases = (None, None) if bias is None else bias.unbind(0)
        weights = [_reset_first(w) for w in (kernel, recurrent_kernel, *biases)]
        hs, _ = _run_engine(_VF.gru, _drop(x, dropout_mask), initial_state.unsqueeze(0), weights)
    else:
        input_bias, state_bias = None, None
        if bias is not None:
            two = 2 * recurrent_kernel.shape[0]
            input_bias = torch.cat([bias[:, :two].sum(0), bias[0, two:]])
            state_bias = bias[1, two:]
        hs = _recurrence.gru(
            _project(x, kernel, input_bias, dropout_mask), initial_state, recurrent_kernel, state_bias,
            _by_gate(recurrent_dropout_mask),
        )  # fmt: skip
    return steps.finish(hs, initial_state, return_sequences, zero_output_for_mask)


class _Steps(NamedTuple):
    """The order steps are taken in, and which of them count; all, where ``counted`` is None.

    Attributes:
        mask: ``(steps, batch)`` in that order, the steps that don't count still in their places.
        counted: ``(steps, batch)``, how many counted up to and including each.
    """

    mask: Tensor | None = None
    counted: Tensor | None = None

    def finish(
        self, hs: Tensor, initial_h: Tensor, return_sequences: bool, zero_output_for_mask: bool
    ) -> tuple[Tensor, Tensor]:
        """Return outputs and last state from the states after each of the compacted steps."""
        if self.mask is None or self.counted is None:
            return (hs.transpose(0, 1) if return_sequences else hs[-1]), hs[-1]
        state = self.last(hs, initial_h)
        counted, mask = self.counted, self.mask
        if not return_sequences:
            counted, mask = counted[-1:], mask[-1:]
        shown = mask if zero_output_for_mask else counted > 0
        outputs = torch.where(shown.unsqueeze(2), _after(hs, counted), 0)
        return (outputs.transpose(0, 1) if return_sequences else outputs[0]), state

    def last(self, states: Tensor, initial: Tensor) -> Tensor:
        """Return the state after the last step that counted."""
        if self.counted is None:
            return states[-1]
        total = self.counted[-1:]
        return torch.where(total[0].unsqueeze(1) > 0, _after(states, total)[0], initial)


def _after(states: Tensor, counted: Tensor) -> Tensor:
    """Return the states after as many compacted steps as ``counted`` says; anything for 0."""
    steps, batch, units = states.shape
    sample = torch.arange(batch, device=states.device)
    rows = (counted - 1).clamp(min=0) * batch + sample
    # index_select: its gradient is several times faster than that of gather or of indexing
    return states.reshape(steps * batch, units).index_select(0, rows.flatten()).view(*counted.shape, units)


def _in_order(inputs: Tensor, mask: Tensor | None, go_backwards: bool) -> tuple[Tensor, _Steps]:
    """Return inputs ``(steps, batch, features)`` in the order they are taken, those that count first."""
    if mask is None:
        x = inputs.transpose(0, 1)
        return (x.flip(0) if go_backwards else x), _Steps()
    batch, length, features = inputs.shape
    mask = mask.to(torch.bool).transpose(0, 1)
    if go_backwards:
        mask = mask.flip(0)
    order = torch.argsort(~mask, dim=0, stable=True)
    times = length - 1 - order if go_backwards else order
    rows = times + torch.arange(batch, device=inputs.device) * length
    x = inputs.reshape(batch * length, features).index_select(0, rows.flatten())
    return x.view(length, batch, features), _Steps(mask, torch.cumsum(mask, 0))


def _alike(*tensors: Tensor) -> bool:
    """Return whether all have one floating dtype."""
    return tensors[0].is_floating_point() and all(x.dtype is tensors[0].dtype for x in tensors)


def _learned(recurrent_dropout_mask: Tensor | None) -> bool:
    """Return whether somebody wants the gradient with respect to the mask, which only the default body has."""
    return recurrent_dropout_mask is not None and recurrent_dropout_mask.requires_grad


def _has_engine(
    x: Tensor,
    dropout_mask: Tensor | None,
    recurrent_dropout_mask: Tensor | None,
    on_cpu: bool = False,
    units: int = 0,
) -> bool:
    """Return whether PyTorch's own recurrent function is the one to use.

    On the processor it is for LSTM (``on_cpu``), where oneDNN carries it out, unless native code is faster.
    """
    if recurrent_dropout_mask is not None or (dropout_mask is not None and dropout_mask.ndim == 3):
        return False
    if x.device.type == "cuda":
        return True
    # in a graph it is an operation that lacks what the backward pass needs
    engine = on_cpu and x.device.type == "cpu" and x.dtype is torch.float32 and _ONEDNN
    return engine and not is_traced() and not (units <= _LARGEST_NATIVE and native.runs(x))


def _run_engine(engine: Any, x: Tensor, states: Any, weights: list[Tensor | None]) -> Any:
    """Call PyTorch's function for one layer, ``(steps, batch, features)``."""
    kernel, recurrent_kernel, *biases = weights
    assert kernel is not None
    assert recurrent_kernel is not None
    parts = [kernel.t(), recurrent_kernel.t()]
    if biases[0] is not None:
        parts += [torch.zeros_like(biases[0]) if bias is None else bias for bias in biases]
    if x.device.type == "cuda":
        # cuDNN wants them one after the other in one piece of memory, and warns where they aren't.
        flat = torch.cat([part.reshape(-1) for part in parts])
        pieces = flat.split([part.numel() for part in parts])
        parts = [piece.view(part.shape) for piece, part in zip(pieces, parts, strict=True)]
    return engine(x, states, parts, len(parts) > 2, 1, 0.0, torch.is_grad_enabled(), False, False)


def engine_lstm(
    x: Tensor,
    initial_h: Tensor,
    initial_c: Tensor,
    kernel: Tensor,
    recurrent_kernel: Tensor,
    bias: Tensor | None,
    steps: _Steps,
) -> tuple[Tensor, Tensor]:
    """Return the states h after each step, and the last c.

    The engine returns c after all steps. So that those of padding leave it alone, the inputs get one more
    feature, 1 in padding, that shuts the input gate and opens the forget gate.
    """
    if steps.counted is not None:
        total = steps.counted[-1]
        padding = torch.arange(x.shape[0], device=x.device).unsqueeze(1) >= total
        x = torch.cat([x, padding.unsqueeze(2).to(x.dtype)], dim=2)
        units = recurrent_kernel.shape[0]
        row = torch.zeros((1, 4 * units), dtype=kernel.dtype, device=kernel.device)
        row[:, :units] = -_SHUT
        row[:, units : 2 * units] = _SHUT
        kernel = torch.cat([kernel, row])
    states = (initial_h.unsqueeze(0), initial_c.unsqueeze(0))
    hs, _, c = _run_engine(_VF.lstm, x, states, [kernel, recurrent_kernel, bias, None])
    return hs, c[0]


def _reset_first(weights: Tensor | None) -> Tensor | None:
    """Exchange update and reset gate, as PyTorch has them."""
    if weights is None:
        return None
    update, reset, candidate = weights.chunk(3, -1)
    return torch.cat([reset, update, candidate], -1)


def _drop(x: Tensor, dropout_mask: Tensor | None) -> Tensor:
    """Multiply all steps by one mask."""
    return x if dropout_mask is None else x * dropout_mask


def _project(x: Tensor, kernel: Tensor, bias: Tensor | None, dropout_mask: Tensor | None) -> Tensor:
    """Return the inputs' products with the kernel for all steps at once."""
    if dropout_mask is not None and dropout_mask.ndim == 3:
        if not is_for_compiler() and not dropout_mask.requires_grad and x.device.type == "cpu":
            projected: Tensor = ByGate.apply(x, kernel, bias, dropout_mask)
            return projected
        columns = kernel.chunk(dropout_mask.shape[0], 1)
        masks = dropout_mask.unbind(0)
        z = torch.cat([(x * m) @ part for m, part in zip(masks, columns, strict=True)], dim=2)
        return z if bias is None else z + bias
    x = _drop(x, dropout_mask)
    z = product(x.flatten(0, 1), kernel, bias)
    return z.view(*x.shape[:2], kernel.shape[1])


def _by_gate(recurrent_dropout_mask: Tensor | None) -> Tensor | None:
    """Return the dropout of the state with an axis of gates."""
    if recurrent_dropout_mask is None or recurrent_dropout_mask.ndim == 3:
        return recurrent_dropout_mask
    return recurrent_dropout_mask.unsqueeze(0)
