"""Steps as graphs: what they compute, what they leave alone, and when they are made."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import corne
import numpy as np
import pytest
import torch
from corne import layers, losses, metrics, ops, optimizers
from corne.random import set_random_seed
from corne_torch.traced import compiler
from corne_torch.traced import step as traced
from corne_torch.traced.cost_model import CostModel

rng = np.random.default_rng(0)
X = rng.normal(size=(50, 12)).astype("float32")
Y = rng.integers(0, 3, 50)
needs_compiler = pytest.mark.skipif(compiler.cpp_compiler() is None, reason="no C++ compiler")


def dense(**arguments: Any) -> corne.Model:
    return corne.Sequential(
        [layers.Input((12,)), layers.Dense(16, activation="tanh", **arguments), layers.Dense(3)]
    )


def normalized() -> corne.Model:
    return corne.Sequential([
        layers.Input((12,)), layers.Dense(8), layers.BatchNormalization(), layers.GaussianNoise(0.1),
        layers.Dropout(0.2), layers.Dense(3),
    ])  # fmt: skip


def convolutional() -> corne.Model:
    return corne.Sequential([
        layers.Input((12,)), layers.Reshape((4, 3, 1)), layers.Conv2D(4, 2, padding="same", activation="relu"),
        layers.MaxPooling2D((2, 2)), layers.Flatten(), layers.Dense(3),
    ])  # fmt: skip


class Subclassed(corne.Model):
    """A model with a training step of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden, self.drop, self.out = (
            layers.Dense(8, activation="relu"),
            layers.Dropout(0.3),
            layers.Dense(3),
        )

    def call(self, x: Any, training: bool = False) -> Any:
        return self.out(self.drop(self.hidden(x), training=training))

    def train_step(self, data: Any) -> Any:
        x, y = data
        value, gradients = self.value_and_grad(lambda: self.compute_loss(x, y, self(x, training=True)))
        self.optimizer.apply(gradients, self.trainable_variables)
        for metric in self.metrics:
            metric.update_state(value) if metric.name == "loss" else metric.update_state(y, self(x))
        return {metric.name: metric.result() for metric in self.metrics} | {"twice": value * 2}


CONFIGURATIONS: dict[str, tuple[Callable[[], corne.Model], Callable[[], Any]]] = {
    "adam": (dense, lambda: "adam"),
    "schedule and clipnorm": (
        dense,
        lambda: optimizers.Adam(optimizers.schedules.ExponentialDecay(0.01, 3, 0.9), clipnorm=0.1),
    ),
    "accumulation": (dense, lambda: optimizers.Adam(0.01, gradient_accumulation_steps=2)),
    "averages": (
        dense,
        lambda: optimizers.SGD(0.1, momentum=0.9, use_ema=True, ema_overwrite_frequency=3),
    ),
    "penalties and constraints": (
        lambda: dense(kernel_regularizer="l2", activity_regularizer="l1", kernel_constraint="max_norm"),
        lambda: "rmsprop",
    ),
    "loss scale": (dense, lambda: optimizers.LossScaleOptimizer(optimizers.Adam(0.01))),
    "statistics and noise": (normalized, lambda: optimizers.SGD(0.1)),
    "convolution": (convolutional, lambda: "adamw"),
    "a step of one's own": (Subclassed, lambda: "adam"),
}


def train(
    make: Callable[[], corne.Model], optimizer: Any, jit_compile: bool | str, epochs: int = 5, **options: Any
) -> tuple[corne.Model, dict[str, list[float]]]:
    """Train 20 steps, the last of each epoch smaller."""
    set_random_seed(1)
    model = make()
    model.compile(
        optimizer, losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"],
        jit_compile=jit_compile,
    )  # fmt: skip
    history = model.fit(X, Y, batch_size=13, epochs=epochs, verbose=0, **options)
    return model, history.history


