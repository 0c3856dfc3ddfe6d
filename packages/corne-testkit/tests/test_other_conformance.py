"""The smaller classes must fail on bad activations, losses, metrics, optimizers and backends."""

from __future__ import annotations

import numpy as np
import pytest
from corne import backend as backends
from corne import ops
from corne.backend.kernels import replaced
from corne.loss import Loss
from corne.metric import Mean, Metric
from corne.optimizer import Optimizer
from corne_testkit import (
    ActivationCase,
    ActivationConformance,
    BackendConformance,
    LossCase,
    LossConformance,
    MetricCase,
    MetricConformance,
    OptimizerCase,
    OptimizerConformance,
)
from corne_testkit.operation_cases import CASES

FAILED = pytest.fail.Exception


def widened(x):
    return ops.cast(ops.square(x), "float32")


def wrong_slope(x):
    @ops.custom_gradient
    def function(x):
        return ops.square(x), lambda upstream: upstream

    return function(x)


def test_bad_activations_fail(backend):
    kit = ActivationConformance()
    with pytest.raises(FAILED, match="expected the dtype bfloat16 of x; float32"):
        kit.test_shape_and_dtype(ActivationCase(widened), backend, "bfloat16")
    if "gradients" in backend.capabilities:
        with pytest.raises(FAILED, match="expected gradients"):
            kit.test_gradients(ActivationCase(wrong_slope), backend)


class Reduced(Loss):
    def call(self, y_true, y_pred):
        return ops.mean(ops.square(y_true - y_pred))


class Forgetful(Loss):
    def __init__(self, power=2, **kwargs):
        super().__init__(**kwargs)
        self.power = power

    def call(self, y_true, y_pred):
        return ops.mean(ops.power(ops.absolute(y_true - y_pred), self.power), axis=-1)

    def get_config(self):
        return {"name": self.name, "reduction": self.reduction}


def test_bad_losses_fail(backend):
    kit = LossConformance()
    with pytest.raises(FAILED, match="one value per sample"):
        kit.test_sample_weights(LossCase(Reduced), backend)
    with pytest.raises(FAILED, match=r"it lacks \['power'\]"):
        kit.test_configuration_round_trip(LossCase(Forgetful, {"power": 3}), backend)


class Last(Metric):
    """Knows only the last batch, and never forgets how many there were."""

    batches = 0

    def __init__(self, name="last", dtype=None):
        super().__init__(name=name, dtype=dtype)
        self.last = self.add_variable(shape=(), initializer="zeros", name="last")

    def update_state(self, y_true, y_pred, sample_weight=None):
        self.batches += 1
        self.last.assign(ops.mean(y_pred))

    def result(self):
        return ops.multiply(self.last.value, float(self.batches))


class Drifting(Mean):
    def update_state(self, y_true, y_pred, sample_weight=None):
        super().update_state(y_pred)

    def result(self):
        self.total.assign_add(1.0)
        return super().result()


def test_bad_metrics_fail(backend):
    kit = MetricConformance()
    with pytest.raises(FAILED, match="two batches should"):
        kit.test_batches_add_up(MetricCase(Last), backend)
    with pytest.raises(FAILED, match=r"reset_state\(\) should"):
        kit.test_reset(MetricCase(Last), backend)
    with pytest.raises(FAILED, match=r"result\(\) should return the same figure twice"):
        kit.test_result(MetricCase(Drifting), backend)


class Uphill(Optimizer):
    def update_step(self, gradient, variable, learning_rate):
        self.assign_add(variable, ops.multiply(gradient, 0.1))


class Remembering(Optimizer):
    """Keeps a sum where files don't look."""

    total = 0.0

    def update_step(self, gradient, variable, learning_rate):
        self.total = ops.add(gradient, self.total)
        self.assign_sub(variable, ops.multiply(self.total, learning_rate))


def test_bad_optimizers_fail(backend):
    kit = OptimizerConformance()
    with pytest.raises(FAILED, match="a descent from"):
        kit.test_descends(OptimizerCase(Uphill), backend)
    with pytest.raises(FAILED, match="expected no change at a learning rate of 0"):
        kit.test_frozen_weights_stay(OptimizerCase(Uphill), backend)
    with pytest.raises(FAILED, match="variables should have all state"):
        kit.test_state_is_in_variables(OptimizerCase(Remembering, {"learning_rate": 0.1}), backend)


class Kit(BackendConformance):
    name = "numpy"


def test_bad_kernels_fail():
    numpy = backends.load("numpy")
    exp = next(case for case in CASES if case.name == "exp")
    for kernel, message in (
        (lambda x: np.exp(x) + 1, "should give the values of the default body"),
        (lambda x: np.exp(x).astype("float64"), "the kernel should have the dtypes"),
    ):
        with replaced(numpy, {"exp": kernel}), backends.use(numpy), pytest.raises(FAILED, match=message):
            Kit().test_kernels(numpy, exp)


def test_bad_draws_fail(monkeypatch):
    numpy = backends.load("numpy")
    generator = np.random.default_rng(0)
    monkeypatch.setattr(numpy, "random_normal", lambda key, shape, dtype: generator.normal(size=shape))
    with pytest.raises(FAILED, match="depend on the key"):
        Kit().test_random_draws(numpy, "random_normal", "float32")
    monkeypatch.setattr(
        numpy, "random_uniform", lambda key, shape, dtype: np.random.default_rng(key).random(shape) / 2
    )
    with pytest.raises(FAILED, match=r"mean 0\.5"):
        Kit().test_random_draws(numpy, "random_uniform", "float32")
