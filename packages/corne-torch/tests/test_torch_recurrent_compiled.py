"""Recurrent networks in graphs: one operation for all time steps, and training as eager steps train."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from corne import ops
from torch.fx.experimental.proxy_tensor import make_fx

GATES = {"simple_rnn": 1, "lstm": 4, "gru": 3}


@pytest.mark.parametrize("name", list(GATES))
def test_a_graph_is_as_large_for_many_steps_as_for_few(engine, name):
    gates, states = GATES[name], 2 if name == "lstm" else 1
    weights = torch.randn(2, gates * 3), torch.randn(3, gates * 3)
    scale = torch.rand(4, 3)

    def gradient(x, scale, *weights):
        x = x.detach().requires_grad_()
        initial = [torch.zeros(4, 3)] * states
        outputs = getattr(ops, name)(x, *initial, *weights, recurrent_dropout_mask=scale)[0]
        return torch.autograd.grad(outputs.sum(), x)[0]

    sizes = []
    for length in (2, 40):
        given = torch.randn(4, length, 2), scale, *weights
        graph = make_fx(gradient, tracing_mode="fake")(*given)
        sizes.append(len(graph.graph.nodes))
        torch.testing.assert_close(graph(*given), gradient(*given))
    assert sizes[0] == sizes[1]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning")  # inside PyTorch's compiler
def test_compiled_training_gives_the_weights_of_eager_training():
    corne = pytest.importorskip("corne")
    pytest.importorskip("corne_recurrent", reason="trains recurrent layers")
    pytest.importorskip("corne_layers", reason="trains an embedding")
    layers = corne.layers
    x = np.random.default_rng(0).integers(0, 20, (8, 7))
    y = np.random.default_rng(1).normal(size=(8, 1)).astype("float32")
    weights = []
    for jit_compile in (False, True):
        corne.utils.set_random_seed(3)
        # all of them in one model, since compiling is what takes time
        model = corne.Sequential([
            layers.Embedding(20, 6, mask_zero=True),
            layers.LSTM(5, return_sequences=True, recurrent_dropout=0.2),
            layers.GRU(4, return_sequences=True, dropout=0.2, recurrent_dropout=0.2),
            layers.LSTM(3, return_sequences=True, go_backwards=True),
            layers.SimpleRNN(3),
            layers.Dense(1),
        ])  # fmt: skip
        model.compile(corne.optimizers.SGD(0.1), loss="mse", jit_compile=jit_compile)
        model.fit(x, y, epochs=20, batch_size=8, shuffle=False, verbose=0)
        weights.append(model.get_weights())
    for eager, compiled in zip(*weights, strict=True):
        np.testing.assert_allclose(compiled, eager, rtol=0, atol=1e-5)