def assert_alike(one: corne.Model, two: corne.Model) -> None:
    for a, b in zip(
        one.variables + one.optimizer.variables, two.variables + two.optimizer.variables, strict=True
    ):
        np.testing.assert_allclose(a.numpy(), b.numpy(), rtol=1e-5, atol=1e-5, err_msg=a.path)


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_a_recorded_step_does_what_the_step_does(name: str, interpreted: list[Any]) -> None:
    make, optimizer = CONFIGURATIONS[name]
    weights = {"sample_weight": np.linspace(0, 1, 50, dtype="float32")} if make is dense else {}
    eager, eager_logs = train(make, optimizer(), False, **weights)
    model, logs = train(make, optimizer(), True, **weights)
    assert len(interpreted) == 1
    assert model.explain_steps()["train"] == "compiled: as asked"
    assert_alike(eager, model)
    assert logs.keys() == eager_logs.keys()
    for key, values in logs.items():
        np.testing.assert_allclose(values, eager_logs[key], rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(model.predict(X, verbose=0), eager.predict(X, verbose=0), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(
        model.evaluate(X, Y, verbose=0), eager.evaluate(X, Y, verbose=0), rtol=1e-4, atol=1e-5
    )


@needs_compiler
@pytest.mark.parametrize("name", ["schedule and clipnorm", "statistics and noise", "convolution"])
def test_a_compiled_step_does_what_the_step_does(name: str) -> None:
    make, optimizer = CONFIGURATIONS[name]
    eager, _ = train(make, optimizer(), False)
    model, _ = train(make, optimizer(), True)
    again, _ = train(make, optimizer(), True)
    assert model.explain_steps()["train"] == "compiled: as asked"
    assert_alike(eager, model)
    for a, b in zip(model.variables, again.variables, strict=True):
        np.testing.assert_array_equal(a.numpy(), b.numpy())
    for index in (0, 1):  # another batch of the same size is not the first one again
        x = X[index * 13 : index * 13 + 13]
        np.testing.assert_allclose(model.predict_on_batch(x), model(x).detach().numpy(), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("jit_compile", [False, "auto"])
def test_one_seed_gives_one_result(jit_compile: bool | str) -> None:
    (one, _), (two, _) = (train(normalized, "adam", jit_compile) for _ in range(2))
    for a, b in zip(one.variables, two.variables, strict=True):
        np.testing.assert_array_equal(a.numpy(), b.numpy())


def test_a_value_looked_at(interpreted: list[Any]) -> None:
    class Curious(corne.Model):
        def __init__(self) -> None:
            super().__init__()
            self.out = layers.Dense(3)

        def call(self, x: Any) -> Any:
            x = self.out(x)
            if float(ops.stop_gradient(ops.sum(x))) > 0:  # a value
                x = x * 2
            return x

    with pytest.warns(traced.EagerStepWarning, match=r"reads the value.*test_torch_traced.py:\d+: if float"):
        model, _ = train(Curious, "adam", True)
    assert model.explain_steps()["train"].startswith("eager: it reads the value")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.fit(X, Y, verbose=0)  # told once
    eager, _ = train(Curious, "adam", False, epochs=5)
    eager.fit(X, Y, verbose=0)
    assert eager.count_params() == model.count_params()


def test_without_a_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiler, "cpp_compiler", lambda: None)
    with pytest.warns(traced.EagerStepWarning, match=r"no C\+\+ compiler; install"):
        model, _ = train(dense, "adam", True)
    eager, _ = train(dense, "adam", False)
    assert_alike(eager, model)


def test_a_learning_rate_from_python_is_asked_for_in_every_step(interpreted: list[Any]) -> None:
    asked: list[int] = []
    train(dense, optimizers.SGD(lambda: asked.append(1) or 0.1), True)
    assert not interpreted
    assert len(asked) >= 20


def test_state_that_nobody_named_is_found(interpreted: list[Any]) -> None:
    outside = corne.Variable(np.float32(0), trainable=False)

    class Counting(corne.Model):
        def __init__(self) -> None:
            super().__init__()
            self.out = layers.Dense(3)

        def call(self, x: Any) -> Any:
            globals()["_OUTSIDE"].assign_add(1.0)
            return self.out(x)

    globals()["_OUTSIDE"] = outside
    train(Counting, "adam", True)
    counted = float(outside)
    outside.assign(0)
    train(Counting, "adam", False)
    assert counted == float(outside)


def test_auto_compiles_where_it_pays(interpreted: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CostModel, "calls_to_compile", lambda self: 15.0)
    model, _ = train(dense, "adam", "auto", epochs=3)
    assert not interpreted
    assert "compiling after 15 (" in model.explain_steps()["train"]
    assert "12 calls are expected" in model.explain_steps()["train"]
    model, _ = train(dense, "adam", "auto", epochs=5)  # expected from the start
    assert len(interpreted) == 1
    for _ in range(20):  # not expected, so counted
        model.train_on_batch(X[:7], Y[:7])
    assert len(interpreted) == 2
    assert model.explain_steps()["train"] == "compiled: it pays after 15 batches"


@pytest.mark.parametrize(("pays_after", "compiled"), [(3.0, [1, 1, 1]), (5.0, [0, 1, 1]), (13.0, [0, 0, 0])])
def test_auto_shows_the_first_epoch_before_it_compiles(
    interpreted: list[Any], monkeypatch: pytest.MonkeyPatch, pays_after: float, compiled: list[int]
) -> None:
    monkeypatch.setattr(CostModel, "calls_to_compile", lambda self: pays_after)
    seen: list[int] = []
    watch = corne.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(len(interpreted)))
    model = dense()
    model.compile("adam", losses.SparseCategoricalCrossentropy(from_logits=True), jit_compile="auto")
    model.fit(X[:28], Y[:28], batch_size=7, epochs=3, verbose=0, callbacks=[watch])  # four batches each
    assert seen == compiled


def test_last_batches_are_recorded_if_there_will_be_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CostModel, "calls_to_record", lambda self: 5.0)

    def recorded(epochs: int) -> list[bool]:
        model = dense()
        model.compile("adam", losses.SparseCategoricalCrossentropy(from_logits=True), jit_compile=False)
        model.fit(X[:10], Y[:10], batch_size=4, epochs=epochs, verbose=0)
        return [known.step is not None for known in model._make_step("train")._step._signatures.values()]

    assert recorded(1) == [False, False]  # two batches of four, one of two
    assert recorded(3) == [True, False]
    assert recorded(5) == [True, True]


