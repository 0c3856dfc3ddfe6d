"""Recurrent kernels: derivatives against finite differences, and PyTorch's own LSTM on masked sequences.

Agreement with the default bodies is tested with all other kernels, in test_torch_kernels.py.
"""

from __future__ import annotations

import itertools

import pytest
import torch
from corne import ops
from corne_torch.kernels import _recurrence
from corne_torch.kernels._projection import ByGate
from corne_torch.kernels.recurrent import _in_order, engine_lstm

GATES = {"SimpleRNN": 1, "LSTM": 4, "GRU": 3}
STEPS, BATCH, UNITS = 3, 2, 2


def doubles(*shape: int) -> torch.Tensor:
    return torch.randn(shape, dtype=torch.float64).requires_grad_()


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


@pytest.mark.parametrize("dropped", ["no", "alike", "by gate"])
@pytest.mark.parametrize("name", list(GATES))
def test_derivatives_are_those_of_finite_differences(name, dropped):
    gates = GATES[name]
    x, h, kernel = doubles(STEPS, BATCH, gates * UNITS), doubles(BATCH, UNITS), doubles(UNITS, gates * UNITS)
    count = {"no": 0, "alike": 1, "by gate": gates}[dropped]
    scale = torch.rand((count, BATCH, UNITS), dtype=torch.float64) if count else None
    if name == "LSTM":
        c = doubles(BATCH, UNITS)
        run = lambda x, *others: _recurrence.LSTM.apply(x.clone(), *others, scale)  # noqa: E731
        assert torch.autograd.gradcheck(run, (x, h, c, kernel))
        for part in (0, 1):  # the other one's gradient is None then
            assert torch.autograd.gradcheck(lambda *a, part=part: run(*a)[part], (x, h, c, kernel))
    elif name == "GRU":
        run = lambda x, h, kernel, bias=None: _recurrence.GRU.apply(x.clone(), h, kernel, bias, scale)  # noqa: E731
        assert torch.autograd.gradcheck(run, (x, h, kernel, doubles(UNITS)))
        assert torch.autograd.gradcheck(run, (x, h, kernel))
    else:
        for activation in ("tanh", "relu"):
            run = lambda *a, activation=activation: _recurrence.SimpleRNN.apply(*a, scale, activation)  # noqa: E731
            assert torch.autograd.gradcheck(run, (x, h, kernel))


@pytest.mark.parametrize("biased", [False, True])
def test_derivatives_of_products_with_masked_inputs(biased):
    x, kernel, bias = doubles(STEPS, BATCH, 4), doubles(4, 3 * UNITS), doubles(3 * UNITS) if biased else None
    masks = torch.rand((3, BATCH, 4), dtype=torch.float64)
    assert torch.autograd.gradcheck(ByGate.apply, (x, kernel, bias, masks))
    parts = [(x * mask) @ part for mask, part in zip(masks, kernel.chunk(3, 1), strict=True)]
    expected = torch.cat(parts, 2) if bias is None else torch.cat(parts, 2) + bias
    torch.testing.assert_close(ByGate.apply(x, kernel, bias, masks), expected)


MASKS = [
    [[1, 1, 1, 1], [1, 1, 0, 0], [0, 0, 0, 0]],
    [[1, 1, 1, 1], [0, 0, 1, 1], [0, 0, 0, 1]],
    [[0, 1, 0, 1], [1, 0, 0, 1], [1, 0, 1, 0]],
]


@pytest.mark.parametrize(
    "mask, backwards, biased", list(itertools.product(MASKS, (False, True), (False, True)))
)
def test_the_engine_s_lstm_keeps_its_state_through_padding(mask, backwards, biased):
    x, h, c = torch.randn(3, 4, 2), torch.randn(3, 5), torch.randn(3, 5)
    kernel, recurrent = torch.randn(2, 20), torch.randn(5, 20)
    bias = torch.randn(20) if biased else None
    truth = torch.tensor(mask, dtype=torch.bool)
    expected = ops.lstm.body(x, h, c, kernel, recurrent, bias, truth, go_backwards=backwards)
    ordered, steps = _in_order(x, truth, backwards)
    hs, last_c = engine_lstm(ordered, h, c, kernel, recurrent, bias, steps)
    outputs, last_h = steps.finish(hs, h, return_sequences=True, zero_output_for_mask=False)
    for one, two in zip((outputs, last_h, last_c), expected, strict=True):
        torch.testing.assert_close(one, two, rtol=1e-5, atol=1e-6)


def test_a_mask_that_learns_gets_its_gradient(engine):
    x, h = torch.randn(2, 3, 2), torch.randn(2, 3)
    mask = torch.ones(2, 3, requires_grad=True)
    outputs, _ = ops.gru(x, h, torch.randn(2, 9), torch.randn(3, 9), recurrent_dropout_mask=mask)
    outputs.sum().backward()
    assert mask.grad is not None
    assert mask.grad.abs().sum() > 0


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16, torch.float16])
def test_other_dtypes_stay(engine, dtype):
    make = lambda *shape: torch.randn(shape).to(dtype)  # noqa: E731
    mask = torch.tensor([[1, 1, 0], [0, 1, 1]], dtype=torch.bool)
    for grad in (True, False):
        with torch.set_grad_enabled(grad):
            results = ops.lstm(
                make(2, 3, 4), make(2, 5), make(2, 5), make(4, 20), make(5, 20), make(20), mask
            )
            assert all(r.dtype is dtype and torch.isfinite(r).all() for r in results)
