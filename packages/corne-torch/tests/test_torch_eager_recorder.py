"""Steps recorded while they run: replaying them is running them, and what can't be replayed isn't."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import corne
import numpy as np
import pytest
import torch
from corne import layers, losses, ops, optimizers
from corne.random import set_random_seed
from corne_torch.traced import step as traced
from corne_torch.traced.cost_model import CostModel

rng = np.random.default_rng(0)
X = rng.normal(size=(52, 12)).astype("float32")
Y = rng.integers(0, 3, 52)


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Record at the third batch."""
    monkeypatch.setattr(CostModel, "calls_to_record", lambda self: 3.0)


def dense() -> corne.Model:
    return corne.Sequential([
        layers.Input((12,)), layers.Dense(8, activation="relu", kernel_regularizer="l2"), layers.Dropout(0.2),
        layers.Dense(3),
    ])  # fmt: skip


def convolutional() -> corne.Model:
    return corne.Sequential([
        layers.Input((12,)), layers.Reshape((4, 3, 1)), layers.Conv2D(4, 2, padding="same", activation="relu"),
        layers.BatchNormalization(), layers.MaxPooling2D((2, 1)), layers.GaussianNoise(0.1), layers.Flatten(),
        layers.Dense(3),
    ])  # fmt: skip


def recurrent() -> corne.Model:
    return corne.Sequential([
        layers.Input((12,)), layers.Reshape((4, 3)), layers.GRU(5, dropout=0.1, recurrent_dropout=0.1),
        layers.Dense(3),
    ])  # fmt: skip