def test_a_survey_counts_alike_every_time() -> None:
    a = torch.ones(10, 10)

    def count() -> tuple[int, int]:
        with CostModel() as survey:
            (a @ a + 1).relu().view(-1)
        return survey.operations, survey.moved

    assert count() == count() == (3, 2 * 800)


def test_steps_that_draw_from_a_distribution_of_the_data(interpreted: list[Any]) -> None:
    class Sampling(corne.Model):
        def __init__(self) -> None:
            super().__init__()
            self.out, self.seeds = layers.Dense(3), corne.random.SeedGenerator(5)

        def call(self, x: Any) -> Any:
            x = self.out(x)
            drawn = corne.random.categorical(ops.stop_gradient(x), 1, seed=self.seeds)
            return x + ops.cast(drawn, x.dtype)

    eager, _ = train(Sampling, "sgd", False)
    model, _ = train(Sampling, "sgd", True)
    assert interpreted
    assert_alike(eager, model)
    assert model.seeds.state.key == eager.seeds.state.key


def test_metrics_of_several_kinds(interpreted: list[Any]) -> None:
    results = []
    for jit_compile in (False, True):
        set_random_seed(2)
        model = corne.Sequential([layers.Input((12,)), layers.Dense(1, activation="sigmoid")])
        model.compile(
            "adam", "binary_crossentropy", jit_compile=jit_compile,
            metrics=["accuracy", metrics.AUC(name="auc"), metrics.Precision(name="precision"), "mse"],
        )  # fmt: skip
        history = model.fit(X, (Y > 1).astype("float32"), verbose=0, validation_split=0.2, epochs=2)
        results.append(history.history)
    assert results[0].keys() == results[1].keys()
    for key, values in results[0].items():
        np.testing.assert_allclose(values, results[1][key], rtol=1e-5, atol=1e-6, err_msg=key)


@needs_compiler
def test_compiled_predictions_of_what_was_normalized() -> None:
    inputs = layers.Input((8, 8, 4))
    x = layers.ReLU()(layers.BatchNormalization()(layers.Conv2D(6, 3, padding="same")(inputs)))
    x = layers.BatchNormalization(scale=False)(layers.DepthwiseConv2D(3, use_bias=False)(x))
    x = layers.BatchNormalization(center=False)(layers.Conv2DTranspose(5, 2, strides=2)(x))
    outputs = layers.Dense(3)(layers.BatchNormalization()(layers.Flatten()(x)))
    model = corne.Model(inputs, outputs)
    draws = np.random.default_rng(1)
    model.set_weights([draws.uniform(0.5, 1.5, w.shape).astype("float32") for w in model.get_weights()])
    x = draws.normal(size=(6, 8, 8, 4)).astype("float32")
    predictions = {}
    for mode in ({"run_eagerly": True}, {"jit_compile": True}):
        model.compile(loss="mse", **mode)
        predictions[next(iter(mode))] = model.predict(x, batch_size=3, verbose=0)
    assert model.explain_steps()["predict"].startswith("compiled")
    np.testing.assert_allclose(
        predictions["jit_compile"],
        predictions["run_eagerly"],
        rtol=1e-5,
        atol=1e-5 * abs(predictions["run_eagerly"]).max(),
    )


