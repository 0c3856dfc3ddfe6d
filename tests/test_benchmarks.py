"""The programs that benchmarks compare are the same network, and they train."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("sklearn")

import corne

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def found(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT))


NAMES = ["seed-mlp", "mlp", "cnn", "resnet", "lstm", "gru-dropout", "transformer"]


@pytest.mark.parametrize("name", NAMES)
def test_both_programs_have_the_same_weights_and_train(name):
    import torch

    from benchmarks.workloads import WORKLOADS

    workload = WORKLOADS[name]
    x, y = (array[:4] for array in workload.data())
    model = workload.build(corne, jit_compile=False)
    losses = model.fit(x, y, batch_size=4, epochs=2, verbose=0).history["loss"]
    assert np.isfinite(losses).all()

    network = workload.network()
    # PyTorch has two vectors of biases for each set of gates, and uses their sum.
    twice = 2 * 4 * 64 if name == "lstm" else 0
    count = sum(parameter.numel() for parameter in network.parameters())
    assert count - twice == sum(int(np.prod(w.shape)) for w in model.trainable_weights)
    network.train()
    before = [parameter.detach().clone() for parameter in network.parameters()]
    optimizer = workload.optimizer(network.parameters())
    workload.loss()(network(workload.prepare(torch.from_numpy(x))), torch.from_numpy(y)).backward()
    optimizer.step()
    moved = [bool((a != b).any()) for a, b in zip(before, network.parameters(), strict=True)]
    assert all(moved)


def test_tables_show_ratios_and_failures():
    from benchmarks.report import report

    base = {"workload": "mlp", "cpu": 0.002, "first": 2.0, "extra": 1.0, "memory": 5_000_000}
    records = [
        {**base, "contestant": "raw", "round": 0, "step": 0.002},
        {**base, "contestant": "raw", "round": 1, "step": 0.004},
        {**base, "contestant": "corne", "round": 0, "step": 0.001},
        {**base, "contestant": "corne", "round": 1, "step": 0.002, "first": 1.5},
        {"workload": "mlp", "contestant": "keras-jax", "round": 0, "error": "no jax"},
    ]
    text = report(records)
    assert "0.50 (0.50)" in text
    assert "2.00 / 1.50" in text
    assert "- mlp, keras-jax: no jax" in text
