"""No step reads a value back to Python, so that a GPU never has to be waited for and a step can be traced.

A processor's values are at hand and may be read; here the engine is told that they are not.
"""

from __future__ import annotations

import corne.optimizers
import numpy as np
import pytest
from corne import Variable
from corne.backend import choice

torch = pytest.importorskip("torch")
kernels = pytest.importorskip("corne_torch.kernels.optimizers")

RULES = [
    "SGD", "Adam", "AdamW", "RMSprop", "Adagrad", "Adadelta", "Adamax", "Nadam", "Ftrl", "Lion", "Lamb",
    "Adafactor", "ScheduleFreeAdamW", "Muon",
]  # fmt: skip
SCHEDULES = {
    "ExponentialDecay": {"initial_learning_rate": 0.1, "decay_steps": 5, "decay_rate": 0.5},
    "InverseTimeDecay": {
        "initial_learning_rate": 0.1,
        "decay_steps": 5,
        "decay_rate": 0.5,
        "staircase": True,
    },
    "PiecewiseConstantDecay": {"boundaries": [1, 2], "values": [0.1, 0.2, 0.3]},
    "PolynomialDecay": {"initial_learning_rate": 0.1, "decay_steps": 5, "cycle": True},
    "CosineDecay": {"initial_learning_rate": 0.1, "decay_steps": 5, "warmup_target": 0.2, "warmup_steps": 3},
    "CosineDecayRestarts": {"initial_learning_rate": 0.1, "first_decay_steps": 2},
}


@pytest.fixture
def step(monkeypatch):
    """Return a function that takes three steps in which reading a tensor is an error."""

    def run(optimizer):
        weights = [Variable(np.full(shape, 0.5, "float32")) for shape in ((4, 3), (3,))]
        gradients = [torch.ones(w.shape) for w in weights]
        optimizer.build(weights)
        monkeypatch.setattr(kernels, "_is_at_hand", lambda arrays: False)
        for name in ("item", "tolist", "numpy", "nonzero", "__bool__", "__int__", "__float__", "__index__"):
            monkeypatch.setattr(
                torch.Tensor, name, lambda *args, _n=name: pytest.fail(f"Tensor.{_n} in a step")
            )
        for _ in range(3):
            optimizer.apply(gradients, weights)

    with choice.use("cpu"):
        yield run


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"clipnorm": 1.0, "use_ema": True, "ema_overwrite_frequency": 2},
        {
            "global_clipnorm": 1.0,
            "gradient_accumulation_steps": 2,
            "weight_decay": 0.1,
            "loss_scale_factor": 2.0,
        },
    ],
    ids=["plain", "average", "accumulation"],
)
def test_optimizers(step, name, options):
    step(getattr(corne.optimizers, name)(**options))


@pytest.mark.parametrize("name", SCHEDULES)
def test_schedules(step, name):
    step(corne.optimizers.SGD(getattr(corne.optimizers.schedules, name)(**SCHEDULES[name])))


def test_loss_scaling(step):
    step(corne.optimizers.LossScaleOptimizer(corne.optimizers.Adam(gradient_accumulation_steps=2)))