@pytest.mark.parametrize("options", [{"run_eagerly": True}, {"jit_compile": False}])
def test_there_is_a_tape_for_training_alone(options: dict[str, Any]) -> None:
    seen: list[bool] = []

    class Looking(layers.Layer):
        def call(self, x: Any) -> Any:
            seen.append(torch.is_grad_enabled())
            return x

    model = corne.Sequential([layers.Input((12,)), layers.Dense(3), Looking()])
    model.compile("sgd", losses.SparseCategoricalCrossentropy(from_logits=True), **options)
    for function, taped in ((model.fit, True), (model.evaluate, False), (model.predict, False)):
        seen.clear()
        function(*((X, Y) if function != model.predict else (X,)), verbose=0)
        assert seen
        assert all(on is taped for on in seen)


@needs_compiler
def test_rows_that_many_indices_share_get_the_same_sums_in_every_run() -> None:
    class Looking(layers.Layer):
        def build(self, input_shape: Any) -> None:
            self.table = self.add_weight(shape=(2, 5, 8), name="table")

        def call(self, x: Any) -> Any:
            return ops.sum(ops.take(self.table, x, axis=1), axis=(0, 2))

    x = rng.integers(0, 5, (256, 64)).astype("int32")

    def weights() -> list[Any]:
        set_random_seed(3)
        inputs = layers.Input((64,), dtype="int32")
        both = [layers.GlobalAveragePooling1D()(layers.Embedding(5, 8)(inputs)), Looking()(inputs)]
        model = corne.Model(inputs, layers.Dense(3)(layers.Concatenate()(both)))
        model.compile("sgd", losses.SparseCategoricalCrossentropy(from_logits=True), jit_compile=True)
        model.fit(x, x[:, 0] % 3, batch_size=128, epochs=10, verbose=0)
        assert model.explain_steps()["train"] == "compiled: as asked"
        return model.get_weights()

    first = weights()
    for _ in range(3):
        assert all(np.array_equal(one, other) for one, other in zip(first, weights(), strict=True))


def test_a_machine_without_a_compiler_says_so_once_when_it_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def train(state: dict[str, Any] | None) -> dict[str, Any]:
        model = dense()
        model.compile("sgd", losses.SparseCategoricalCrossentropy(from_logits=True), jit_compile=True)
        model.train_on_batch(X[:8], Y[:8])
        step = model._make_step("train")
        if state is not None:
            step.set_state(state)
        for _ in range(2):
            for size in (8, 5):
                model.train_on_batch(X[:size], Y[:size])
        return {key: [*counts[:4], True] for key, counts in step.get_state().items()}

    monkeypatch.setattr(compiler, "cpp_compiler", lambda: None)
    with warnings.catch_warnings(record=True):
        warnings.simplefilter("always")
        compiled = train(None)  # as if it had been
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        train(compiled)
    assert sum("there is no C++ compiler" in str(one.message) for one in caught) == 1


@needs_compiler
@pytest.mark.parametrize("dies_after", [1, 4, 7, 12])
@pytest.mark.parametrize("jit_compile", [True, "auto"])
def test_resumed_training_goes_on_compiled(
    jit_compile: Any, dies_after: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CostModel, "calls_to_compile", lambda self: 6.0)  # with "auto", in the second epoch
    seen: list[int] = []

    class Death(corne.callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            seen.append(batch)
            if len(seen) == dies_after:
                raise KeyboardInterrupt

    def fit(**options: Any) -> list[Any]:
        set_random_seed(4)
        model = normalized()
        loss = losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile("adam", loss, jit_compile=jit_compile)
        model.fit(X, Y, batch_size=12, epochs=4, verbose=0, **options)  # four batches and one of two
        assert model.explain_steps()["train"].startswith("compiled")
        return [v.numpy() for v in [*model.variables, *model.optimizer.variables]]

    whole = fit()
    with pytest.raises(KeyboardInterrupt):
        fit(checkpoint=tmp_path, checkpoint_freq=1, callbacks=[Death()])
    resumed = fit(checkpoint=tmp_path, checkpoint_freq=1, resume=True, callbacks=[Death()])
    assert len(seen) > dies_after
    assert all(np.array_equal(one, other) for one, other in zip(whole, resumed, strict=True))