class OneAfterAnother(corne.Model):
    """A model with a training step of its own, whose logs are the state itself."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden, self.out = layers.Dense(8, activation="relu"), layers.Dense(3)

    def call(self, x: Any) -> Any:
        return self.out(self.hidden(x))

    def train_step(self, data: Any) -> Any:
        x, y, *weights = data
        value, gradients = self.value_and_grad(
            lambda: self.compute_loss(x, y, self(x, training=True), *weights)
        )
        self.optimizer.apply(gradients, self.trainable_variables)
        return {"loss": value, "bias": self.out.bias.value}


def compiled(model: corne.Model, optimizer: Any = "adam", **arguments: Any) -> corne.Model:
    loss = losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer, loss, **{"metrics": ["accuracy"], "jit_compile": False, **arguments})
    return model


def train(make: Callable[[], corne.Model], optimizer: Any = "adam", **arguments: Any) -> Any:
    set_random_seed(1)
    model = compiled(make(), optimizer, **arguments)
    weights = np.linspace(0, 1, 52, dtype="float32")
    logs = model.fit(X, Y, sample_weight=weights, batch_size=13, epochs=4, verbose=0).history
    return model, logs


@pytest.mark.parametrize("make", [dense, convolutional, recurrent, OneAfterAnother])
@pytest.mark.parametrize(
    "optimizer",
    [
        lambda: optimizers.Adam(optimizers.schedules.ExponentialDecay(0.01, 3, 0.9), clipnorm=0.1),
        lambda: optimizers.SGD(0.1, momentum=0.9, nesterov=True, use_ema=True),
        lambda: optimizers.AdamW(amsgrad=True),
        lambda: optimizers.RMSprop(centered=True),
        lambda: optimizers.Lion(),
    ],
)
def test_a_replay_gives_the_same_bits(make: Callable[[], corne.Model], optimizer: Callable[[], Any]) -> None:
    eager, eager_logs = train(make, optimizer(), run_eagerly=True)
    model, logs = train(make, optimizer())
    assert model.explain_steps()["train"] == "recorded: it pays after 3 batches"
    assert logs == eager_logs if make is not OneAfterAnother else logs.keys() == eager_logs.keys()
    for a, b in zip(
        model.variables + model.optimizer.variables, eager.variables + eager.optimizer.variables, strict=True
    ):
        np.testing.assert_array_equal(a.numpy(), b.numpy(), err_msg=a.path)
    for _ in range(4):
        np.testing.assert_array_equal(model.predict(X, verbose=0), eager.predict(X, verbose=0))
    assert model.evaluate(X, Y, batch_size=13, verbose=0) == eager.evaluate(X, Y, batch_size=13, verbose=0)
    assert all(way.startswith("recorded") for way in model.explain_steps().values())


def test_logs_stay_what_they_were() -> None:
    model = compiled(OneAfterAnother(), "sgd")
    steps = [model.train_on_batch(X, Y, return_dict=True)["bias"] for _ in range(6)]
    assert model.explain_steps()["train"].startswith("recorded")
    assert len({float(bias.sum()) for bias in steps}) == 6


@pytest.mark.parametrize(
    "look",
    [
        lambda x: float(ops.sum(ops.stop_gradient(x))),
        lambda x: x.detach().numpy().sum(),
        lambda x: np.asarray(x.detach()).sum(),
        lambda x: sum(x.detach().sum(0).tolist()),
        lambda x: (x.detach() > 0).nonzero().shape[0],
    ],
)
def test_a_step_that_looks_at_values_is_run(look: Callable[[Any], float]) -> None:
    class Curious(corne.Model):
        def call(self, x: Any) -> Any:
            return x * 2 if look(x) > 0 else x

    model = compiled(Curious())
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # that it isn't replayed is no news to who said jit_compile=False
        for sign in (1, -1, 1, -1, 1, -1):
            x = abs(X) if sign > 0 else -abs(X)
            np.testing.assert_array_equal(model.predict_on_batch(x), x * 2 if sign > 0 else x)
    assert "reads the value of an array" in model.explain_steps()["predict"]
    assert "test_torch_eager_recorder.py" in model.explain_steps()["predict"]


def test_a_step_that_sets_attributes_is_run() -> None:
    class Remembering(layers.Dense):
        def call(self, x: Any) -> Any:
            self.calls = getattr(self, "calls", 0) + 1
            return super().call(x)

    model = compiled(corne.Sequential([layers.Input((12,)), Remembering(3)]))
    before = getattr(model.layers[0], "calls", 0)
    for _ in range(6):
        model.train_on_batch(X, Y)
    assert model.layers[0].calls - before >= 6
    assert model.explain_steps()["train"].startswith("eager: it sets attributes")
    model.compile("adam", "mse", jit_compile=True)
    model.train_on_batch(X, X[:, :3])  # the first batch might do what later ones don't
    with pytest.warns(traced.EagerStepWarning, match="sets attributes"):
        model.train_on_batch(X, X[:, :3])


def test_a_changed_setting_counts_at_once() -> None:
    class Scale(layers.Layer):
        factor = 1.0

        def call(self, x: Any) -> Any:
            return x * self.factor

    model = compiled(corne.Sequential([layers.Input((12,)), Scale()]))
    for _ in range(5):
        model.predict_on_batch(X)
    assert model.explain_steps()["predict"].startswith("recorded")
    model.layers[0].factor = 3.0
    np.testing.assert_array_equal(model.predict_on_batch(X), X * 3)
    np.testing.assert_array_equal(model.predict_on_batch(X), X * 3)


def test_a_setting_of_another_model_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    model, other = compiled(dense()), dense()
    for _ in range(5):
        model.train_on_batch(X, Y)
    recordings = []
    record = traced.TracedStep._record
    monkeypatch.setattr(
        traced.TracedStep, "_record", lambda self, *args: recordings.append(self) or record(self, *args)
    )
    for rate in (0.1, 0.3):
        other.layers[1].rate = rate
        model.train_on_batch(X, Y)
    assert not recordings
    model.layers[1].rate = 0.4
    model.train_on_batch(X, Y)
    assert len(recordings) == 1


def test_a_setting_of_a_model_that_only_the_step_knows_counts_at_once() -> None:
    class Scale(layers.Layer):
        factor = 1.0

        def call(self, x: Any) -> Any:
            return x * self.factor

    teacher = Scale()

    class Student(corne.Model):
        def call(self, x: Any) -> Any:
            return teacher(x)

    model = compiled(Student())
    for _ in range(5):
        model.predict_on_batch(X)
    assert model.explain_steps()["predict"].startswith("recorded")
    teacher.factor = 3.0
    np.testing.assert_array_equal(model.predict_on_batch(X), X * 3)


def test_thawing_and_freezing_count_at_once() -> None:
    model = compiled(convolutional())
    for _ in range(5):
        model.train_on_batch(X, Y)
    normalization = next(x for x in model.layers if isinstance(x, layers.BatchNormalization))
    normalization.trainable = False
    before = [v.numpy() for v in normalization.variables]
    model.train_on_batch(X, Y)
    model.train_on_batch(X, Y)
    for v, old in zip(normalization.variables, before, strict=True):
        np.testing.assert_array_equal(v.numpy(), old)


def test_two_inputs_that_were_one() -> None:
    first, second = layers.Input((12,)), layers.Input((12,))
    model = compiled(corne.Model([first, second], layers.Subtract()([first, second])))
    same = torch.from_numpy(X)
    for _ in range(5):
        assert not model.predict_on_batch([same, same]).any()
    np.testing.assert_array_equal(model.predict_on_batch([same, same * 2]), -X)


def test_state_that_nobody_named_is_found() -> None:
    outside = corne.Variable(np.float32(0), trainable=False)

    class Counting(layers.Dense):
        def call(self, x: Any) -> Any:
            outside.assign_add(1.0)
            return super().call(x)

    model = compiled(corne.Sequential([layers.Input((12,)), Counting(3)]))
    model.train_on_batch(X, Y)
    before = float(outside)
    for _ in range(9):
        model.train_on_batch(X, Y)
    assert float(outside) - before == 9
    assert model.explain_steps()["train"].startswith("recorded")


def test_an_array_of_ones_own_that_a_layer_changes_in_place() -> None:
    class Keeping(layers.Layer):
        def __init__(self) -> None:
            super().__init__()
            self.seen = torch.zeros(())

        def call(self, x: Any) -> Any:
            self.seen.add_(1.0)
            return x + self.seen

    model = compiled(corne.Sequential([layers.Input((12,)), Keeping()]))
    model.predict_on_batch(X)
    before = float(model.layers[0].seen)
    for i in range(6):
        np.testing.assert_array_equal(model.predict_on_batch(X), X + np.float32(before + i + 1))
